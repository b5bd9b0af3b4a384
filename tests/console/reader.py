"""Reads what a console shows, and makes one to read from."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from unittest.mock import patch

from rich.style import Style
from textual.pilot import Pilot

from console.app import ConsoleApp
from console.dialogs import frame
from console.terminal.profile import TerminalProfile
from tests.console.depot_fixture import DepotFixture
from tests.quiet import painted, typed

TRUE = TerminalProfile(colours="true", operator="ana")
SIZE = (160, 48)


class Reader:
    """The screen of `app` as a person sees it, after all filters."""

    def __init__(self, app: ConsoleApp, pilot: Pilot[Any], site: DepotFixture) -> None:
        self.app = app
        self.pilot = pilot
        self.site = site
        self.waits_for_history = True  #: False where a test holds the database back

    def lines(self) -> list[str]:
        return [strip.text for strip in self.app.screen._compositor.render_strips()]

    def text(self) -> str:
        return "\n".join(self.lines())

    def line_with(self, part: str) -> str:
        """The first line that has `part`; fails when there is none."""
        found = next((line for line in self.lines() if part in line), None)
        assert found is not None, f"{part!r} is not on screen:\n{self.text()}"
        return found

    def row_of(self, charger_id: str) -> str:
        """The row of this charger in the list."""
        found = next((line for line in self.lines() if line[4:].startswith(charger_id + " ")), None)
        assert found is not None, f"{charger_id} has no row:\n{self.text()}"
        return found

    def styles(self) -> set[Style]:
        strips = self.app.screen._compositor.render_strips()
        return {segment.style for strip in strips for segment in strip if segment.style is not None}

    async def settle(self) -> None:
        """Let the messages of the last key and one tick through, and what is read of the past for them."""
        await self._read()
        self.app._tick()
        await self._read()

    async def _read(self) -> None:
        await painted(self.app)
        async with asyncio.timeout(15):
            while self.waits_for_history and not all(worker.is_finished for worker in self.app.workers):
                await asyncio.sleep(0.002)  # a thread reads the database
                await painted(self.app)

    async def press(self, *keys: str) -> None:
        await typed(self.app, keys)
        await self.settle()


@asynccontextmanager
async def console(
    size: tuple[int, int] = SIZE,
    profile: TerminalProfile = TRUE,
    site: DepotFixture | None = None,
    seen_s: float = 0.0,
    **arguments: Any,
) -> AsyncIterator[Reader]:
    """A console on the depot of the pictures, its main screen painted. `seen_s`: a dialog is read after this."""
    depot = site or DepotFixture()
    arguments.setdefault("attached", True)
    app = ConsoleApp(depot, profile, **arguments)  # type: ignore[arg-type]
    with patch.object(frame, "SEEN_S", seen_s):
        async with _running(app, depot, size) as reader:
            yield reader


@asynccontextmanager
async def _running(app: ConsoleApp, depot: DepotFixture, size: tuple[int, int]) -> AsyncIterator[Reader]:
    async with app.run_test(size=size) as pilot:
        reader = Reader(app, pilot, depot)
        async with asyncio.timeout(15):
            while app.console_screen is None or not app.console_screen.is_mounted:
                await painted(app)
        ticks = [timer for timer in app._timers if timer.name == "tick"]  # nobody else would keep one that is paused
        for tick in ticks:
            tick.pause()  # they come from the test: a second one in between would be a race
        await app._remember()  # a moment later it would do so by itself
        await reader.settle()
        yield reader
