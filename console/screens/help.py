"""The keys of the screen below, from the keys table."""

from __future__ import annotations

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.screen import Screen
from textual.strip import Strip

from console.keys import Key, keys_of
from console.present.look import Look
from console.widgets.pane import LinePane

COLUMN = 60  #: cells that one column of the list needs
KEY_CELLS = 18


class HelpScreen(Screen[None], inherit_bindings=False):
    """Two columns where there is room. Any of the closing keys goes back."""

    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("escape,minus,question_mark,f1,q,enter", "dismiss", show=False),
        Binding("j,down", "scroll_rows(1)", show=False),
        Binding("k,up", "scroll_rows(-1)", show=False),
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
        self._keys = keys_of(name)
        self._top = 0

    def scroll_rows(self, rows: int) -> None:
        self._top = max(0, min(self._top + rows, self._rows - self._room))
        self.update_lines()

    @property
    def _columns(self) -> int:
        return max(1, (self.size.width - 1) // COLUMN)

    @property
    def _rows(self) -> int:
        return -(-len(self._keys) // self._columns)

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
        row = self._top + y - 2
        if not 0 <= y - 2 < self._room:
            return line.strip()
        for column in range(self._columns):
            index = column * self._rows + row
            if row < self._rows and index < len(self._keys):
                key = self._keys[index]
                line.to(1 + column * COLUMN).left(shown_keys(key), KEY_CELLS, "strong").put(key.help, "text")
        return line.strip()


_NAMES = {
    "question_mark": "?",
    "slash": "/",
    "minus": "-",
    "plus": "+",
    "escape": "esc",
    "pagedown": "pgdn",
    "pageup": "pgup",
}


def shown_keys(key: Key) -> str:
    """All keys of an action as they are written on a keyboard: `j down`."""
    return " ".join(_NAMES.get(k, k) for k in key.keys)
