"""Rows: the cursor stays on its thing, the window follows it."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.view.rows import Rows


def rows_of(keys: str, height: int = 4) -> Rows[str]:
    rows: Rows[str] = Rows()
    rows.resize(height)
    rows.set_keys(keys)
    return rows


def test_cursor_stays_on_its_key_when_rows_appear_above() -> None:
    """Identity, not position."""
    rows = rows_of("bcd")
    rows.select("c")
    rows.set_keys("abcd")
    assert rows.cursor == "c"


def test_cursor_row_keeps_its_place_on_screen_when_rows_appear_above() -> None:
    """A list that grows above does not move under the eye."""
    rows = rows_of("cdefghij")
    rows.move_to(5)
    before = rows.cursor_index - rows.top
    rows.set_keys("abcdefghij")
    assert rows.cursor_index - rows.top == before


def test_cursor_goes_to_the_neighbour_when_its_row_disappears() -> None:
    """The place stays, not the top."""
    rows = rows_of("abcd")
    rows.select("c")
    rows.set_keys("abd")
    assert rows.cursor == "d"


def test_negative_index_counts_from_the_end() -> None:
    """`G` is move_to(-1)."""
    rows = rows_of("abcdefgh")
    rows.move_to(-1)
    assert (rows.cursor, rows.visible()) == ("h", list("efgh"))
    assert rows.position() == "5-8 of 8"


def test_empty_rows_survive_everything() -> None:
    """No rows, no cursor, no error."""
    rows = rows_of("")
    rows.move(3)
    rows.move_to(-1)
    assert (rows.cursor, rows.visible(), rows.position()) == (None, [], "")


@given(
    st.lists(st.sampled_from("abcdefghij"), unique=True),
    st.lists(st.one_of(st.integers(-12, 12), st.lists(st.sampled_from("abcdefghij"), unique=True))),
    st.integers(1, 6),
)
def test_cursor_is_always_in_the_window(first: list[str], steps: list[int | list[str]], height: int) -> None:
    """Whatever is moved or changes."""
    rows = rows_of("", height)
    rows.set_keys(first)
    for step in steps:
        if isinstance(step, int):
            rows.move(step)
        else:
            rows.set_keys(step)
        if rows.keys:
            assert rows.cursor in rows.visible()
        assert 0 <= rows.top <= max(0, len(rows) - height)
