"""Base of everything that is painted live: a widget of fixed size that keeps its lines and repaints what differs.

Textual repaints regions, not cells; a line that changes in one column would go to the terminal whole. A pane compares
the new strip of a line with the one on screen and asks for the changed span alone.
"""

from __future__ import annotations

from collections.abc import Iterable

from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from console.present.look import Look
from console.widgets.writer import LineWriter


class LinePane(Widget):
    """Subclasses draw one line at a time from the model; `update_lines` brings the screen up to date."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self._strips: dict[int, Strip] = {}

    def draw_line(self, y: int) -> Strip:
        """The line `y` of the pane as it should look now, `self.size.width` cells wide."""
        return self.line().strip()

    def line(self, on: str = "ground") -> LineWriter:
        """An empty line of the pane's width."""
        return LineWriter(self.look, self.size.width, on)

    def update_lines(self, lines: Iterable[int] | None = None) -> None:
        """Draw `lines` again (all of them when None) and repaint the spans that changed."""
        height, changed = self.size.height, []
        for y in range(height) if lines is None else lines:
            if not 0 <= y < height:
                continue
            old, new = self._strips.get(y), self.draw_line(y)
            self._strips[y] = new
            span = (0, new.cell_length) if old is None else changed_span(old, new)
            if span is not None:
                changed.append(Region(span[0], y, span[1] - span[0], 1))
        if changed:
            self.refresh(*changed)

    def forget_lines(self) -> None:
        """Paint everything anew: the pane shows something else now."""
        self._strips.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self.draw_line(y)
        return strip

    def on_resize(self, event: Resize) -> None:
        self.forget_lines()


def changed_span(old: Strip, new: Strip) -> tuple[int, int] | None:
    """First and one-past-last cell where two strips of the same length differ; None when they are equal."""
    before, after = list(old), list(new)
    if before == after:
        return None
    first = 0
    start = 0
    for left, right in zip(before, after, strict=False):
        if left != right:
            break
        start += left.cell_length
        first += 1
    end = new.cell_length
    for left, right in zip(reversed(before[first:]), reversed(after[first:]), strict=False):
        if left != right:
            break
        end -= left.cell_length
    return start, max(start + 1, end)
