"""Who gets in, under which name and version; what everybody else is told."""

from __future__ import annotations

import asyncio
import socket
from dataclasses import replace

import pytest

from server.config import OcppSettings
from server.core.core import Core, Policy
from server.links.listener import Listener
from server.links.ports import ListenError
from server.model.health import Health
from server.model.snapshot import Snapshot
from server.model.status import Registration
from tests.server.links.conftest import Depot, Disk, OpenDepot, eventually


@pytest.mark.parametrize(
    ("offers", "chosen"),
    [
        pytest.param(("ocpp1.6",), "ocpp1.6", id="WS-01"),
        pytest.param(("ocpp0.1", "ocpp1.6"), "ocpp1.6", id="WS-03"),
        pytest.param(("ocpp1.6", "ocpp2.0.1"), "ocpp1.6", id="WS-04"),
        pytest.param(("OCPP1.6",), "OCPP1.6", id="WS-06"),
        pytest.param(("ocpp1.6j",), "ocpp1.6j", id="WS-06 j"),
    ],
)
async def test_subprotocol_of_the_charger_is_chosen_and_echoed(
    depot: Depot, offers: tuple[str, ...], chosen: str
) -> None:
    """WS-01, WS-03, WS-04, WS-06: the first offer that we speak comes back in the spelling of the charger."""
    async with await depot.connect(offers=offers) as client:
        assert client.status == 101
        assert client.headers["sec-websocket-protocol"] == chosen
        assert await client.is_alive()


async def test_only_unsupported_subprotocols_are_refused_with_a_sentence(depot: Depot) -> None:
    """WS-02: HTTP 400, what we speak is named, one log line, and the charger is not shown as connected."""
    client = await depot.connect(offers=("ocpp0.1", "ocpp2.0.1"))
    assert client.status == 400
    assert "ocpp1.6" in client.body and "ocpp0.1" in client.body
    await client.close()
    await eventually(lambda: depot.health.refused_connections == 1)
    assert len(depot.lines("link")) == 1
    assert depot.core.fleet.chargers == {}


async def test_no_subprotocol_counts_as_16(depot: Depot) -> None:
    """WS-05: accepted without the header in the answer; a boot works."""
    async with await depot.connect(offers=None) as client:
        assert client.status == 101
        assert "sec-websocket-protocol" not in client.headers
        assert (await client.boot())["status"] == "Accepted"


@pytest.mark.parametrize(
    ("target", "identity"),
    [
        pytest.param("/RDAM%20123", "RDAM 123", id="WS-09 blank"),
        pytest.param("/ocpp/RDAM%7C123", "RDAM|123", id="WS-09 bar"),
        pytest.param("/a%2Fb", "a/b", id="WS-09 slash"),
        pytest.param("/s%C3%A4ule", "säule", id="WS-09 utf-8"),
        pytest.param("/ocpp/CP1/?x=1", "CP1", id="WS-10 slash and query"),
        pytest.param("/ocpp/1.6/CP1#top", "CP1", id="WS-10 fragment"),
        pytest.param("///charger", "charger", id="WS-10 slashes"),
        pytest.param("/ocpp2.0.1/CP1", "CP1", id="WS-08"),
        pytest.param("ws://host:9220/CP_1/SERIAL", "SERIAL", id="WS-11"),
        pytest.param("/%5Bred%5Dx%5B%2F%5D", "[red]x[/]", id="WS-13 markup"),
        pytest.param("/" + "x" * 48, "x" * 48, id="WS-13 longest"),
    ],
)
async def test_identity_is_the_last_path_segment(depot: Depot, target: str, identity: str) -> None:
    """WS-08 to WS-11, WS-13: decoded; prefix, slashes, query, fragment and host do not count."""
    async with await depot.connect(target) as client:
        assert client.status == 101
        assert depot.charger(identity).online


@pytest.mark.parametrize(
    ("target", "status"),
    [
        pytest.param("/", 404, id="WS-10 empty"),
        pytest.param("//?id=CP1", 404, id="WS-10 only query"),
        pytest.param("ws://host:9220/", 404, id="WS-11 empty"),
        pytest.param("/%FF%FE", 404, id="WS-09 not utf-8"),
        pytest.param("/a:b", 400, id="WS-13 colon"),
        pytest.param("/" + "x" * 49, 400, id="WS-13 too long"),
        pytest.param("/a%1B%5B31m", 400, id="WS-13 escape"),
        pytest.param("/%20", 400, id="WS-13 blank"),
    ],
)
async def test_impossible_identity_is_refused_with_a_sentence(depot: Depot, target: str, status: int) -> None:
    """WS-09 to WS-13: no session, a text, one log line without anything dangerous in it."""
    client = await depot.connect(target)
    assert client.status == status
    assert "charger id" in client.body
    await client.close()
    await eventually(lambda: len(depot.lines("link")) == 1)
    assert depot.lines("link")[0].text.isprintable()
    assert depot.core.fleet.chargers == {}


async def test_identity_is_compared_without_regard_to_capitals(depot: Depot) -> None:
    """WS-13: `cp-1` is the charger `CP-1`, spelled as it was first seen."""
    await (await depot.connect("/CP-1")).close()
    async with await depot.connect("/cp-1"):
        assert list(depot.core.fleet.chargers) == ["CP-1"]
        await eventually(lambda: depot.charger().online)


async def test_unknown_charger_is_refused_when_the_settings_say_so(open_depot: OpenDepot) -> None:
    """WS-12: 404 in closed mode, told once."""
    depot = await open_depot(policy=Policy("refuse"))
    client = await depot.connect("/NEW-1")
    assert client.status == 404
    assert "know" in client.body
    await client.close()
    await eventually(lambda: depot.health.refused_connections == 1)
    assert "NEW-1" in depot.lines("link")[0].text


async def test_unknown_charger_is_pending_until_it_is_adopted(open_depot: OpenDepot) -> None:
    """WS-12: it may connect, is told Pending, and is accepted at the boot after its adoption."""
    depot = await open_depot(policy=Policy("ask"))
    async with await depot.connect("/NEW-1") as client:
        assert (await client.boot())["status"] == "Pending"
        depot.core.adopt(depot.charger("NEW-1"), 1)
        assert (await client.boot())["status"] == "Accepted"
        assert depot.charger("NEW-1").registration is Registration.ACCEPTED


async def test_missing_connection_header_is_tolerated(depot: Depot) -> None:
    """WS-21: some chargers forget `Connection: Upgrade`."""
    async with await depot.connect(leave_out=("Connection",)) as client:
        assert client.status == 101
        assert await client.is_alive()


async def test_compression_is_not_negotiated(depot: Depot) -> None:
    """Answers of 40 bytes gain nothing from it."""
    async with await depot.connect(extra=("Sec-WebSocket-Extensions: permessage-deflate",)) as client:
        assert client.status == 101
        assert "sec-websocket-extensions" not in client.headers


async def test_plain_http_is_answered_with_a_sentence(depot: Depot) -> None:
    """WS-24: a browser on the port learns what the port is for; counted, one line."""
    client = await depot.connect(leave_out=("Upgrade", "Connection", "Sec-WebSocket-Key"))
    assert client.status == 426
    assert "OCPP" in client.body
    await client.close()
    await eventually(lambda: depot.health.refused_connections == 1)
    assert len(depot.lines("link")) == 1


@pytest.mark.parametrize(
    ("sent", "told"),
    [
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", "TLS", id="TLS hello"),
        pytest.param(b"SSH-2.0-scan\r\n\r\n", "no WebSocket handshake", id="other protocol"),
        pytest.param(b"", "sent nothing", id="port scan"),
    ],
)
async def test_noise_on_the_port_is_one_line(
    depot: Depot, sent: bytes, told: str, caplog: pytest.LogCaptureFixture
) -> None:
    """WS-24: counted, named, no traceback, and chargers are not disturbed."""
    async with await depot.connect() as charger:
        reader, writer = await asyncio.open_connection("127.0.0.1", depot.port)
        writer.write(sent)
        if sent:
            await asyncio.wait_for(reader.read(), 10)
        writer.close()
        await eventually(lambda: depot.health.refused_connections == 1)
        lines = [line for line in depot.lines("link") if not line.charger_id]
        assert len(lines) == 1 and told in lines[0].text
        assert caplog.records == []
        assert await charger.is_alive()


async def test_taken_port_says_which_and_what_to_do() -> None:
    """A clear sentence instead of a traceback."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        settings = OcppSettings(host="127.0.0.1", port=port)
        with pytest.raises(ListenError, match=rf"port {port} is taken.*--port"):
            async with Listener(settings, Core(Policy(), Snapshot()), Disk(), Health()):
                pass


async def test_stop_says_goodbye_and_is_quick(depot: Depot) -> None:
    """Chargers get 1001, a half-done handshake does not hold the server up, chargers end offline."""
    client = await depot.connect()
    half = await asyncio.open_connection("127.0.0.1", depot.port)
    half[1].write(b"GET /CP-2 HTTP/1.1\r\n")
    await eventually(lambda: len(depot.listener._connections) == 2)
    async with asyncio.timeout(8):  # a handshake may take 10 s
        _, closed = await asyncio.gather(depot.listener.__aexit__(None, None, None), client.closing())
    assert closed.code == 1001
    assert not depot.charger().online
    assert "server stops" in depot.charger().offline_reason
    half[1].close()


async def test_oversize_message_closes_with_1009(open_depot: OpenDepot) -> None:
    """WS-23: the limit of a frame is a setting; beyond it 1009, one named line, no other charger disturbed."""
    depot = await open_depot(replace(OcppSettings(host="127.0.0.1", port=0), max_frame_bytes=1000))
    async with await depot.connect("/CP-2") as other, await depot.connect() as client:
        client.send([2, "1", "DataTransfer", {"vendorId": "a", "data": "x" * 2000}])
        assert (await client.closing()).code == 1009
        await eventually(lambda: not depot.charger().online)
        assert "1000 bytes" in depot.charger().offline_reason
        assert await other.is_alive()
