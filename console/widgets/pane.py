"""Base of everything that is painted live: a widget of fixed size that keeps its lines and repaints what differs.

Textual repaints regions, not cells; a line that changes in one column would go to the terminal whole. A pane compares
the new strip of a line with the one on screen and asks for the changed span alone.

`Widget.render_lines` is private in effect: what the compositor asks of it is guarded by tests.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import takewhile

from rich.segment import Segment
from textual.events import Resize
from textual.geometry import Region
from textual.strip import Strip
from textual.widget import Widget

from console.present.look import Look
from console.widgets.painted import PaintedLine
from console.widgets.writer import LineWriter

Span = tuple[int, int]
Segments = list[Segment]

#: Cells between two changes that cost less to repaint than a move of the cursor and a change of style.
WORTH_A_MOVE = 12


class LinePane(Widget):
    """Subclasses draw one line at a time from the model; `update_lines` brings the screen up to date."""

    def __init__(self, look: Look, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.look = look
        self._strips: dict[int, Strip] = {}
        self._sent: dict[int, tuple[Strip, PaintedLine]] = {}  #: line -> what it was drawn as, and that filtered

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
            spans = [(0, new.cell_length)] if old is None else changed_spans(old, new)
            changed += [Region(start, y, end - start, 1) for start, end in spans]
        if changed:
            self.refresh(*changed)

    def forget_lines(self) -> None:
        """Paint everything anew: the pane shows something else now."""
        self._strips.clear()
        self._sent.clear()
        self.refresh()

    def render_line(self, y: int) -> Strip:
        strip = self._strips.get(y)
        if strip is None:
            strip = self._strips[y] = self.draw_line(y)
        return strip

    def render_lines(self, crop: Region) -> list[Strip]:
        """The lines of `crop` for the compositor; a pane has no border or padding to put round them."""
        lines: list[Strip] = [self._paint(y) for y in crop.line_range]
        first, last = crop.column_span
        return lines if (first, last) == (0, self.size.width) else [line.crop(first, last) for line in lines]

    def _paint(self, y: int) -> PaintedLine:
        drawn = self.render_line(y)
        before = self._sent.get(y)
        if before is not None and before[0] is drawn:
            return before[1]
        segments, background = list(drawn), self.background_colors[1]
        for line_filter in self.get_line_filters():
            segments = line_filter.apply(segments, background)
        painted = PaintedLine(segments, drawn.cell_length)
        self._sent[y] = (drawn, painted)
        return painted

    def on_resize(self, event: Resize) -> None:
        self.forget_lines()


def changed_spans(old: Strip, new: Strip) -> list[Span]:
    """Where two strips of the same length differ: first and one-past-last cell of each place, from left to right."""
    before, after = list(old), list(new)
    if before == after:
        return []
    spans: list[Span] = []
    for start, one, other in _aligned(before, after):
        if one == other:
            continue
        span = _trimmed(start, one, other)
        if spans and span[0] - spans[-1][1] < WORTH_A_MOVE:
            spans[-1] = (spans[-1][0], span[1])
        else:
            spans.append(span)
    return spans


def _aligned(before: Segments, after: Segments) -> Iterator[tuple[int, Segments, Segments]]:
    """Both lines cut at the cells where a piece ends in both; with the cell where each part starts."""
    start = here = there = 0
    one: Segments = []
    other: Segments = []
    left, right = iter(before), iter(after)
    while True:
        taken = next(left, None) if here <= there else next(right, None)
        if taken is None:
            break
        if here <= there:
            one.append(taken)
            here += taken.cell_length
        else:
            other.append(taken)
            there += taken.cell_length
        if here == there and other:
            yield start, one, other
            start, one, other = here, [], []
    if one or other:
        yield start, one, other


def _trimmed(start: int, one: Segments, other: Segments) -> Span:
    """The cells of a part that differ: of two pieces in the same style only the letters that do."""
    end = start + max(sum(s.cell_length for s in one), sum(s.cell_length for s in other))
    if len(one) == len(other) == 1 and one[0].style == other[0].style:
        text, wanted = one[0].text, other[0].text
        if text.isascii() and wanted.isascii() and text != wanted:
            return start + _shared(text, wanted), end - _shared(text[::-1], wanted[::-1])
    return start, end


def _shared(one: str, other: str) -> int:
    """How many letters two texts have in common at their beginning."""
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(one, other, strict=False)))
