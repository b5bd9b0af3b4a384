"""One connection of the door, from its first byte to its end.

The first byte tells who speaks: 0x00 is a terminal, anything else is HTTP. Until the right protocol stands behind it
the connection reads nothing more, so a client cannot fill our memory meanwhile. It stays in front for good and passes
everything on: that is how the door counts what is open and cuts what never finishes a request.
"""

from __future__ import annotations

import asyncio
from typing import Protocol, cast

from server.api.peer import PeerCredentials

FIRST_BYTE_S = 10.0
REQUEST_S = 10.0  #: from the first byte of a request until it is whole
TERMINAL = 0


class Host(Protocol):
    """The door, as a connection sees it."""

    def opened(self, connection: Connection) -> bool:
        """False: too many are open, this one is turned away."""

    def spoke(self, connection: Connection, is_terminal: bool) -> None:
        """The first bytes have come and wait in the connection; call `hand_over` or `close` some time."""

    def closed(self, connection: Connection) -> None: ...


class Connection(asyncio.Protocol):
    """`transport` and `peer` (None on TCP) are for those who take the connection over."""

    def __init__(self, host: Host, is_unix: bool) -> None:
        self.is_unix = is_unix
        self.peer: PeerCredentials | None = None
        self.transport: asyncio.Transport
        self.is_lost = False
        self._host = host
        self._first = b""
        self._inner: asyncio.Protocol | None = None
        self._watches_requests = False
        self._in_request = 0
        self._deadline: asyncio.TimerHandle | None = None

    @property
    def is_waiting(self) -> bool:
        """Nobody has taken it over yet."""
        return self._inner is None

    def hand_over(self, inner: asyncio.Protocol, watch_requests: bool) -> None:
        """Let `inner` speak from now on; it gets the bytes that waited. Nothing happens when the peer has left.

        `watch_requests`: cut the connection when bytes come and no request begins within `REQUEST_S`.
        """
        if self.is_lost:
            return
        self._inner, self._watches_requests = inner, watch_requests
        first, self._first = self._first, b""
        inner.connection_made(self.transport)
        self.transport.resume_reading()  # before the bytes: `inner` may pause again on them
        self._received(inner, first)

    def request_began(self) -> None:
        self._in_request += 1
        self._no_deadline()

    def request_ended(self) -> None:
        self._in_request -= 1

    def abort(self) -> None:
        self.transport.abort()

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        if self._host.opened(self):
            self._set_deadline(FIRST_BYTE_S)
        else:
            self.transport.abort()

    def data_received(self, data: bytes) -> None:
        if self._inner is not None:
            self._received(self._inner, data)
            return
        self._no_deadline()
        self.transport.pause_reading()
        self._first += data
        self._host.spoke(self, is_terminal=self.is_unix and data[0] == TERMINAL)

    def eof_received(self) -> bool | None:
        return self._inner.eof_received() if self._inner is not None else None

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self._no_deadline()
        if self._inner is not None:
            self._inner.connection_lost(exc)
        self._host.closed(self)

    def pause_writing(self) -> None:
        if self._inner is not None:
            self._inner.pause_writing()

    def resume_writing(self) -> None:
        if self._inner is not None:
            self._inner.resume_writing()

    # deadlines

    def _received(self, inner: asyncio.Protocol, data: bytes) -> None:
        if self._watches_requests and not self._in_request and self._deadline is None:
            self._set_deadline(REQUEST_S)
        inner.data_received(data)

    def _set_deadline(self, seconds: float) -> None:
        self._deadline = asyncio.get_running_loop().call_later(seconds, self.transport.abort)

    def _no_deadline(self) -> None:
        if self._deadline is not None:
            self._deadline.cancel()
            self._deadline = None
