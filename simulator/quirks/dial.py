"""Handshakes as they should not be: the request line and its headers, and frames no library would write."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import partial
from typing import Any
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection, connect
from websockets.frames import Frame, Opcode
from websockets.http11 import Request
from websockets.typing import Subprotocol

from simulator.quirks.quirk import PLAIN, Handshake


def _options(handshake: Handshake, charger_id: str, usual: dict[str, Any]) -> dict[str, Any]:
    """Arguments of `connect` for this handshake, made of the usual ones."""
    if handshake is PLAIN:
        return usual
    names = handshake.subprotocols
    changed = usual | {
        "subprotocols": None if names is None else [Subprotocol(name) for name in names],
        "create_connection": partial(OddConnection, change=partial(_change, handshake, charger_id)),
    }
    if handshake.tls is not None and changed["uri"].startswith("wss:"):
        changed["ssl"] = handshake.tls(usual["ssl"])
    return changed


async def dial(handshake: Handshake, charger_id: str, usual: dict[str, Any]) -> connect:
    """The connection to be entered. A charge point that probes has come and gone before."""
    changed = _options(handshake, charger_id, usual)
    if handshake.probes:
        async with connect(**changed):
            pass
    return connect(**changed)


def idle_s(connection: ClientConnection) -> float:
    """Seconds since the last ping; since the connection stands when there was none."""
    return connection.loop.time() - connection.pinged_at if isinstance(connection, OddConnection) else 0.0


def squeeze(connection: ClientConnection, text: str) -> None:
    """Write `text` with the bit of compression set and compressed, which nobody has agreed on."""
    packer = zlib.compressobj(wbits=-15)
    data = packer.compress(text.encode()) + packer.flush(zlib.Z_SYNC_FLUSH)
    frame = Frame(Opcode.TEXT, data[:-4], rsv1=True)
    connection.transport.write(frame.serialize(mask=True, extensions=[]))


class OddConnection(ClientConnection):
    """A connection that knocks otherwise, and knows when it was pinged."""

    def __init__(self, *arguments: Any, change: Callable[[Request], None], **named: Any) -> None:
        super().__init__(*arguments, **named)
        self.pinged_at = self.loop.time()
        send = self.protocol.send_request

        def send_changed(request: Request) -> None:
            change(request)
            send(request)

        self.protocol.send_request = send_changed  # type: ignore[method-assign]  # between building it and writing it

    def process_event(self, event: Any) -> None:
        if isinstance(event, Frame) and event.opcode is Opcode.PING:
            self.pinged_at = self.loop.time()
        super().process_event(event)


def _change(handshake: Handshake, charger_id: str, request: Request) -> None:
    host = request.headers["Host"]
    request.path = handshake.target.format(path=request.path, host=host, id=quote(charger_id, safe=""))
    headers = list(request.headers.raw_items())
    request.headers.clear()
    for name, value in headers:
        shown = handshake.connection if name == "Connection" else value
        if shown is not None:
            request.headers[name.lower() if handshake.lower_case else name] = shown
