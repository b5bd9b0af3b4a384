"""The keys of the screen below, from the keys table."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.strip import Strip

from console.keys import Key, is_acting, keys_of
from console.present.look import Look
from console.widgets.pane import LinePane
from console.widgets.writer import LineWriter

COLUMN = 78  #: cells that one column of the list needs
KEY_CELLS = 18


class HelpScreen(Screen[None], inherit_bindings=False):
    """Two columns where there is room. Any of the closing keys goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,minus,question_mark,f1,q,enter", "dismiss", show=False),
        Binding("j,down", "scroll_rows(1)", show=False),
        Binding("k,up", "scroll_rows(-1)", show=False),
        Binding("g,home", "scroll_rows(-999)", show=False),
        Binding("G,end", "scroll_rows(999)", show=False),
        Binding("pagedown,space,ctrl+d", "scroll_rows(10)", show=False),
        Binding("pageup,ctrl+u", "scroll_rows(-10)", show=False),
    ]

    def __init__(self, name: str, look: Look) -> None:
        super().__init__()
        self._pane = HelpPane(name, look)

    def compose(self) -> ComposeResult:
        yield self._pane

    def action_scroll_rows(self, rows: int) -> None:
        self._pane.scroll_rows(rows)


class HelpPane(LinePane):
    DEFAULT_CSS = "HelpPane { height: 1fr; }"

    def __init__(self, name: str, look: Look) -> None:
        super().__init__(look)
        self._name = name
        self._groups = grouped(keys_of(name))
        self._top = 0

    def scroll_rows(self, rows: int) -> None:
        self._top = max(0, min(self._top + rows, self._rows - self._room))
        self.update_lines()

    @property
    def _columns(self) -> list[list[Key | str]]:
        """Keys and headings, top to bottom; groups are not torn apart."""
        count = max(1, (self.size.width - 1) // COLUMN)
        columns: list[list[Key | str]] = [[] for _ in range(count)]
        rows = sum(len(keys) + 2 for keys in self._groups.values())
        column = 0
        for title, keys in self._groups.items():
            if columns[column] and len(columns[column]) + len(keys) // 2 > rows // count:
                column = min(column + 1, count - 1)
            columns[column] += [*([""] if columns[column] else []), title, *keys]
        return columns

    @property
    def _rows(self) -> int:
        return max(map(len, self._columns))

    @property
    def _room(self) -> int:
        return max(1, self.size.height - 4)

    def draw_line(self, y: int) -> Strip:
        line = self.line()
        if y == 0:
            return line.to(1).put(f"Keys of {self._name}", "strong").strip()
        if y == self.size.height - 1:
            line.to(1).put("esc", "strong").put(" back", "muted")
            if self._rows > self._room:
                line.to(line.column + 3).put("j k", "strong").put(" move", "muted")
                line.end_with(f"{self._top + 1}-{min(self._top + self._room, self._rows)} of {self._rows}", "dim")
            return line.strip()
        if 0 <= y - 2 < self._room:
            row = self._top + y - 2
            for i, column in enumerate(self._columns):
                if row < len(column):
                    self._entry(line.to(1 + i * COLUMN), column[row])
        return line.strip()

    @staticmethod
    def _entry(line: LineWriter, entry: Key | str) -> None:
        if isinstance(entry, str):
            line.put(entry, "dim")
        else:
            line.left(shown_keys(entry), KEY_CELLS, "strong").put(entry.help, "text")


def grouped(keys: Sequence[Key]) -> dict[str, list[Key]]:
    """Heading -> keys, in the order in which somebody looks for them."""
    groups: dict[str, list[Key]] = {"MOVE": [], "ACT": [], "LOOK": [], "SCREENS": [], "CONSOLE": []}
    for key in keys:
        groups[_group_of(key)].append(key)
    return {title: found for title, found in groups.items() if found}


def _group_of(key: Key) -> str:
    kind = key.id.partition(".")[0]
    if kind in ("move", "page", "fault"):
        return "MOVE"
    if kind == "screen":
        return "SCREENS"
    if kind in ("back", "help", "redraw", "quit", "pause"):
        return "CONSOLE"
    return "ACT" if is_acting(key) else "LOOK"


_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "colon": ":",
    "minus": "-",
    "plus": "+",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


def shown_keys(key: Key) -> str:
    """All keys of an action as they are written on a keyboard: `j down`."""
    return " ".join(_NAMES.get(k, k) for k in key.keys)
