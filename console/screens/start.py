"""What is shown before the depot is there: one calm line, painted before the server is even loaded."""

from __future__ import annotations

from textual.app import ComposeResult
from textual.screen import Screen
from textual.strip import Strip

from console.present.look import Look
from console.widgets.pane import LinePane


class StartScreen(Screen[None]):
    def __init__(self, look: Look) -> None:
        super().__init__()
        self._pane = StartPane(look)

    def compose(self) -> ComposeResult:
        yield self._pane


class StartPane(LinePane):
    """The name of the product in the middle of the screen, and that it starts."""

    def draw_line(self, y: int) -> Strip:
        middle, told = self.size.height // 2 - 1, "starting" + self.look.glyphs.cut
        text, role = {middle: ("ocpp-console", "strong"), middle + 1: (told, "muted")}.get(y, ("", "text"))
        return self.line().to(max(1, (self.size.width - len(text)) // 2)).put(text, role).strip()
