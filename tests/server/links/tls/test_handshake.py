"""TLS on real sockets: which versions and suites, and what the doctor says of a handshake that fails."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import struct
from pathlib import Path
from typing import Any

import pytest

from server.links import doorstep
from server.model.connection import Cause
from tests.certificates import trusting
from tests.raw_client import RawClient
from tests.server.links.conftest import eventually
from tests.server.links.tls.conftest import PASSWORD, OpenTls, Papers, TlsDepot, basic


@pytest.mark.parametrize(
    "suite",
    [
        "ECDHE-ECDSA-AES128-GCM-SHA256",
        "ECDHE-ECDSA-AES256-GCM-SHA384",
        "ECDHE-RSA-AES128-GCM-SHA256",
        "ECDHE-RSA-AES256-GCM-SHA384",
        "AES128-GCM-SHA256",
        "AES256-GCM-SHA384",
    ],
)
async def test_each_suite_of_the_security_profiles_is_served(tls_depot: TlsDepot, papers: Papers, suite: str) -> None:
    """SEC-09: a TLS 1.2 charger that knows one suite only, ECDHE or plain RSA, boots on the one port."""
    context = papers.trusting
    context.maximum_version = ssl.TLSVersion.TLSv1_2
    context.set_ciphers(suite)
    async with await tls_depot.dial(context) as client:
        assert client.writer.get_extra_info("cipher")[:2] == (suite, "TLSv1.2")
        assert (await client.boot())["status"] == "Accepted"


async def test_tls_13_is_served_beside_the_plain_port(tls_depot: TlsDepot, papers: Papers) -> None:
    """SEC-09: what is new takes TLS 1.3; what is old keeps the plain port of the same server."""
    context = papers.trusting
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    async with await tls_depot.dial(context) as client, await tls_depot.connect("/CP-2") as old:
        assert client.writer.get_extra_info("ssl_object").version() == "TLSv1.3"
        assert (await client.boot())["status"] == (await old.boot())["status"] == "Accepted"
        assert (tls_depot.charger("CP-1").secure, tls_depot.charger("CP-2").secure) == (True, False)


async def test_a_tls_link_costs_one_record_of_buffer(tls_depot: TlsDepot, papers: Papers) -> None:
    """A thousand chargers on TLS fit into small machines: `asyncio` sets 256 kB aside for each if it is not told."""
    async with await tls_depot.dial(papers.trusting) as client:
        await client.boot()
        (watch,) = tls_depot.links._watched.values()
        transport: Any = watch.connection.transport
        assert len(transport._ssl_protocol._ssl_buffer) == 16_384


async def test_many_frames_in_a_row_arrive_over_tls(tls_depot: TlsDepot, papers: Papers) -> None:
    """WS-23: large messages, and frames that share a TLS record with the handshake, are read like others."""
    async with await tls_depot.dial(papers.trusting) as client:
        for number in range(50):
            client.send([2, f"h{number}", "Heartbeat", {}])
        client.send([2, "big", "DataTransfer", {"vendorId": "a", "data": "x" * 200_000}])
        answers = [(await client.receive())[1] for _ in range(51)]
        assert answers == [*(f"h{number}" for number in range(50)), "big"]


# handshakes that fail


def hello(version: int) -> bytes:
    """The hello of a TLS 1.0 (0x0301) or 1.1 (0x0302) charger, made by hand."""
    body = struct.pack("!H", version) + bytes(32) + b"\x00" + b"\x00\x04\x00\x2f\x00\x35" + b"\x01\x00"
    handshake = b"\x01" + len(body).to_bytes(3, "big") + body
    return b"\x16\x03\x01" + struct.pack("!H", len(handshake)) + handshake


@pytest.mark.parametrize("version", [pytest.param(0x0301, id="TLS 1.0"), pytest.param(0x0302, id="TLS 1.1")])
async def test_old_tls_is_refused_and_told(tls_depot: TlsDepot, version: int) -> None:
    """SEC-10: an alert for the charger, a row that says why for the technician."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tls_depot.tls_port)
    writer.write(hello(version))
    answer = await asyncio.wait_for(reader.read(), 10)
    assert answer[:1] == b"\x15" and answer[-1] == 70, "a fatal alert: protocol version"
    row = await tls_depot.row()
    assert row.cause is Cause.TLS_FAILED
    assert "older than 1.2" in row.fix and "firmware" in row.fix
    writer.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1, ssl.TLSVersion.TLSv1_1])
@pytest.mark.parametrize(("needed", "status"), [(1, 101), (2, 401)])
@pytest.mark.skipif(not ssl.HAS_TLSv1, reason="this OpenSSL was built without it")
@pytest.mark.filterwarnings("ignore:ssl.TLSVersion:DeprecationWarning")
async def test_old_tls_has_a_port_of_its_own_where_that_is_set(
    open_tls: OpenTls, papers: Papers, version: ssl.TLSVersion, needed: int, status: int
) -> None:
    """SEC-10, Q11: an explicit opt-in; it counts as no TLS, and the TLS port stays as strict."""
    depot = await open_tls(legacy_tls_port=0, profile=needed)
    depot.know()
    context = papers.trusting
    context.minimum_version = context.maximum_version = version
    context.set_ciphers("ALL:@SECLEVEL=0")
    port = depot.listener.legacy_tls_port
    assert port is not None
    client = await RawClient.connect(port, tls=context, extra=(basic("CP-1", PASSWORD),))
    assert client.status == status
    if status == 101:
        assert await client.is_alive()
        assert depot.charger().security_profile == 1
    await client.close()
    with pytest.raises(ssl.SSLError):
        await depot.dial(context)


async def test_plain_http_on_the_tls_port_is_told(tls_depot: TlsDepot) -> None:
    """WS-24: the row names the URL to type instead."""
    reader, writer = await asyncio.open_connection("127.0.0.1", tls_depot.tls_port)
    writer.write(b"GET /CP-1 HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n")
    assert await asyncio.wait_for(reader.read(), 10) == b""
    row = await tls_depot.row()
    assert row.cause is Cause.PLAIN_ON_TLS
    assert f"wss://127.0.0.1:{tls_depot.tls_port}/CHARGER-ID" in row.fix
    writer.close()


async def test_tls_on_the_plain_port_is_told(tls_depot: TlsDepot, papers: Papers) -> None:
    """WS-24: where there is a TLS port too, the row names that."""
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await RawClient.connect(tls_depot.port, tls=papers.trusting)
    row = await tls_depot.row()
    assert row.cause is Cause.TLS_ON_PLAIN
    assert f"wss://127.0.0.1:{tls_depot.tls_port}/" in row.fix


async def test_tls_on_the_plain_port_without_any_certificate_is_told(open_tls: OpenTls, papers: Papers) -> None:
    """WS-24: without TLS the row says how to have it."""
    nothing = Path()
    depot = await open_tls(
        certificate=nothing, key=nothing, second_certificate=nothing, second_key=nothing, client_ca=nothing
    )
    with pytest.raises((ssl.SSLError, ConnectionError)):
        await RawClient.connect(depot.port, tls=papers.trusting)
    row = await depot.row()
    assert row.cause is Cause.TLS_ON_PLAIN
    assert "ocpp-console certificates init" in row.fix and "ws://" in row.fix


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
async def test_charger_that_does_not_know_our_ca_is_told(
    tls_depot: TlsDepot, papers: Papers, version: ssl.TLSVersion
) -> None:
    """Q09: its alert becomes the sentence to load the CA into it."""
    context = trusting(papers.stranger.certificate)
    context.minimum_version = context.maximum_version = version
    with pytest.raises(ssl.SSLCertVerificationError):
        await tls_depot.dial(context)
    row = await tls_depot.row()
    assert row.cause is Cause.TLS_FAILED
    assert "load the CA certificate into it" in row.fix


async def test_charger_that_hangs_up_on_our_certificate_is_told(tls_depot: TlsDepot) -> None:
    """Q09: some just close the line; a hello that was understood makes that no port scan."""
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    greeting = ssl.create_default_context().wrap_bio(incoming, outgoing, server_hostname="localhost")
    with pytest.raises(ssl.SSLWantReadError):
        greeting.do_handshake()
    reader, writer = await asyncio.open_connection("127.0.0.1", tls_depot.tls_port)
    writer.write(outgoing.read())
    assert await asyncio.wait_for(reader.read(100), 10)
    writer.transport.abort()
    row = await tls_depot.row()
    assert row.cause is Cause.TLS_FAILED
    assert "load the CA certificate into it" in row.fix


async def test_port_scan_of_the_tls_port_is_told_as_one(tls_depot: TlsDepot) -> None:
    """WS-24: who says nothing at all is no charger with wrong certificates."""
    _, writer = await asyncio.open_connection("127.0.0.1", tls_depot.tls_port)
    writer.close()
    assert (await tls_depot.row()).cause is Cause.TCP_PROBE


@pytest.mark.parametrize("begun", [b"", hello(0x0303)[:20]], ids=["says nothing", "half a hello"])
async def test_handshake_that_never_ends_is_cut(
    tls_depot: TlsDepot, papers: Papers, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T8: gone in bounded time, one row, and nobody else waits for it."""
    monkeypatch.setattr(doorstep, "HANDSHAKE_S", 2.0)
    slow = [await asyncio.open_connection("127.0.0.1", tls_depot.tls_port) for _ in range(20)]
    for _, writer in slow:
        writer.write(begun)
    async with await tls_depot.dial(papers.trusting) as client:
        await client.boot()
    assert tls_depot.health.refused_connections == 0  # they are all there yet
    async with asyncio.timeout(10):
        for reader, writer in slow:
            with contextlib.suppress(ConnectionError):
                assert await reader.read() == b""
            writer.close()
    await eventually(lambda: tls_depot.health.refused_connections == 20)
    row = next(row for row in tls_depot.core.doctor.attempts if not row.cause.is_connection)
    assert (row.cause, row.count) == (Cause.TOO_SLOW, 20)


async def test_flood_of_unfinished_handshakes_costs_nobody_else(tls_depot: TlsDepot, papers: Papers) -> None:
    """T8: 600 that begin and never go on; a charger boots meanwhile, and what they hold is given back."""
    half = [await asyncio.open_connection("127.0.0.1", tls_depot.tls_port) for _ in range(600)]
    for _, writer in half:
        writer.write(hello(0x0303)[:9])
    async with asyncio.timeout(9), await tls_depot.dial(papers.trusting) as client:
        assert (await client.boot())["status"] == "Accepted"
        for _, writer in half:
            writer.transport.abort()
        await eventually(lambda: len(tls_depot.listener._waiting) == 0)
        assert await client.is_alive()
