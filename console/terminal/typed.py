"""Keys are taken one after the other, each wholly, however fast they come: a paste, a slow line, somebody types ahead.

Textual hands every key that waits to what has the focus now, and looks up later what it means. Behind `/` the letters
of a word would be commands by then, and behind a key that opens a dialog they would go to the screen below.

Private point of Textual 8.2 that is used here, guarded by tests: `App._check_bindings`.
"""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import Any, Protocol, runtime_checkable

from textual import events
from textual.app import App
from textual.screen import Screen

READY_S = 2.0  #: a screen that is not there after this gets its keys all the same


@runtime_checkable
class TakesKeys(Protocol):
    """A screen that wants keys before its bindings get them: text is typed into it."""

    def take_key(self, event: events.Key) -> bool:
        """True = taken; False leaves it to the bindings."""

    def take_paste(self, text: str) -> None: ...


class TypedInOrder(App[None]):
    """An App whose keys wait until what the key before has opened is there."""

    _here: Screen[Any] | None = None  #: the screen that is known to be there

    async def on_event(self, event: events.Event) -> None:
        if not isinstance(event, events.Key | events.Paste) or event.is_forwarded:
            await super().on_event(event)
        elif self._screen_stack:
            await self._until_ready()
            await self._take(event)

    async def _until_ready(self) -> None:
        """Wait until the screen on top has come, and has done all that was asked of it."""
        screen = self.screen
        if screen is self._here:
            return
        here = asyncio.Event()
        with suppress(TimeoutError):
            async with asyncio.timeout(READY_S):
                if screen.call_later(here.set):
                    await here.wait()
        self._here = screen

    async def _take(self, event: events.Key | events.Paste) -> None:
        screen = self.screen
        taker = screen if isinstance(screen, TakesKeys) else None
        if isinstance(event, events.Paste):
            if taker is not None:
                taker.take_paste(event.text)
            return
        if await self._check_bindings(event.key, priority=True):
            return
        if taker is None or not taker.take_key(event):
            await self._check_bindings(event.key)
