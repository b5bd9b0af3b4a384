"""Details of the selected charger: beside the list on a wide terminal, in its place on a narrow one."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, cast

from textual import events
from textual.strip import Strip

from console.present.look import Look
from console.view.actions import possibilities
from console.view.depot import DepotView
from console.view.told import Told
from console.widgets.dossier_pages import Part, counts_of, draw_noticed, draw_tabs, pages_of
from console.widgets.sections import (
    Lines,
    Page,
    draw_checks,
    draw_commands,
    draw_connectors,
    draw_danger,
    draw_fault,
    draw_head,
    draw_possible,
    draw_power,
    fault_to_explain,
)
from console.widgets.window import WindowPane
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.command import Command
from server.model.fault_help import help_for

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from server.site import Site

MEASURE = 100  #: cells of text beyond which lines are hard to read


class Extent(NamedTuple):
    """How much of what a small pane can do without is shown."""

    checks: int
    commands: int
    power: bool


ALL = Extent(9, 3, True)
#: Tried in this order until it fits: what happened before goes first, then the last checks.
EXTENTS = (
    ALL,
    Extent(9, 3, False),
    Extent(9, 1, False),
    Extent(9, 0, False),
    Extent(2, 0, False),
    Extent(1, 0, False),
    Extent(0, 0, False),
)


class DetailPane(WindowPane):
    """Draws the whole page when something of it changed, and shows the part that fits. `part` is the page shown."""

    DEFAULT_CSS = "DetailPane { height: 1fr; width: 1fr; background: $surface; }"

    def __init__(self, site: Site, view: DepotView, look: Look, heard: Told) -> None:
        super().__init__(look)
        self._site = site
        self._view = view
        self._heard = heard
        self._shown: tuple[object, ...] = ()  #: what the page is of: another one is shown from its top
        self._drawn: tuple[object, ...] = ()  #: with what it was drawn: nothing to do while that is the same
        self.part = Part.STATE
        self.scrolls = False  #: full-pane: everything, with a window; else the least important parts are left out

    @property
    def surface(self) -> str:
        return "surface" if self.look.has_surfaces else "ground"

    def pull(self, dirty: Collection[str] | None = None) -> None:
        """Draw the selection as it is now. `dirty`: only if it is among these, or time has changed what it says."""
        if not self.size:
            return
        charger = self._view.charger
        mine = "" if charger is None else charger.charger_id
        shown = (mine, self._view.connector_id, self.part)
        drawn = (shown, self.size, self.scrolls, self._heard.version, self._site.now() // 1000)
        if dirty is not None and mine not in dirty and drawn == self._drawn:
            return
        self._drawn = drawn
        if shown != self._shown:
            self._top, self._shown = 0, shown
        lines: Lines = []
        for extent in EXTENTS:
            if charger is None:
                break
            lines = self._lines(charger, extent)
            if self._is_whole or len(lines) < self.size.height:
                break
        self._page = [line.strip() for line in lines]
        self.scroll_rows(0)

    def turn(self, step: int) -> None:
        """The next page of the details, or the one before."""
        parts = list(Part)
        self.part = parts[(parts.index(self.part) + step) % len(parts)]
        self.pull()

    @property
    def _is_whole(self) -> bool:
        """Nothing is left out to make it fit: there is a window on it, or it is a list."""
        return self.scrolls or self.part is not Part.STATE

    def _lines(self, charger: Charger, extent: Extent) -> Lines:
        """The page from top to bottom, a blank line before each of its sections."""
        width = self.size.width
        page = Page(self.look, width, self._site.now(), self.surface, right=max(2, width - MEASURE))
        lines: Lines = []
        if self._is_whole:
            lines += [draw_tabs(page, self.part, counts_of(self._site, self._heard, charger))]
        for section in filter(None, self._sections(page, charger, extent)):
            lines += [LineWriter(self.look, width, self.surface), *section]
        return lines

    def _sections(self, page: Page, charger: Charger, extent: Extent) -> Iterator[Lines]:
        chosen = self._view.connector_id
        if self.part is not Part.STATE:
            yield draw_head(page, charger)[:1]
            yield from pages_of(page, self.part, self._site, self._heard, charger)
            return
        yield draw_head(page, charger)
        yield draw_connectors(page, charger, chosen)
        fault = fault_to_explain(charger, chosen)
        if fault is not None:
            told = help_for(fault.error_code, fault.vendor_id, fault.vendor_error_code)
            yield [*draw_fault(page, fault), *draw_danger(page, told)]
            yield draw_checks(page, told, extent.checks)
        read_only = cast("ConsoleApp", self.app).read_only
        yield draw_possible(page, possibilities(self._site, charger, chosen, read_only=read_only))
        if not self.scrolls:
            yield draw_noticed(page, charger, self._heard, counts_of(self._site, self._heard, charger))
        yield draw_commands(page, self._last_commands(charger, extent.commands))
        if extent.power:
            yield draw_power(page, list(charger.connectors.values()), min(60, page.room - 25))

    def _last_commands(self, charger: Charger, count: int) -> list[Command]:
        mine = (c for c in reversed(self._site.commands) if c.charger_id == charger.charger_id)
        return list(islice(mine, count))

    def draw_line(self, y: int) -> Strip:
        if not self.scrolls and y == self.size.height - 1 and len(self._page) > self.size.height:
            return self.line(self.surface).to(3).put("d", "strong").put(" shows the rest", "muted").strip()
        return super().draw_line(y)

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.pull()
