"""The second line: the screens with their counts, and at the right what filters, sorts or locks the view."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual.events import Click
from textual.strip import Strip

from console.view.knocks import refusals
from console.widgets.pane import LinePane

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen


class Tab(NamedTuple):
    key: str
    name: str
    title: str
    short: str


TABS = (
    Tab("1", "chargers", "Chargers", "Chargers"),
    Tab("2", "connectors", "Connectors", "Conn"),
    Tab("3", "faults", "Faults", "Faults"),
    Tab("4", "transactions", "Transactions", "Tx"),
    Tab("5", "log", "Log", "Log"),
    Tab("6", "operations", "Operations", "Ops"),
    Tab("7", "connections", "Connections", "Link"),
    Tab("8", "notices", "Notices", "Note"),
)
WIDE = 120  #: columns for long titles
NARROW_CELLS = 5  #: of a title where there is hardly room for all of them


class TabLine(LinePane):
    def __init__(self, screen: ConsoleScreen) -> None:
        super().__init__(screen.look)
        self._screen = screen
        self._ends: list[tuple[int, str]] = []

    def draw_line(self, y: int) -> Strip:
        width = self.size.width
        wide, narrow = width >= WIDE, width < 78
        owner, site = self._screen.owner, self._screen.site
        totals, alerts = owner.totals, len(owner.heard.alerts(site.now()))
        counts = {
            "faults": totals.faults or totals.warnings,
            "transactions": totals.open_transactions,
            "notices": alerts,
            "connections": len(refusals(site.connections, site.find_charger, site.now())),
        }
        roles = {
            "faults": "fault_strong" if totals.faults else "text",
            "notices": "amber_strong",
            "connections": "amber_strong",
        }
        line = self.line()
        self._ends = []
        for tab in TABS:
            active = tab.name == self._screen.NAME
            on = "tab" if active else "ground"
            count = counts.get(tab.name, 0)
            line.put(" ", "text", on).put(tab.key, "tab_active" if active else "dim", on)
            name = tab.title if wide else tab.short[:NARROW_CELLS] if narrow else tab.short
            line.put(f" {name}", "tab_active" if active else "muted", on)
            if count and not narrow:
                line.put(f" {count}", roles.get(tab.name, "text"), on)
            line.put("" if narrow else " ", "text", on).to(line.column + (1 if wide else 0))
            self._ends.append((line.column, tab.name))
        words = list(self._screen.state_words())
        if text := self._screen.filter_text():
            words.insert(0, f"/ {text}")
        locked = self._screen.owner.read_only
        words.append("RO" if locked else "RW")
        while words:
            joined = "   ".join(words)
            if line.column + len(joined) + 2 <= width:
                return line.end_with(joined, "yellow" if text else "amber" if locked else "dim").strip()
            words.pop(-2 if locked and len(words) > 1 else -1)  # that it is locked goes last
        return line.strip()

    def on_click(self, event: Click) -> None:
        for end, name in self._ends:
            if event.x < end:
                self._screen.owner.show_screen(name)
                return
