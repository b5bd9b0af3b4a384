"""The text below the smallest size that can show anything of use."""

from __future__ import annotations

from textual.strip import Strip

from console.widgets.pane import LinePane


class TooSmall(LinePane):
    """Says what size is needed, and that the server goes on."""

    DEFAULT_CSS = "TooSmall { height: 1fr; }"

    def draw_line(self, y: int) -> Strip:
        lines = (
            ("Terminal too small", "strong"),
            (f"{self.app.size.width}x{self.app.size.height}: 60x15 is the least", "text"),
            ("The server goes on. q leaves.", "muted"),
        )
        top = max(0, (self.size.height - len(lines)) // 2)
        if not 0 <= y - top < len(lines):
            return self.line().strip()
        text, role = lines[y - top]
        return self.line().to(max(0, (self.size.width - len(text)) // 2)).put(text, role).strip()
