"""Lists on the terminal: aligned columns, colours only where somebody looks, every cell made safe."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from rich.cells import cell_len, set_cell_size
from rich.color import ColorSystem

from console.present.look import Look
from console.present.safe import safe

GAP = 2
LAST_CELLS = 24  #: of a long last column: what is left of it below that is no use
Row = dict[str, Any]


class Column(NamedTuple):
    """`cell` makes the text of a row; its second argument is now, ms. `role` names a colour of the console.

    `rank`: 0 stays whatever the width; of the others the highest one goes first.
    """

    head: str
    cell: Callable[[Row, int], str]
    right: bool = False
    role: Callable[[Row], str] | None = None
    rank: int = 0


class Paper(NamedTuple):
    """What is written on. `width` None: a pipe or a file, nothing is cut."""

    width: int | None = None
    height: int | None = None
    colours: bool = False
    ascii: bool = False


def paper() -> Paper:
    """The paper that stdout is."""
    is_ascii = "utf" not in (sys.stdout.encoding or "").lower()
    if not sys.stdout.isatty():
        return Paper(ascii=is_ascii)
    size = shutil.get_terminal_size()
    plain = bool(os.environ.get("NO_COLOR")) or os.environ.get("TERM") == "dumb"
    return Paper(size.columns, size.lines, not plain, is_ascii)


def fitting(columns: Sequence[Column], rows: Sequence[Row], now: int, on: Paper) -> tuple[Column, ...]:
    """Those columns that fit: on a narrow terminal the lesser ones are left out, whole. The last one may be cut."""
    kept = list(columns)
    if on.width is None:
        return tuple(kept)
    widths = {
        c.head: max(len(c.head), *(cell_len(safe(c.cell(row, now), on.width, on.ascii)) for row in rows), 0)
        for c in columns
    }
    last = columns[-1].head
    widths[last] = min(widths[last], LAST_CELLS)
    for column in sorted((c for c in columns if c.rank), key=lambda c: -c.rank):
        if sum(widths[c.head] + GAP for c in kept) - GAP <= on.width:
            break
        kept.remove(column)
    return tuple(kept)


def lines_of(columns: Sequence[Column], rows: Sequence[Row], now: int, on: Paper) -> list[str]:
    """Head and rows, aligned. On a terminal what goes beyond its width is cut, in a pipe nothing is."""
    heads = [c.head for c in columns]
    limit = on.width or 100_000
    cells = [[safe(c.cell(row, now), limit, on.ascii) for c in columns] for row in rows]
    widths = [max(cell_len(text) for text in texts) for texts in zip(heads, *cells, strict=True)]
    lines = [_line(columns, heads, widths, on, ["dim"] * len(columns))]
    for row, texts in zip(rows, cells, strict=True):
        roles = [c.role(row) if c.role is not None else "" for c in columns]
        lines.append(_line(columns, texts, widths, on, roles))
    return lines


def _line(columns: Sequence[Column], texts: list[str], widths: list[int], on: Paper, roles: list[str]) -> str:
    parts: list[str] = []
    room = on.width
    for i, (column, text, width) in enumerate(zip(columns, texts, widths, strict=True)):
        padding = " " * (width - cell_len(text))
        text = padding + text if column.right else text if i == len(columns) - 1 else text + padding
        if room is not None:
            if room <= 0 or (column.right and width > room):
                break  # half a number would be a wrong one
            if cell_len(text) > room:
                text = set_cell_size(text, room - 1) + ("~" if on.ascii else "…")
            room -= cell_len(text) + GAP
        parts.append(painted(text, roles[i], on))
    return (" " * GAP).join(parts).rstrip(" ")


def painted(text: str, role: str, on: Paper) -> str:
    """`text`, which must be safe already, in the colours of its role."""
    if not role or not on.colours:
        return text
    style = Look("16").style(role)
    return style.render(text, color_system=ColorSystem.STANDARD)
