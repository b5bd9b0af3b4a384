"""Lines of which only some fit: a pane that is a window on them."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from console.present.look import Look
from console.widgets.pane import LinePane


class WindowPane(LinePane):
    """Subclasses set `_page`, all their lines, and then call `scroll_rows(0)`."""

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._page: Sequence[Strip] = ()
        self._top = 0  #: the line of the page that is shown first

    @property
    def surface(self) -> str:
        """What the lines are drawn on."""
        return "ground"

    def scroll_rows(self, rows: int) -> None:
        self._top = max(0, min(self._top + rows, len(self._page) - self.size.height))
        self.update_lines()

    def scroll_pages(self, pages: int) -> None:
        self.scroll_rows(pages * max(1, self.size.height - 2))

    def show_end(self, row: int) -> None:
        """0 = the first row, -1 = the last."""
        self.scroll_rows(-len(self._page) if row == 0 else len(self._page))

    def position(self) -> str:
        """`1-18 of 27` when not all of it fits."""
        height = self.size.height
        if len(self._page) <= height:
            return ""
        return f"{self._top + 1}-{min(self._top + height, len(self._page))} of {len(self._page)}"

    def draw_line(self, y: int) -> Strip:
        index = self._top + y
        if index < len(self._page) and self._page[index].cell_length == self.size.width:
            return self._page[index]
        return self.line(self.surface).strip()
