"""The one-line input and the choice."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from console.dialogs.fields import Entry, Option, Radio
from console.present.look import Look
from console.widgets.writer import LineWriter

KEYS = st.sampled_from(
    [
        "left",
        "right",
        "home",
        "end",
        "backspace",
        "delete",
        "ctrl+u",
        "ctrl+w",
        "up",
        "down",
        "a",
        "é",
        "語",
        "\x1b",
        " ",
    ]
)


@given(st.lists(KEYS, max_size=60), st.integers(20, 90), st.booleans())
def test_any_keys_leave_a_valid_entry(keys: list[str], width: int, ascii_only: bool) -> None:
    """The cursor stays inside, the limit holds, nothing unprintable gets in, the line has its width."""
    entry = Entry("n", "label", suggestions=lambda: ("abc", "aéz"), limit=12)
    for key in keys:
        entry.key(key, key if len(key) == 1 else None)
        assert 0 <= entry.cursor <= len(entry.value) <= 12
        assert entry.value.isprintable()
        line = LineWriter(Look(ascii=ascii_only), width)
        entry.draw(line, 0, True)
        assert line.strip().cell_length == width


def test_paste_keeps_one_printable_line() -> None:
    """What comes from a clipboard is foreign."""
    entry = Entry("n", "label")
    entry.paste("\x1b[31mone\ttwo\nthree")
    assert entry.value == "[31monetwo"


def test_suggestions_go_round_and_complete() -> None:
    """down walks, right takes the rest."""
    entry = Entry("n", "label", suggestions=lambda: ("Alpha", "Beta"))
    entry.key("b", "b")
    assert entry.ghost() == "eta"
    entry.key("right", None)
    assert entry.value.casefold() == "beta"
    entry.set("Beta")
    entry.key("down", None)
    assert entry.value == "Alpha"


def test_tall_choice_lets_the_focus_out_at_its_ends() -> None:
    """A list is walked by up and down; beyond it they move the focus."""
    radio = Radio("n", "label", (Option(1, "one"), Option(2, "two")), tall=True)
    assert radio.key("down", None) and radio.value == 2
    assert not radio.key("down", None)
    assert Radio("n", "l", (Option(1, "one"),)).key("right", None)
