"""The line above the keys: what was just said, what is marked, why something is not possible, where the window is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from console.widgets.pane import LinePane
from console.widgets.writer import fitted, width_of

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen


class MessageLine(LinePane):
    def __init__(self, screen: ConsoleScreen) -> None:
        super().__init__(screen.look)
        self._screen = screen

    def draw_line(self, y: int) -> Strip:
        line = self.line().to(1)
        position = self._screen.position()
        end = self.size.width - (len(position) + 3 if position else 1)
        said = self._screen.owner.flash_message
        wrong = self._screen.filter_error()
        pieces = [said] if said[0] else [(wrong, "amber")] if wrong else self._screen.message()
        for i, (text, role) in enumerate(pieces):
            gap = 0 if not i else 3 if self.size.width >= 120 else 2
            room = end - line.column - gap
            if room < 4:
                break
            line.to(line.column + gap).put(
                text if width_of(text, self.look) <= room else fitted(text, room, self.look), role
            )
        return line.end_with(position, "dim").strip()
