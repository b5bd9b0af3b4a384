"""Foreign text can only be shown."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from console.present.safe import safe


def test_escape_sequences_become_visible() -> None:
    """A charger cannot set the title, the clipboard or a colour of the terminal."""
    assert "\x1b" not in safe("\x1b]0;pwned\x07\x1b[31mred\x9b0m")
    assert safe("\x1b[31m").startswith("␛[31m")


def test_direction_overrides_and_line_breaks_are_named() -> None:
    """Reordering and hidden characters are written out."""
    assert safe("a\u202eb\nc") == "a<U+202E>b␊c"


def test_markup_stays_text() -> None:
    """Nothing is interpreted, nothing is lost."""
    assert safe("[/][link=x]") == "[/][link=x]"


@given(st.text(max_size=500))
def test_whatever_comes_is_one_printable_line(text: str) -> None:
    """Category C and line separators never get through, and the length is bounded."""
    shown = safe(text, limit=100)

    assert all(unicodedata.category(c)[0] != "C" and unicodedata.category(c) not in ("Zl", "Zp") for c in shown)
    assert len(shown) <= 100 * len("<U+10FFFF>")


@given(st.text(max_size=100))
def test_ascii_terminals_get_ascii(text: str) -> None:
    """No code point above 126 in the ASCII profile."""
    assert all(" " <= c <= "~" for c in safe(text, ascii_only=True))
