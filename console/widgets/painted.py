"""The line that panes are made of: Textual's strip without its memory.

A strip brings seven caches, each with a dictionary, and remembers itself as its own only part. On a screen that never
rests that is ten thousand objects a minute which only the garbage collector can free, in pauses of 20 ms and more. Our
lines are kept by their panes and hardly ever cut: they remember nothing. The fields of `Strip` are private points,
guarded by tests.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from rich.segment import Segment
from textual.strip import Strip


class _Nothing:
    """A cache that keeps nothing; one for all lines."""

    def get(self, key: object, default: Any = None) -> Any:
        return default

    def __setitem__(self, key: object, value: object) -> None:
        """Forget it."""


_NOTHING: Any = _Nothing()


class PaintedLine(Strip):
    """Segments of `cell_length` cells together."""

    __slots__ = ()

    def __init__(self, segments: Iterable[Segment], cell_length: int | None = None) -> None:
        self._segments = list(segments)
        self._cell_length = cell_length
        self._divide_cache = self._crop_cache = self._style_cache = self._filter_cache = _NOTHING
        self._line_length_cache = self._crop_extend_cache = self._offsets_cache = _NOTHING
        self._render_cache = self._link_ids = self._cell_count = None
