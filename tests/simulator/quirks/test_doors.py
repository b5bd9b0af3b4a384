"""How odd charge points knock, as the CSMS sees it: request line, headers, TLS."""

from __future__ import annotations

import asyncio
import ssl
from pathlib import Path

import pytest
from websockets.asyncio.server import ServerConnection, serve

from simulator import ChargePoint, Kind
from simulator.quirks.catalogue import find
from tests.certificates import Authority, trusting

_HANDSHAKES = {
    "grizzl-e-no-subprotocol": (b"GET /ocpp/CP-1 HTTP/1.1", b"sec-websocket-protocol", False),
    "grizzl-e-empty-path": (b"GET / HTTP/1.1", b"sec-websocket-protocol: ocpp1.6", True),
    "autel-no-connection-header": (b"GET /ocpp/CP-1 HTTP/1.1", b"\r\nconnection:", False),
    "evbox-absolute-uri": (b"GET ws://127.0.0.1:", b"upgrade: websocket", True),
    "foxess-probe-link": (b"GET /ocpp/CP-1 HTTP/1.1", b"ocpp2.0.1, ocpp1.6", True),
    "upper-case-subprotocol": (b"GET /ocpp/CP-1 HTTP/1.1", b"OCPP1.6".lower(), True),
    "trailing-slash": (b"GET /ocpp/CP-1/ HTTP/1.1", b"upgrade: websocket", True),
    "query-in-path": (b"GET /ocpp/CP-1?token=1 HTTP/1.1", b"upgrade: websocket", True),
    "bare-path": (b"GET /CP-1 HTTP/1.1", b"upgrade: websocket", True),
    "lower-case-headers": (b"GET /ocpp/CP-1 HTTP/1.1", b"upgrade: websocket", True),
}


@pytest.mark.parametrize("name", _HANDSHAKES)
async def test_handshake(name: str) -> None:
    """Q01, Q03, Q08, Q10, Q50: the bytes of the request are those the quirk promises."""
    seen: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()

    async def listen(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if not seen.done():
            seen.set_result(request)
        writer.close()

    listener = await asyncio.start_server(listen, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    begins, holds, is_there = _HANDSHAKES[name]
    async with listener, ChargePoint("CP-1", f"ws://127.0.0.1:{port}/ocpp", quirks=find([name])):
        request = await asyncio.wait_for(seen, 4)
    assert request.startswith(begins)
    assert (holds in request.lower()) is is_there
    if name == "lower-case-headers":
        assert b"\r\nsec-websocket-key: " in request


async def test_trusts_nobody(tmp_path: Path) -> None:
    """Q09: over wss:// it gives up in the handshake, and says what a technician has to look at."""
    pair = Authority(tmp_path, "ca").server()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)

    async def never(_: ServerConnection) -> None: ...

    async with serve(never, "127.0.0.1", 0, ssl=context) as listener:
        port = next(iter(listener.sockets)).getsockname()[1]
        point = ChargePoint("CP-1", f"wss://localhost:{port}/ocpp", quirks=find(["autel-trusts-nobody"]))
        failed: list[str] = []
        point.listeners.append(lambda h: failed.append(h.detail) if h.kind is Kind.DIAL_FAILED else None)
        async with point:
            await point.until(lambda: failed)
    assert "TLS: the certificate of the CSMS is not trusted" in failed[0]


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1 is deprecated:DeprecationWarning")
async def test_old_tls(tmp_path: Path) -> None:
    """Q11, SEC-10: it knows TLS 1.0 alone: refused where that is not let in, connected where it is."""
    authority = Authority(tmp_path, "ca")
    pair = authority.server()
    versions: list[str | None] = []

    async def note(socket: ServerConnection) -> None:
        versions.append(socket.transport.get_extra_info("ssl_object").version())
        await socket.wait_closed()

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(pair.certificate, pair.key)
    modern = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    modern.load_cert_chain(pair.certificate, pair.key)
    context.set_ciphers("ALL:@SECLEVEL=0")
    context.minimum_version = ssl.TLSVersion.TLSv1
    async with serve(note, "127.0.0.1", 0, ssl=context) as old, serve(note, "127.0.0.1", 0, ssl=modern) as new:
        for listener, lets_in in ((old, True), (new, False)):
            port = next(iter(listener.sockets)).getsockname()[1]
            tls = trusting(authority.certificate)
            point = ChargePoint("CP-1", f"wss://localhost:{port}/ocpp", tls=tls, quirks=find(["evbox-tls-1.0"]))
            async with point:
                assert await _connects(point) is lets_in, point.last_error
    assert versions == ["TLSv1"]


async def _connects(point: ChargePoint) -> bool:
    await point.until(lambda: point.connected or point.last_error)
    return point.connected
