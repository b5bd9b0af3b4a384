"""What comes to the port of the chargers and is none, or a peer that goes wrong: told, cut, and nobody else notices."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator

import pytest
import pytest_asyncio

from tests.journeys.neighbour import Chatter, all_is_well, neighbour
from tests.journeys.product import Served, short_folder
from tests.raw_client import RawClient

pytestmark = pytest.mark.asyncio(loop_scope="module")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Served]:
    """One server for all of these; at the end it stops in order and has complained of nothing."""
    with short_folder() as folder:
        async with Served(folder) as running:
            yield running
            assert await running.terminate() == 0
            assert running.said == ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chatter(served: Served) -> AsyncIterator[Chatter]:
    async with neighbour(served) as asking:
        yield asking


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def undisturbed(chatter: Chatter, served: Served) -> AsyncIterator[None]:
    """Around each test: the healthy charger next door notices nothing of it."""
    chatter.slowest = 0.0
    yield
    await all_is_well(chatter, served)


async def refused(served: Served) -> int:
    """How many connections the server has turned away; each is one line of its log."""
    text = await served.text("/metrics")
    return next(
        int(float(line.split()[1]))
        for line in text.splitlines()
        if line.startswith("ocpp_console_refused_connections_total ")
    )


async def refusals(served: Served, count: int) -> None:
    """Return when `count` have been turned away since the start, and not one more."""
    async with asyncio.timeout(10):
        while (found := await refused(served)) < count:  # noqa: ASYNC110 - a counter has no event
            await asyncio.sleep(0.02)
    assert found == count


async def answer_to(served: Served, said: bytes, timeout: float = 10.0) -> bytes:
    """Say something on the port and hang up when the server has."""
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    try:
        writer.write(said)
        async with asyncio.timeout(timeout):
            return await reader.read()
    except ConnectionError:
        return b""
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


@pytest.mark.parametrize(
    ("target", "offers", "status", "sentence"),
    [
        pytest.param("/", ("ocpp1.6",), 404, "ends without a charger id", id="empty path"),
        pytest.param("/%FF", ("ocpp1.6",), 404, "not valid percent-encoded", id="id that is no text"),
        pytest.param("/" + "x" * 10_000, ("ocpp1.6",), 0, "", id="id of 10 kB"),
        pytest.param("/a%1B%5D0;x%07", ("ocpp1.6",), 400, "control characters", id="id that is an escape sequence"),
        pytest.param("/a%E2%80%AEb", ("ocpp1.6",), 400, "control characters", id="id that turns the line around"),
        pytest.param("/CP-1", ("ocpp2.0.1",), 400, "speaks ocpp1.6", id="unknown subprotocol"),
    ],
)
async def test_impossible_charger_is_refused_with_a_sentence(
    served: Served, target: str, offers: tuple[str, ...], status: int, sentence: str
) -> None:
    """WS-02, WS-09, WS-10, WS-13: an HTTP answer that says what to change, one line, and no charger is made of it."""
    before = await refused(served)
    try:
        client = await RawClient.connect(served.port, target, offers)
    except (asyncio.IncompleteReadError, ConnectionError):
        assert status == 0
    else:
        assert client.status == status or (status == 0 and client.status in (400, 414))
        assert sentence in client.body
        assert client.body.replace("\n", "").isprintable()
        await client.close()
    await refusals(served, before + 1)
    assert {c["chargerId"] for c in (await served.get("/api/chargers"))["chargers"]} <= {"CHATTER"}


@pytest.mark.parametrize(
    ("said", "answer"),
    [
        pytest.param(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n", b"426", id="browser"),
        pytest.param(b"GET /CP-1 HTTP/1.0\r\n\r\n", b"", id="HTTP/1.0"),
        pytest.param(b"POST /CP-1 HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\n{}", b"", id="POST"),
        pytest.param(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x00" * 200, b"", id="TLS hello"),
        pytest.param(b"SSH-2.0-OpenSSH_9.2\r\n", b"", id="SSH"),
        pytest.param(b"\x00\x00\x00\x2dH\x00\r\n\r\n", b"", id="zeros"),
        pytest.param(b"\x1b]0;pwned\x07\x1b[2J\r\n\r\n", b"", id="escape sequences"),
        pytest.param(b"GET /x HTTP/1.1\r\n" + b"A: b\r\n" * 2000 + b"\r\n", b"", id="2000 headers"),
    ],
)
async def test_what_is_no_charger_is_sent_away(served: Served, said: bytes, answer: bytes) -> None:
    """WS-24: plain HTTP, TLS on the plain port, other protocols: gone at once, one line."""
    before = await refused(served)
    told = await answer_to(served, said)
    assert answer in told.split(b"\r\n")[0]
    await refusals(served, before + 1)


async def test_port_scan_disturbs_nobody(served: Served) -> None:
    """WS-24: 200 connections that say nothing and go, half of them with a reset."""
    before = await refused(served)
    for i in range(200):
        with socket.create_connection(("127.0.0.1", served.port)) as probe:
            if i % 2:
                probe.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\x00\x00\x00\x00\x00\x00\x00")
        if i % 20 == 0:
            await asyncio.sleep(0)
    await refusals(served, before + 200)


async def test_half_open_handshakes_keep_nobody_out(served: Served) -> None:
    """T8: 50 peers that never finish their request; a good charger gets in at once meanwhile."""
    before = await refused(served)
    halves = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(50)]
    for i, (_, writer) in enumerate(halves):
        writer.write(b"GET /CP-%d HTTP/1.1\r\nHost: x\r\n" % i)
    async with await RawClient.connect(served.port, "/LATE") as late:
        await late.boot()
    assert await refused(served) == before  # they are all there yet
    for _, writer in halves:
        writer.transport.abort()
    await refusals(served, before + 50)


@pytest.mark.slow
async def test_slow_peers_are_cut_after_ten_seconds(served: Served) -> None:
    """T8, T9: who drips his handshake byte by byte, and who asks and asks and takes no answer."""
    async with asyncio.timeout(25):
        await asyncio.gather(never_finishes(served), *(never_reads(served, f"DEAF-{i}") for i in range(5)))
    chargers = (await served.get("/api/chargers"))["chargers"]
    told = {c["offlineReason"] for c in chargers if c["chargerId"].startswith("DEAF-")}
    assert told == {"the charger has not read for 10 s"}


async def never_finishes(served: Served) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", served.port)
    dripping = asyncio.create_task(drip(writer))
    with contextlib.suppress(ConnectionError):
        await reader.read()
    dripping.cancel()


async def drip(writer: asyncio.StreamWriter) -> None:
    for byte in b"GET /CP-1 HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\n":
        writer.write(bytes([byte]))
        await asyncio.sleep(0.5)


async def never_reads(served: Served, name: str) -> None:
    question = b'[2,"%s","Heartbeat",{}]' % (b"x" * 255)
    frame = masked(question * 16)  # the longest answers there are: 4 kB a frame
    with await deaf(served, name) as peer, contextlib.suppress(ConnectionError):
        while True:
            await asyncio.get_running_loop().sock_sendall(peer, frame)
            await asyncio.sleep(0.002)


async def deaf(served: Served, name: str) -> socket.socket:
    """A charger with a tiny receive buffer that reads its handshake and nothing more."""
    peer = socket.socket()
    peer.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 1024)
    peer.connect(("127.0.0.1", served.port))
    peer.sendall(
        f"GET /{name} HTTP/1.1\r\nHost: x\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\nSec-WebSocket-Version: 13\r\n\r\n".encode()
    )
    peer.setblocking(False)
    assert b"101" in await asyncio.get_running_loop().sock_recv(peer, 600)
    return peer


def masked(payload: bytes) -> bytes:
    """A text frame with the mask 0: the payload stays readable."""
    return bytes([0x81, 0x80 | 126]) + len(payload).to_bytes(2, "big") + bytes(4) + payload
