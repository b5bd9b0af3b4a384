"""Why no line comes about is told in words, and the charge point goes on dialling."""

from __future__ import annotations

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from http import HTTPStatus
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve
from websockets.http11 import Request, Response

from simulator import ChargePoint, Clock, Happening, Kind
from simulator.dialling import NO_SUBPROTOCOL, why
from tests.certificates import Authority, trusting
from tests.simulator.csms import csms

FAST = Clock(tempo=20.0)


async def reason(url: str, **options: object) -> str:
    """What the charge point says after two tries: it goes on."""
    heard: list[Happening] = []
    async with ChargePoint("CP001", url, clock=FAST, **options) as point:  # type: ignore[arg-type]
        point.listeners.append(heard.append)
        await point.until(lambda: [h.kind for h in heard].count(Kind.DIAL_FAILED) >= 2)
        return point.last_error


@asynccontextmanager
async def answering(status: int) -> AsyncIterator[str]:
    """A server that turns every handshake away."""

    def turn_away(connection: ServerConnection, _request: Request) -> Response:
        return connection.respond(HTTPStatus(status), "no\n")

    async def never(_connection: ServerConnection) -> None: ...

    async with serve(never, "127.0.0.1", 0, process_request=turn_away) as server:
        yield f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}/ocpp"


@asynccontextmanager
async def speaking(line: bytes) -> AsyncIterator[int]:
    """A server that is none: it says one line and hangs up."""

    async def serve_one(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(line)
        writer.close()

    async with await asyncio.start_server(serve_one, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]


@pytest.mark.parametrize(
    ("status", "words"),
    [(401, "password"), (403, "not let in"), (404, "path"), (503, "busy"), (418, "418")],
)
async def test_a_refused_handshake_says_what_the_csms_answered(status: int, words: str) -> None:
    """The number, and what it usually means."""
    async with answering(status) as url:
        told = await reason(url)
    assert str(status) in told and words in told


async def test_nobody_there_and_an_unknown_name_are_told_apart(unused_tcp_port: int) -> None:
    """Refused by the host; a name that nobody knows."""
    assert "nothing listens there" in await reason(f"ws://127.0.0.1:{unused_tcp_port}/ocpp")
    assert "nothing listens there" in await reason(f"ws://localhost:{unused_tcp_port}/ocpp")


async def test_what_is_no_websocket_server_is_told() -> None:
    """Something else answers, or hangs up at once."""
    async with speaking(b"220 mail.example.com ESMTP\r\n\r\n") as port:
        assert "no web server" in await reason(f"ws://127.0.0.1:{port}/ocpp")
    async with speaking(b"") as port:
        assert "hung up" in await reason(f"ws://127.0.0.1:{port}/ocpp")


async def test_tls_says_which_end_is_wrong(tmp_path: Path) -> None:
    """An authority that is not trusted; a server without TLS."""
    async with answering(404) as plain:
        assert "ws://" in await reason(plain.replace("ws:", "wss:"))
    authority = Authority(tmp_path, "authority")
    pair = authority.server(is_rsa=False)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pair.certificate, pair.key)
    async with csms(context) as central:
        assert "is not trusted" in await reason(central.url)
        async with ChargePoint("CP001", central.url, tls=trusting(authority.certificate)) as point:
            await point.until(lambda: point.registered)


async def test_a_csms_that_chooses_no_subprotocol_is_spoken_to_and_told() -> None:
    """WS-05 from the other side: the line comes up, with a remark."""
    heard: list[Happening] = []

    async def silent(connection: ServerConnection) -> None:
        await connection.wait_closed()

    async with serve(silent, "127.0.0.1", 0) as server:
        url = f"ws://127.0.0.1:{next(iter(server.sockets)).getsockname()[1]}"
        async with ChargePoint("CP001", url, clock=FAST) as point:
            point.listeners.append(heard.append)
            await point.until(lambda: point.connected)
    assert next(h for h in heard if h.kind is Kind.LINE_UP).detail == NO_SUBPROTOCOL


@pytest.mark.parametrize(
    ("error", "words"),
    [
        (OSError(113, "No route to host"), "no way to this host"),
        (TimeoutError(), "does not answer"),
        (ConnectionResetError(104, "reset"), "hung up"),
        (ssl.SSLError(1, "[SSL] weird"), "TLS"),
    ],
)
def test_errors_of_the_system_become_words(error: Exception, words: str) -> None:
    assert words in why(error)
