"""Who is connected to one listener of ours: counted, bounded, and sent away at the end."""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING

from server.api.connection import Connection

if TYPE_CHECKING:
    from server.api.http import Http

CLOSE_S = 1.0  #: how long a terminal may say goodbye and an answer may take at the end


class Callers:
    """At most `most` at once; none any more once `send_away` has begun."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._open: set[Connection] = set()
        self._all_gone = asyncio.Event()
        self.are_sent_away = False

    def take_in(self, connection: Connection) -> bool:
        """False: there is no room, or nobody is taken in any more."""
        if self.are_sent_away or len(self._open) >= self._most:
            return False
        self._open.add(connection)
        self._all_gone.clear()
        return True

    def gone(self, connection: Connection) -> None:
        self._open.discard(connection)
        if not self._open:
            self._all_gone.set()

    async def send_away(self, http: Http | None) -> None:
        """Let those that speak to `http` have their answer, for `CLOSE_S` at most; cut the others."""
        self.are_sent_away = True
        if http is not None:
            http.shutdown()
        for connection in list(self._open):
            if connection.is_waiting:
                connection.abort()
        if self._open:
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(CLOSE_S):
                    await self._all_gone.wait()
        if http is not None:
            await http.close()
        for connection in list(self._open):
            connection.abort()
