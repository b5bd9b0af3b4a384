"""The interactive screen: one widget that paints the picture, keys that go to the desk, one tick."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from rich.segment import Segment
from textual import events
from textual.app import App, ComposeResult
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget
from textual.worker import Worker

from simulator.charge_point import ChargePoint
from simulator.screen.desk import Desk
from simulator.screen.form import Form
from simulator.screen.look import Look
from simulator.screen.menu import main_menu
from simulator.screen.picture import Line, picture
from simulator.wanted import Wanted

TICK_S = 0.5  #: powers and clocks; what a key or an event changes is painted sooner
SOON_S = 0.05


class Picture(Widget):
    """Line by line; only those that changed go to the terminal."""

    DEFAULT_CSS = "Picture { width: 100%; height: 100%; }"

    def __init__(self, desk: Desk) -> None:
        super().__init__()
        self._desk = desk
        self._strips: list[Strip] = []

    def update(self) -> None:
        width, height = self.size
        old, self._strips = self._strips, self._draw()
        changed = [
            Region(0, y, width, 1)
            for y, strip in enumerate(self._strips)
            if y >= len(old) or list(old[y]) != list(strip)
        ]
        if changed and height:
            self.refresh(*changed)

    def render_line(self, y: int) -> Strip:
        if len(self._strips) != self.size.height:
            self._strips = self._draw()
        return self._strips[y] if y < len(self._strips) else Strip.blank(self.size.width)

    def on_resize(self) -> None:
        self._strips = []
        self.refresh()

    def _draw(self) -> list[Strip]:
        width, height = self.size
        return [self._strip(line) for line in picture(self._desk, width, height)]

    def _strip(self, line: Line) -> Strip:
        style = self._desk.look.style
        return Strip([Segment(text, style(tone, line.ground)) for text, tone in line.pieces], line.width)


class SimulatorApp(App[None]):
    """One charge point on one terminal. The charge point lives as long as the screen."""

    ENABLE_COMMAND_PALETTE = False
    CSS = "Screen { background: #0F1318; overflow: hidden; } .-plain { background: ansi_default; }"

    def __init__(self, wanted: Wanted, look: Look, **arguments: Any) -> None:
        super().__init__(**arguments)
        self.desk = Desk(wanted, look, main_menu())
        self.desk.spawn = self._spawn
        self._picture = Picture(self.desk)
        self._is_due = False
        self._living: Worker[None] | None = None

    def compose(self) -> ComposeResult:
        yield self._picture

    def on_mount(self) -> None:
        if self.desk.look.colours in ("none", "16"):
            self.screen.add_class("-plain")
        self.desk.heard = self._soon
        self._living = self.run_worker(self._live(self.desk.station), name="charge point")
        self.set_interval(TICK_S, self._tick, name="tick")

    async def _live(self, station: ChargePoint) -> None:
        await station.run()

    def _tick(self) -> None:
        self.desk.tick()
        self._show()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> Worker[None]:
        return self.run_worker(work, name="scenario")

    def _soon(self) -> None:
        """Something happened: paint it in a moment, with what else happens until then."""
        if not self._is_due:
            self._is_due = True
            asyncio.get_running_loop().call_later(SOON_S, self._paint)

    def _paint(self) -> None:
        self._is_due = False
        if self.is_running and self._picture.is_mounted:
            self._picture.update()

    def on_key(self, event: events.Key) -> None:
        event.stop()
        event.prevent_default()
        character = event.character or ""
        self.desk.key(event.key, character if character.isprintable() else "")  # a terminal sends ESC as a character
        self._show()

    def on_paste(self, event: events.Paste) -> None:
        if isinstance(self.desk.page, Form):
            self.desk.page.paste(event.text)
        self._show()

    async def action_quit(self) -> None:
        self.desk.leave()
        self._show()

    def _show(self) -> None:
        if self.desk.leaves:
            self.exit()
        else:
            self._picture.update()
