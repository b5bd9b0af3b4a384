"""Details of the selected charger: beside the list on a wide terminal, in its place on a narrow one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual import events
from textual.strip import Strip

from console.present.look import Look
from console.view.actions import possibilities
from console.view.depot import DepotView
from console.widgets.pane import LinePane
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
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.command import Command
from server.model.fault_help import help_for

if TYPE_CHECKING:
    from server.site import Site

LAST_COMMANDS = 3


class DetailPane(LinePane):
    """Draws the whole page on every update (a tenth of what a list costs) and shows the part that fits."""

    DEFAULT_CSS = "DetailPane { height: 1fr; width: 1fr; background: $surface; }"

    def __init__(self, site: Site, view: DepotView, look: Look) -> None:
        super().__init__(look)
        self._site = site
        self._view = view
        self._page: list[Strip] = []
        self._shown: tuple[str, int] | None = None
        self._top = 0
        self.scrolls = False  #: full-pane: everything, with a window; else the least important parts are left out

    @property
    def surface(self) -> str:
        return "surface" if self.look.has_surfaces else "ground"

    def pull(self) -> None:
        """Draw the selection as it is now."""
        if not self.size:
            return
        charger = self._view.charger
        shown = None if charger is None else (charger.charger_id, self._view.connector_id)
        if shown != self._shown:
            self._top, self._shown = 0, shown
        sections = [] if charger is None else self._sections(charger)
        if not self.scrolls:
            sections = fitting(sections, self.size.height - 1)
        lines: Lines = []
        for section in filter(None, sections):
            lines += [LineWriter(self.look, self.size.width, self.surface), *section]
        self._page = [line.strip() for line in lines]
        self._top = max(0, min(self._top, len(self._page) - self.size.height))
        self.update_lines()

    def scroll_rows(self, rows: int) -> None:
        self._top = max(0, min(self._top + rows, len(self._page) - self.size.height))
        self.update_lines()

    def position(self) -> str:
        """`1-18 of 27` when not all of it fits."""
        height = self.size.height
        if len(self._page) <= height:
            return ""
        return f"{self._top + 1}-{min(self._top + height, len(self._page))} of {len(self._page)}"

    def _sections(self, charger: Charger) -> list[Lines]:
        """In the order of the page; see `fitting` for what is left out first."""
        page = Page(self.look, self.size.width, self._site.now(), self.surface)
        chosen = self._view.connector_id
        fault = fault_to_explain(charger, chosen)
        help_text = None if fault is None else help_for(fault.error_code, fault.vendor_id, fault.vendor_error_code)
        return [
            draw_head(page, charger),
            draw_connectors(page, charger, chosen),
            [] if fault is None or help_text is None else [*draw_fault(page, fault), *draw_danger(page, help_text)],
            [] if help_text is None else draw_checks(page, help_text),
            draw_possible(page, possibilities(self._site, charger, chosen)),
            draw_commands(page, self._last_commands(charger)),
            draw_power(page, list(charger.connectors.values()), min(60, page.room - 25)),
        ]

    def _last_commands(self, charger: Charger) -> list[Command]:
        found: list[Command] = []
        for command in reversed(self._site.commands):
            if command.charger_id == charger.charger_id:
                found.append(command)
                if len(found) == LAST_COMMANDS:
                    break
        return found

    def draw_line(self, y: int) -> Strip:
        index = self._top + y
        if index < len(self._page) and self._page[index].cell_length == self.size.width:
            return self._page[index]
        return self.line(self.surface).strip()

    def on_resize(self, event: events.Resize) -> None:
        super().on_resize(event)
        self.pull()


#: Indexes of sections, the one first that a small pane can do without: power, commands, then the last checks.
_DISPENSABLE = (6, 5, 3, 4)


def fitting(sections: list[Lines], height: int) -> list[Lines]:
    """The sections without as many of the dispensable ones as it takes to fit into `height` lines."""
    kept = list(sections)

    def needed() -> int:
        return sum(len(s) + 1 for s in kept if s)

    for index in _DISPENSABLE:
        while kept[index:] and kept[index] and needed() > height:
            shorter = kept[index][:-1] if index == 5 else []
            kept[index] = shorter
    return kept
