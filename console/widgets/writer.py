"""One line of a pane, put together piece by piece, each piece in a role of the look.

Whatever is put on a line becomes safe text here, so that no screen can forget it: no escape sequence, no markup and, in
the ASCII profile, no character above 126 reaches the terminal.
"""

from __future__ import annotations

from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.present.look import Look
from console.present.safe import safe
from console.widgets.painted import PaintedLine


class LineWriter:
    """A line of exactly `width` cells. Methods return the line itself; what does not fit is cut off at the end."""

    __slots__ = ("_on", "_segments", "column", "look", "width")

    def __init__(self, look: Look, width: int, on: str = "ground") -> None:
        self.look = look
        self._on = on
        self.width = width
        self._segments: list[Segment] = []
        self.column = 0  #: where the next piece goes

    @property
    def room(self) -> int:
        """Cells that are left."""
        return self.width - self.column

    def put(self, text: str, role: str = "text", on: str = "") -> LineWriter:
        """Append `text` as it is; `on` names another surface than that of the line."""
        clean, cells = _clean(text, self.look.ascii)
        room = self.width - self.column
        if cells > room:
            if room <= 0:
                return self
            clean, cells = set_cell_size(clean, room), room
        if cells:
            self._append(clean, self.look.style(role, on or self._on))
            self.column += cells
        return self

    def _append(self, text: str, style: Style) -> None:
        """Every change of style costs a terminal line 40 bytes: blanks take that of the piece before them."""
        if self._segments:
            last, before, _ = self._segments[-1]
            if before == style or (text.isspace() and before is not None and _same_blank(before, style)):
                self._segments[-1] = Segment(last + text, before)
                return
        self._segments.append(Segment(text, style))

    def left(self, text: str, cells: int, role: str = "text", on: str = "") -> LineWriter:
        """`text` in exactly `cells` cells: padded behind, or cut with an ellipsis."""
        return self.put(fitted(text, cells, self.look), role, on)

    def right(self, text: str, cells: int, role: str = "text", on: str = "") -> LineWriter:
        """`text` at the right end of exactly `cells` cells."""
        clean, used = _clean(text, self.look.ascii)
        if used > cells:
            return self.left(text, cells, role, on)
        return self.put(" " * (cells - used) + clean, role, on)

    def middle(self, text: str, cells: int, role: str = "text", on: str = "") -> LineWriter:
        """`text` in exactly `cells` cells: padded behind, or cut in the middle: names differ at their ends."""
        return self.put(fitted(cut_middle(text, cells, self.look), cells, self.look), role, on)

    def add(self, other: LineWriter) -> LineWriter:
        """What stands on `other`, from its first cell on; the caller has looked whether it fits."""
        self._segments += other._segments
        self.column += other.column
        return self

    def to(self, column: int, role: str = "text", on: str = "") -> LineWriter:
        """Blanks up to `column`; nothing when the line is there already."""
        missing = min(column, self.width) - self.column
        if missing > 0:
            self._append(" " * missing, self.look.style(role, on or self._on))
            self.column += missing
        return self

    def bar(self, share: float, cells: int, role: str = "sky", on: str = "") -> LineWriter:
        """A bar of `cells` cells, filled to `share` (0 to 1) in half-cell steps."""
        glyphs = self.look.glyphs
        halves = round(min(1.0, max(0.0, share)) * cells * 2)
        filled = glyphs.bar_full * (halves // 2) + glyphs.bar_half * (halves % 2)
        return self.put(filled, role, on).put(glyphs.bar_rest * (cells - len(filled)), "track", on)

    def end_with(self, text: str, role: str = "text", margin: int = 1) -> LineWriter:
        """`text` at the right edge of the line, `margin` cells from it; left out when it does not fit."""
        _, cells = _clean(text, self.look.ascii)
        start = self.width - margin - cells
        return self.to(start).put(text, role) if start > self.column else self

    def strip(self) -> Strip:
        """The finished line, filled up to its width."""
        self.to(self.width)
        return PaintedLine(self._segments, self.width)


def fitted(text: str, cells: int, look: Look) -> str:
    """`text` as safe text of exactly `cells` cells: padded behind, or cut with an ellipsis."""
    clean, used = _clean(text, look.ascii)
    if used <= cells:
        return clean + " " * (cells - used)
    return set_cell_size(clean, cells - 1) + look.glyphs.cut if cells > 0 else ""


def cut_middle(text: str, cells: int, look: Look) -> str:
    """`text` as safe text of at most `cells` cells; more of its end than of its beginning is kept."""
    clean, used = _clean(text, look.ascii)
    if used <= cells or cells < 1:
        return clean if cells > 0 else ""
    kept = cells - 1
    end = len(clean)
    while end and cell_len(clean[end - 1 :]) <= kept - kept // 3:
        end -= 1
    tail = clean[end:]
    return set_cell_size(clean, kept - cell_len(tail)) + look.glyphs.cut + tail


def width_of(text: str, look: Look) -> int:
    """Cells that `text` takes once it is safe."""
    return _clean(text, look.ascii)[1]


def _same_blank(one: Style, other: Style) -> bool:
    """Does a blank look the same in both styles?"""
    if one.underline or other.underline:
        return False
    return one.bgcolor == other.bgcolor and bool(one.reverse) == bool(other.reverse) and not one.reverse


@lru_cache(maxsize=8192)
def _clean(text: str, ascii_only: bool) -> tuple[str, int]:
    clean = safe(text, ascii_only=ascii_only)
    return clean, cell_len(clean)
