"""What a page of the screen is: lines to show, and what its keys do. No Textual here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from simulator.showing import Tone

if TYPE_CHECKING:
    from simulator.screen.desk import Desk

Piece = tuple[str, Tone]


class Row(NamedTuple):
    """One line of a page. `lit`: the cursor is on it."""

    pieces: Sequence[Piece]
    lit: bool = False


class Page:
    """Base of all pages."""

    title = ""
    is_wide = False  #: takes the whole width, no events beside it
    typing = False  #: letters are text, not commands

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        """At most `height` lines."""
        return []

    def key(self, desk: Desk, key: str, character: str) -> bool:
        """Do what the key means here; False: nothing."""
        return False

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        """Keys and what they do, for the last line."""
        return []

    def closed(self, desk: Desk) -> None:
        """The person went back."""


def text(line: str, tone: Tone = Tone.TEXT) -> Row:
    return Row([(line, tone)])


def window(rows: list[Row], cursor: int, height: int) -> list[Row]:
    """The `height` rows around `cursor`, as few as possible left out at the top."""
    if len(rows) <= height or height <= 0:
        return rows[: max(0, height)]
    start = min(max(0, cursor - height // 2), len(rows) - height)
    return rows[start : start + height]


def moved(cursor: int, key: str, count: int, page: int = 10) -> int | None:
    """Where a key of movement takes the cursor; None when it is none."""
    steps = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": page, "pageup": -page}
    if key in ("home", "g"):
        return 0
    if key in ("end", "G"):
        return max(0, count - 1)
    if key not in steps or not count:
        return None
    return min(max(0, cursor + steps[key]), count - 1)
