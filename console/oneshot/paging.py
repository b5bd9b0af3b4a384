"""All rows of a list, however many: the server gives them in pages."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator

from console.oneshot.client import Client
from console.oneshot.listings import Listing
from console.oneshot.table import Row

PAGE = 500  #: rows of one answer; a thousand would hold the server's loop
BEYOND = 2**53 - 1  #: an id that no row has: pages are by id from the first one on
PATIENCE_S = 1.0  #: an export that takes longer says how far it is
STEP_S = 0.5


def pages(
    client: Client, listing: Listing, query: dict[str, str], limit: int | None, before: int | None = None
) -> Iterator[list[Row]]:
    """Rows newest first, page by page; `limit` None: all there are. `before`: only those with a lower id."""
    if listing.cursor is None:
        rows = listing.rows(client.get(listing.path, **query, limit=listing.most))
        yield rows[:limit]
        return
    parameter, field = listing.cursor
    is_by_id = listing.is_by_id
    mark: object = BEYOND if is_by_id and (limit is None or limit > PAGE) else ""
    mark = mark if before is None else before
    known: list[Row] = []
    left = limit
    while left is None or left > 0:
        size = PAGE if left is None or not is_by_id else min(PAGE, left)
        answer = client.get(listing.path, **query, limit=size, **{parameter: mark})
        rows = listing.rows(answer)
        fresh = [row for row in rows if row not in known][:left]  # those of the same moment come again
        if fresh:
            yield fresh
        if not fresh or (len(rows) < size and answer.get("isComplete", True)):
            return
        left = None if left is None else left - len(fresh)
        mark = rows[-1][field]
        known = [] if is_by_id else rows


def with_progress(found: Iterator[list[Row]]) -> Iterator[list[Row]]:
    """Tell on a terminal how many rows have come, when it takes long and nothing else is written there."""
    if not sys.stderr.isatty() or sys.stdout.isatty():
        yield from found
        return
    count, due, is_told = 0, time.monotonic() + PATIENCE_S, False
    try:
        for rows in found:
            count += len(rows)
            if time.monotonic() >= due:
                sys.stderr.write(f"\r{count} rows\x1b[K")
                sys.stderr.flush()
                due, is_told = time.monotonic() + STEP_S, True
            yield rows
    finally:
        if is_told:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()
