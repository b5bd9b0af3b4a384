"""The bottom line: the keys that work now, from the keys table. What is not possible is dim; help always stays.

A filter that is typed takes the letters: the line has its keys. A dialog brings keys of its own: the line is empty.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from console.keys import Key, keys_of
from console.widgets.pane import LinePane

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen


def hints_of(screen: str) -> list[Key]:
    """Keys with a place on the line, in the order of their rank; help is not among them."""
    return sorted((k for k in keys_of(screen) if k.rank and k.hint and k.id != "help"), key=lambda k: k.rank)


class KeyLine(LinePane):
    def __init__(self, screen: ConsoleScreen) -> None:
        super().__init__(screen.look)
        self._screen = screen
        self._hints = hints_of(screen.NAME)

    def draw_line(self, y: int) -> Strip:
        gap = 3 if self.size.width >= 120 else 2
        if self._screen.owner.console_screen is not self._screen:
            return self.line().strip()
        if self._screen.is_asking:
            line = self.line().to(1).put("enter", "strong").put(" keep", "muted").to(7 + 4 + gap + 1)
            return line.put("esc", "strong").put(" clear", "muted").strip()
        room = self.size.width - len("? help") - 1 - gap
        line = self.line().to(1)
        for key in self._hints:
            if not self._screen.offers(key):
                continue
            hint = self._screen.hint_of(key)
            if line.column + len(key.shown) + 1 + len(hint) > room:
                break
            is_dim = self._screen.is_dim(key)
            line.put(key.shown, "dim" if is_dim else "strong").put(f" {hint}", "dim" if is_dim else "muted")
            line.to(line.column + gap)
        return line.to(self.size.width - 7).put("?", "strong").put(" help", "muted").strip()
