"""Power of the last hour as one line of bars."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import pairwise

MINUTES = 60
MINUTE = 60_000


def hour_of(histories: Iterable[Sequence[tuple[int, int]]], now: int, cells: int) -> list[int]:
    """Mean power in W of the last hour in `cells` equal parts, oldest first, summed over `histories`.

    A history is (minute, W), newest last; a minute without a sample keeps the value before it.
    """
    last = now // MINUTE
    total = [0] * MINUTES
    for history in histories:
        known = dict(history)
        value = 0
        for i, minute in enumerate(range(last - MINUTES + 1, last + 1)):
            value = known.get(minute, value)
            total[i] += value
    cells = max(1, min(cells, MINUTES))
    edges = [i * MINUTES // cells for i in range(cells + 1)]
    return [sum(total[a:b]) // (b - a) for a, b in pairwise(edges)]


def bars(values: Sequence[int], top: int, levels: str) -> str:
    """One glyph of `levels` (lowest first) a value; `top` is the value of the highest. Only no power is the lowest."""
    highest = len(levels) - 1
    if top <= 0:
        return levels[0] * len(values)
    return "".join(levels[0 if v <= 0 else max(1, min(highest, round(v / top * highest)))] for v in values)
