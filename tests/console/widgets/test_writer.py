"""Lines: exactly as wide as asked, and nothing on them that commands a terminal."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from console.present.look import Look
from console.widgets.writer import LineWriter, fitted

HOSTILE = "\x1b[2J\x07a\u202eb\n[red]c[/]\ud800 漢字 e\u0301\u0301\u0301\u0301"


@given(st.text(max_size=40), st.integers(0, 30), st.integers(1, 60), st.booleans())
def test_line_is_exactly_as_wide_as_the_pane(text: str, cells: int, width: int, ascii_only: bool) -> None:
    """Whatever is put on it, in whatever way."""
    look = Look("true", ascii_only)
    for draw in (LineWriter.put, LineWriter.end_with):
        assert cell_len(draw(LineWriter(look, width), text).strip().text) == width
    assert cell_len(LineWriter(look, width).left(text, cells).right(text, cells).strip().text) == width
    assert cell_len(fitted(text, cells, look)) == cells


@given(st.text(max_size=60))
def test_no_control_character_gets_through(text: str) -> None:
    """Escape sequences in data are shown, not obeyed."""
    line = LineWriter(Look("true"), 80).put(text + HOSTILE).strip().text
    assert not [c for c in line if unicodedata.category(c) in ("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp")]


@given(st.text(max_size=60))
def test_ascii_profile_has_no_other_character(text: str) -> None:
    """Not from data either."""
    line = LineWriter(Look("16", True), 80).put(text + HOSTILE).strip().text
    assert all(" " <= c <= "~" for c in line)


def test_markup_in_data_is_text() -> None:
    """Square brackets stay what they are."""
    assert LineWriter(Look(), 20).put("[red]x[/red]").strip().text.startswith("[red]x[/red]")


def test_bar_goes_in_half_cells() -> None:
    """A half of nine cells is four and a half."""
    assert LineWriter(Look(), 9).bar(0.5, 9).strip().text == "━━━━╸────"
    assert LineWriter(Look(), 9).bar(7, 9).strip().text == "━" * 9
    assert LineWriter(Look("16", True), 6).bar(0.5, 6).strip().text == "===---"


def test_cut_text_ends_in_an_ellipsis() -> None:
    """One can see that something is missing."""
    assert fitted("HighTemperature", 10, Look()) == "HighTempe…"
    assert fitted("HighTemperature", 10, Look(ascii=True)) == "HighTempe~"
