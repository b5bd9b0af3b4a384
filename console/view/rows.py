"""Rows of a list: their order, the cursor that stays on the same thing, and the window that scrolls.

Knows no terminal. A key is whatever identifies a row for ever: a charger id, a fault id, a transaction id.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from typing import Generic, TypeVar

K = TypeVar("K", bound=Hashable)


class Rows(Generic[K]):
    """`keys` in order; `cursor` is a key, so that it stays where it is when rows appear above it."""

    def __init__(self) -> None:
        self.keys: list[K] = []
        self.cursor: K | None = None
        self.top = 0  #: index of the first row in the window
        self.height = 1  #: rows that the window shows
        self.version = 0  #: counts changes of `keys`
        self._index: dict[K, int] = {}
        self._last_index = 0

    def __len__(self) -> int:
        return len(self.keys)

    def index_of(self, key: K) -> int | None:
        return self._index.get(key)

    @property
    def cursor_index(self) -> int:
        """Index of the cursor; 0 when there are no rows."""
        return self._index.get(self.cursor, 0) if self.cursor is not None else 0

    def set_keys(self, keys: Sequence[K]) -> bool:
        """Take a new order. A cursor whose row has gone moves to what is now in its place. True: something moved."""
        if list(keys) == self.keys:
            return False
        self._last_index = self.cursor_index
        on_screen = self._last_index - self.top
        self.keys = list(keys)
        self.version += 1
        self._index = {key: i for i, key in enumerate(self.keys)}
        if not self.keys:
            self.cursor, self.top = None, 0
            return True
        if self.cursor is None or self.cursor not in self._index:
            self.cursor = self.keys[min(self._last_index, len(self.keys) - 1)]
        # The cursor row keeps its place on screen, but who looks at the first row sees what comes before it.
        self.top = self.cursor_index - on_screen if self.top else 0
        self._scroll()
        return True

    def resize(self, height: int) -> None:
        self.height = max(1, height)
        self._scroll()

    def move(self, count: int) -> None:
        self.move_to(max(0, self.cursor_index + count))

    def move_to(self, index: int) -> None:
        """Put the cursor on row `index`; negative counts from the end, too far means the last."""
        if self.keys:
            self.cursor = self.keys[max(-len(self.keys), min(index, len(self.keys) - 1))]
            self._scroll()

    def select(self, key: K) -> bool:
        """Put the cursor on `key`; False when there is no such row."""
        if key not in self._index:
            return False
        self.cursor = key
        self._scroll()
        return True

    def visible(self) -> list[K]:
        return self.keys[self.top : self.top + self.height]

    def position(self) -> str:
        """`1-13 of 24`; empty when everything is in the window."""
        if len(self.keys) <= self.height:
            return ""
        return f"{self.top + 1}-{min(self.top + self.height, len(self.keys))} of {len(self.keys)}"

    def _scroll(self) -> None:
        index = self.cursor_index
        self.top = max(index - self.height + 1, min(self.top, index))
        self.top = max(0, min(self.top, len(self.keys) - self.height))
