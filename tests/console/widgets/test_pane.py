"""A pane repaints what differs, no more."""

from __future__ import annotations

from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.widgets.pane import changed_span

BOLD = Style(bold=True)


def strip(*texts: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style) for text in texts])


def test_equal_lines_have_nothing_to_repaint() -> None:
    """The common case on every tick."""
    assert changed_span(strip("ab", "cd"), strip("ab", "cd")) is None


def test_only_the_changed_cells_are_repainted() -> None:
    """A clock at the end of a line costs eight cells."""
    assert changed_span(strip("ab", "10:42:07", "e"), strip("ab", "10:42:08", "e")) == (2, 10)


def test_change_of_style_alone_is_a_change() -> None:
    """The cursor moves without changing a letter."""
    before, after = Strip([Segment("ab"), Segment("cd")]), Strip([Segment("ab"), Segment("cd", BOLD)])
    assert changed_span(before, after) == (2, 4)


def test_other_division_into_pieces_covers_the_difference() -> None:
    """Pieces that moved are repainted from where they begin to differ."""
    span = changed_span(strip("abc", "def", "g"), strip("ab", "xdef", "g"))
    assert span is not None and span[0] <= 2 and span[1] >= 3
