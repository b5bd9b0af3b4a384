"""What a terminal sends, as keys: the escape key is never swallowed by the key behind it."""

from __future__ import annotations

import pytest
from textual import events

from console.terminal.keyboard import KeyboardParser


def keys(*packets: str) -> list[tuple[str, str | None]]:
    """Name and character of each key; after the last packet nothing comes for a while."""
    parser = KeyboardParser()
    found = [message for packet in packets for message in parser.feed(packet)]
    found += parser.feed("")  # the end of the input ends a sequence as its timeout does
    return [(message.key, message.character) for message in found if isinstance(message, events.Key)]


ESCAPE = ("escape", "\x1b")


@pytest.mark.parametrize("key", "yfb3Yjq")
def test_escape_and_a_key_in_one_packet_are_two_keys(key: str) -> None:
    """Not alt and that key: with it, what escape should have cancelled would have been sent."""
    assert keys(f"\x1b{key}") == [ESCAPE, (key, key)]
    assert keys("\x1b", key) == [ESCAPE, (key, key)]


def test_escape_stays_escape_whatever_comes_around_it() -> None:
    """Words behind it, escapes on both sides, keys that begin a sequence, enter, backspace."""
    assert keys("\x1bjj") == [ESCAPE, ("j", "j"), ("j", "j")]
    assert keys("\x1by\x1b") == [ESCAPE, ("y", "y"), ESCAPE]
    assert keys("\x1b\x1b") == [ESCAPE, ESCAPE]
    assert keys("\x1b[") == [ESCAPE, ("left_square_bracket", "[")]
    assert keys("\x1bO") == [ESCAPE, ("O", "O")]
    assert [name for name, _ in keys("\x1b\r")] == ["escape", "enter"]
    assert [name for name, _ in keys("\x1b\x7f")] == ["escape", "backspace"]


def test_sequences_are_still_keys() -> None:
    """Arrows, both forms; a function key; escape before an arrow; alt where the terminal tells it apart."""
    assert [name for name, _ in keys("\x1b[A\x1bOB\x1b[15~")] == ["up", "down", "f5"]
    assert [name for name, _ in keys("\x1b\x1b[A")] == ["escape", "up"]
    assert keys("\x1b[121;3u") == [("alt+y", None)]


def test_a_paste_is_one_message() -> None:
    """With the escape sequences that bracket it, and none of its text as keys."""
    found = [m for m in KeyboardParser().feed("\x1b[200~sorry y\x1b[201~") if isinstance(m, events.Paste | events.Key)]
    assert [type(message) for message in found] == [events.Paste]
