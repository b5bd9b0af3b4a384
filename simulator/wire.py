"""One connection as texts in and out; what is odd about the charge point is bent here, and traced as it really was."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import ConnectionClosed

from simulator.link import LineDown, Trace
from simulator.quirks.bend import Bend
from simulator.quirks.dial import idle_s, squeeze
from simulator.quirks.habit import Piece, Squeezed

Spawn = Callable[[Coroutine[Any, Any, None]], None]


class Wire:
    """A websocket that says `LineDown` when it is gone. `spawn` starts what goes on beside the talk."""

    def __init__(self, connection: ClientConnection, bend: Bend, trace: Trace | None, spawn: Spawn) -> None:
        self._connection, self._bend, self._trace, self._spawn = connection, bend, trace, spawn

    @property
    def idle_s(self) -> float:
        return idle_s(self._connection)

    async def send(self, text: str) -> None:
        if not self._bend:
            await self._write(text)
            return
        for piece in self._bend.leaving(text):
            await self._dawdle(len(text))
            await self._write(piece)

    async def recv(self) -> str | bytes:
        while True:
            raw = await self._read()
            heard = raw
            if self._bend:
                await self._dawdle(len(raw))
                bent = self._bend.coming(raw)
                if bent is None:
                    continue
                heard = bent
            return heard

    def post(self, text: str, delay_s: float) -> None:
        """Write `text` beside everything else, some time later."""
        self._spawn(self._post(text, delay_s))

    async def _post(self, text: str, delay_s: float) -> None:
        if delay_s:
            await asyncio.sleep(delay_s)
        await self._write(text)

    async def _dawdle(self, size: int) -> None:
        if pause_s := self._bend.pause_s(size):
            await asyncio.sleep(pause_s)

    async def _write(self, piece: Piece) -> None:
        if self._trace is not None:
            self._trace("out", _told(piece))
        try:
            if isinstance(piece, Squeezed):
                squeeze(self._connection, piece.text)
            else:
                await self._connection.send(piece)
        except ConnectionClosed as error:
            raise LineDown(str(error)) from None

    async def _read(self) -> str | bytes:
        try:
            raw = await self._connection.recv()
        except ConnectionClosed as error:
            raise LineDown(str(error)) from None
        if self._trace is not None:
            self._trace("in", raw if isinstance(raw, str) else raw.decode(errors="replace"))
        return raw


def _told(piece: Piece) -> str:
    match piece:
        case str():
            return piece
        case bytes():
            return piece.decode(errors="replace")
        case Squeezed():
            return piece.text
    return "".join(piece)
