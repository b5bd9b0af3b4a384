"""What came to the port instead of a handshake (WS-24)."""

from __future__ import annotations

from websockets.exceptions import HeaderLineTooLong, InvalidHandshake, RequestLineTooLong, TooManyHeaders

from server.links.connection import ChargerConnection
from server.model.connection import Cause

TOO_LONG = {
    RequestLineTooLong: "its URL has more than 8192 bytes",
    HeaderLineTooLong: "a header has more than 8192 bytes",
    TooManyHeaders: "it has more than 128 headers",
}


def odd_request(connection: ChargerConnection, was_late: bool) -> tuple[Cause, str]:
    """Cause and what was seen, of a connection that ended before its handshake did; `was_late`: we ended it."""
    if not connection.first_bytes:
        return Cause.TCP_PROBE, "connected and sent nothing"
    failure = connection.protocol.handshake_exc
    if failure is None or (was_late and connection.request is None):
        return Cause.TOO_SLOW, "the handshake was not finished in time"
    if connection.request is None and isinstance(failure.__cause__, EOFError):
        return Cause.NOT_WEBSOCKET, "hung up in the middle of its request"
    for kind, told in TOO_LONG.items():
        if isinstance(failure, kind):
            return Cause.HEADERS, told
    if isinstance(failure, InvalidHandshake) and connection.request is not None:
        return Cause.NO_UPGRADE, f"no WebSocket handshake ({failure})"
    return Cause.NOT_WEBSOCKET, f"no WebSocket handshake ({failure})"
