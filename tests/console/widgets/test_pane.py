"""A pane repaints what differs, no more."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from console.widgets.pane import changed_spans

BOLD = Style(bold=True)


def strip(*texts: str, style: Style | None = None) -> Strip:
    return Strip([Segment(text, style) for text in texts])


def test_equal_lines_have_nothing_to_repaint() -> None:
    """The common case on every tick."""
    assert changed_spans(strip("ab", "cd"), strip("ab", "cd")) == []


def test_only_the_changed_cells_are_repainted() -> None:
    """A clock that goes on costs one cell."""
    assert changed_spans(strip("ab", "10:42:07", "e"), strip("ab", "10:42:08", "e")) == [(9, 10)]


def test_change_of_style_alone_is_a_change() -> None:
    """The cursor moves without changing a letter."""
    before, after = Strip([Segment("ab"), Segment("cd")]), Strip([Segment("ab"), Segment("cd", BOLD)])
    assert changed_spans(before, after) == [(2, 4)]


def test_other_division_into_pieces_covers_the_difference() -> None:
    """Pieces that moved are repainted from where they begin to differ."""
    assert changed_spans(strip("abc", "def", "g"), strip("ab", "xdef", "g")) == [(0, 6)]


def test_two_changes_far_apart_are_two_places() -> None:
    """Two tiles of a row change; the six between them are left alone."""
    between = "x" * 40
    assert changed_spans(strip("a", between, "b"), strip("c", between, "d")) == [(0, 1), (41, 42)]
    assert changed_spans(strip("a", "xx", "b"), strip("c", "xx", "d")) == [(0, 4)]


def test_within_a_piece_only_the_differing_letters_count() -> None:
    """A longer line in the log does not repaint the blanks behind it."""
    assert changed_spans(strip("tx 996     "), strip("tx 1201    ")) == [(3, 7)]


@given(st.lists(st.text("ab \u6f22", max_size=4), max_size=4), st.lists(st.text("ab \u6f22", max_size=4), max_size=4))
def test_repainting_the_span_makes_the_new_line(before: list[str], after: list[str]) -> None:
    """Cells outside the span are the same in both."""
    width = 40
    old = Strip([Segment(t, BOLD if i % 2 else None) for i, t in enumerate(before)]).adjust_cell_length(width)
    new = Strip([Segment(t, BOLD if i % 2 else None) for i, t in enumerate(after)]).adjust_cell_length(width)
    painted = [old.crop(i, i + 1).text for i in range(width)]
    for start, end in changed_spans(old, new):
        painted[start:end] = [new.crop(i, i + 1).text for i in range(start, end)]
    assert painted == [new.crop(i, i + 1).text for i in range(width)]
