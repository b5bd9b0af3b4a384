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

    def tell(self, text: str, *, failed: bool = False) -> None:
        self._pane.text = text
        self._pane.role = "fault_text" if failed else "muted"
        if self._pane.is_mounted:
            self._pane.update_lines()


class StartPane(LinePane):
    """The name of the product and what is going on, in the middle of the screen."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self.text = "starting" + look.glyphs.cut
        self.role = "muted"

    def draw_line(self, y: int) -> Strip:
        middle = self.size.height // 2 - 1
        text, role = {middle: ("ocpp-console", "strong"), middle + 1: (self.text, self.role)}.get(y, ("", "text"))
        return self.line().to(max(1, (self.size.width - len(text)) // 2)).put(text, role).strip()
