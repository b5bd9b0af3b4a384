"""Rows as CSV and JSON, written while they come."""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterable, Iterator
from typing import Any

from console.oneshot.table import Row
from console.present.safe import safe

NESTED = frozenset({"connectors", "steps", "history"})  #: fields that are lists of things, in every row
CELL = 1_000_000  #: characters of a CSV cell


def as_json(value: Any) -> str:
    """JSON as the API gives it; escaped on a terminal, and where the encoding of stdout cannot carry it."""
    text = json.dumps(value, indent=2, ensure_ascii=sys.stdout.isatty())
    try:
        text.encode(sys.stdout.encoding or "ascii")
    except UnicodeEncodeError:
        return json.dumps(value, indent=2)
    return text


def json_of(name: str, pages: Iterable[list[Row]]) -> Iterator[str]:
    """An object with the rows under `name`, and their `count` behind them."""
    count = 0
    for rows in pages:
        for row in rows:
            yield f'{{\n  "{name}": [\n    ' if count == 0 else ",\n    "
            yield as_json(row).replace("\n", "\n    ")
            count += 1
    yield f'\n  ],\n  "count": {count}\n}}\n' if count else as_json({name: [], "count": 0}) + "\n"


def csv_of(pages: Iterable[list[Row]]) -> Iterator[str]:
    """One line a row under the names of the API; nested lists are left out, they have lists of their own.

    Nothing at all when there are no rows. For spreadsheets: controls become visible, and text that one would take for
    a formula gets a `'` in front. Use JSON where every byte counts.
    """
    names: list[str] = []
    for rows in pages:
        out = io.StringIO()
        writer = csv.writer(out, lineterminator="\n")
        if rows and not names:
            names = [name for name in rows[0] if name not in NESTED]
            writer.writerow(names)
        for row in rows:
            writer.writerow([_csv_cell(row[name]) for name in names])
        yield out.getvalue()


def _csv_cell(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, int | float):
        return str(value)
    if isinstance(value, list):
        value = " ".join(inner if isinstance(inner, str) else json.dumps(inner) for inner in value)
    text = safe(value if isinstance(value, str) else json.dumps(value), CELL)
    return f"'{text}" if text[:1] in ("=", "+", "-", "@") else text
