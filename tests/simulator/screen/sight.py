"""A screen of the simulator on the CSMS of the tests, and what a person sees on it."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any

from textual.pilot import Pilot

from simulator.controls import CONTROLS, Group
from simulator.screen.app import SimulatorApp
from simulator.screen.look import Look
from simulator.wanted import Wanted
from tests.quiet import painted, typed
from tests.simulator.csms import Csms

SMALL, TINY = (80, 24), (60, 15)
_FIRST_GROUP = 2  #: its place in the main menu


def to(control: str) -> tuple[str, ...]:
    """The keys from the main menu to the form of a control."""
    group = CONTROLS[control].group
    members = [found.name for found in CONTROLS.values() if found.group is group]
    return (str([*Group].index(group) + _FIRST_GROUP), *["down"] * members.index(control), "enter")


def doing(control: str, *keys: str) -> tuple[str, ...]:
    """The keys that open the form, fill it in with `keys`, do it and come back to the main menu."""
    return (*to(control), *keys, "enter", "escape")


class Sight:
    """The screen of `app`."""

    def __init__(self, app: SimulatorApp, pilot: Pilot[Any]) -> None:
        self.app, self.pilot, self.desk = app, pilot, app.desk
        self.station = app.desk.station

    @property
    def lines(self) -> list[str]:
        return [strip.text.rstrip() for strip in self.app.screen._compositor.render_strips()]

    @property
    def text(self) -> str:
        return "\n".join(self.lines)

    def row(self, connector: int) -> str:
        """The line of a connector in the list."""
        return next(line for line in self.lines[3:] if line[2:].strip().startswith(f"{connector} "))

    @property
    def message(self) -> str:
        return self.lines[-2].strip()

    async def press(self, *keys: str) -> None:
        await typed(self.app, keys)

    async def type(self, text: str) -> None:
        await self.press(*("space" if c == " " else c for c in text))

    async def until(self, seen: str | Callable[[], object], timeout: float = 15.0) -> None:
        """Wait until `seen` is on the screen or true."""
        condition: Callable[[], object] = (lambda: seen in self.text) if isinstance(seen, str) else seen
        try:
            async with asyncio.timeout(timeout):
                while not condition():
                    await asyncio.sleep(0.005)
                    await painted(self.app)
        except TimeoutError:
            raise AssertionError(f"{seen!r} does not come\n{self.text}") from None


@asynccontextmanager
async def sight(
    central: Csms, size: tuple[int, int] = SMALL, look: Look | None = None, **wishes: Any
) -> AsyncIterator[Sight]:
    """A charge point on its screen, accepted by `central`. `wishes` are those of the command line."""
    wanted = Wanted(**{"url": central.url, "charger_id": "CP001"} | wishes)
    app = SimulatorApp(wanted, look or Look())
    async with app.run_test(size=size) as pilot:
        seen = Sight(app, pilot)
        await seen.until("online, Accepted")
        yield seen
