"""Lines of a dialog that do not all fit: j, k and the page keys move the window on them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")

_FAR = 1_000_000
STEPS = {"down": 1, "j": 1, "up": -1, "k": -1, "pagedown": 10, "pageup": -10, "home": -_FAR, "end": _FAR}


class Scroll:
    def __init__(self) -> None:
        self.top = 0  #: the first line that is shown
        self._most = 0  #: how far it scrolls

    def window(self, lines: Sequence[T], shown: int) -> Sequence[T]:
        """The `shown` lines to paint now."""
        self._most = max(0, len(lines) - shown)
        self.top = min(self.top, self._most)
        return lines[self.top : self.top + shown]

    @property
    def keys(self) -> list[tuple[str, str]]:
        """What to say of it on the row of keys; nothing where all fit."""
        return [("j k", f"{self._most - self.top} more lines")] if self._most else []

    def take(self, key: str) -> bool:
        """True: it was a key that scrolls, and there is something to scroll."""
        if key not in STEPS or not self._most:
            return False
        self.top = max(0, min(self._most, self.top + STEPS[key]))
        return True
