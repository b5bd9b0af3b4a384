"""What came to the port instead of a handshake (WS-24)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from websockets.exceptions import HeaderLineTooLong, InvalidHandshake, RequestLineTooLong, TooManyHeaders

from server.model.connection import Cause

if TYPE_CHECKING:
    from server.links.connection import ChargerConnection

TOO_LONG = {
    RequestLineTooLong: "its URL has more than 8192 bytes",
    HeaderLineTooLong: "a header has more than 8192 bytes",
    TooManyHeaders: "it has more than 128 headers",
}


#: How a proxy announces whose connection it passes on: version 1, and version 2.
PROXY_HEADS = (b"PROXY ", b"\r\n\r\n\x00\r\nQUIT\n")
ANSWER = b"This is the OCPP port: chargers connect here by WebSocket, ws://HOST:PORT/CHARGER-ID.\n"
BAD_REQUEST = (
    b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Type: text/plain; charset=utf-8\r\n"
    b"Content-Length: %d\r\n\r\n%s" % (len(ANSWER), ANSWER)
)


def odd_head(head: bytes) -> tuple[Cause, str] | None:
    """What is wrong with the first bytes of a connection, where the parser would hang up without a word.

    None: nothing, as far as they tell.
    """
    if head.startswith(PROXY_HEADS):
        return Cause.NO_UPGRADE, "a proxy speaks the PROXY protocol: switch that off in it"
    line, end, _ = head.partition(b"\r\n")
    method, _, rest = line.partition(b" ")
    target, _, version = rest.rpartition(b" ")
    if not end or not version.startswith(b"HTTP/1."):
        return None
    if method == b"POST":
        return Cause.NO_UPGRADE, "it sends HTTP POST, as OCPP over SOAP does"
    if method == b"GET" and (b" " in target or not target.isascii()):
        told = target[-80:].decode("utf-8", "replace")
        return Cause.BAD_ID, f"the URL holds a blank or a letter beyond ASCII as it stands: {told!a}"
    if method == b"GET" and version == b"HTTP/1.0" and b"sec-websocket-" in head.lower():
        return Cause.NO_UPGRADE, "it speaks HTTP/1.0, WebSocket needs HTTP/1.1"
    return None


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
        return Cause.NO_UPGRADE, f"no WebSocket handshake: {failure}"
    return Cause.NOT_WEBSOCKET, f"no WebSocket handshake ({failure})"
