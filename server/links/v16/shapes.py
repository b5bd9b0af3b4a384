"""What lists of sampled values say beside their numbers, and what becomes of each value: remembered within bounds.

To decide a value again costs 2 us and then 0.5 to remember it: a charger that says something else each time, and throws
the others out, costs them less than its own messages cost. Only the memory, made of its text, must have an end.
"""

from __future__ import annotations

from sys import getsizeof
from typing import NamedTuple

#: (name, column, factor, offset, low, high, wins, unit): number * factor + offset -> column, in place of an earlier
#: value when it `wins`. What has no column, or is not between `low` and `high`, is kept beside with its unit as `name`.
Way = tuple[str, int | None, float, float, float, float, bool, str]
#: What is quickly looked at: the length of a list, and what its first and last value say.
Hint = tuple[object, ...]

MOST_BYTES = 2_000_000
LARGEST = 64_000  #: bytes of one: twice that of forty values as they are usual
MOST_VALUES = 200  #: a longer list is not even measured


class Shape(NamedTuple):
    """What a list of sampled values says beside its numbers, and the way of each."""

    said: list[dict[str, str]]
    ways: list[Way]


class Shapes:
    """`known` is to be read; `keep` writes it. The oldest go first."""

    def __init__(self) -> None:
        self.known: dict[Hint, Shape] = {}
        self._sizes: dict[Hint, int] = {}
        self.bytes = 0

    def keep(self, hint: Hint, shape: Shape) -> None:
        size = _size(hint, shape) if len(shape.said) <= MOST_VALUES else LARGEST + 1
        if size > LARGEST:
            return
        self._forget(hint)
        self.known[hint], self._sizes[hint] = shape, size
        self.bytes += size
        while self.bytes > MOST_BYTES:
            self._forget(next(iter(self.known)))

    def _forget(self, hint: Hint) -> None:
        if self.known.pop(hint, None) is not None:
            self.bytes -= self._sizes.pop(hint)


def _size(hint: Hint, shape: Shape) -> int:
    """Bytes, with what the interpreter needs beside. Names of fields are shared by all messages."""
    size = 1_000 + getsizeof(hint)
    for said, way in zip(shape.said, shape.ways, strict=True):
        size += 150 + getsizeof(said) + sum(map(getsizeof, said.values())) + getsizeof(way) + getsizeof(way[0])
    return size
