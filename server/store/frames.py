"""The journal of frames: blocks of what was committed together, each one row of JSON (see migration 10).

A frame is far more often written than read, so it is written cheaply: one statement takes a whole block. A reader finds
the blocks that may hold what it wants, and leaves the looking into them to SQLite (`server.store.frame_search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import orjson

from server.model.log import Frame, FrameRow
from server.store.batch import Group

MOST_IN_BLOCK = 256
MOST_BLOCK_BYTES = 1_048_576  #: of raw text, where one frame alone does not have more
SPAN_BITS = 12  #: of ids in `frame_chargers`: that many blocks lie near each other

INSERT_BLOCK = "INSERT INTO frame_blocks (first_id, count, began_at, ended_at, frames) VALUES (?, ?, ?, ?, ?)"
INSERT_CHARGERS = (
    "INSERT INTO frame_chargers (span, charger_key, first_id) SELECT ?1 >> 12, value, ?1 FROM json_each(?2)"
)
#: After the last block, and after one of `MOST_IN_BLOCK` that is gone already: the newest span still tells of it.
NEXT_FRAME_ID = """
SELECT max(
    coalesce((SELECT first_id + count FROM frame_blocks ORDER BY first_id DESC LIMIT 1), 1),
    coalesce((
        SELECT max(first_id) + ? FROM frame_chargers
        WHERE span = (SELECT max(span) FROM frame_chargers)
            AND first_id > coalesce((SELECT max(first_id) FROM frame_blocks), 0)
    ), 1)
)
"""

#: What ended before a time, by so many frames: a block may hold one or a hundred. The second time is now: blocks of a
#: clock that was ahead do not hold back what comes after them.
DELETE_BLOCKS = """
DELETE FROM frame_blocks
WHERE ended_at < ? AND first_id < (SELECT first_id FROM frame_blocks WHERE ended_at <= ? ORDER BY first_id LIMIT 1) + ?
"""
#: Those of a span that is gone as a whole. The others lead to no block, which does no harm.
DELETE_CHARGERS = """
DELETE FROM frame_chargers
WHERE span < (SELECT coalesce(min(first_id), 0) >> 12 FROM frame_blocks) AND (span, charger_key, first_id) IN (
    SELECT span, charger_key, first_id FROM frame_chargers ORDER BY span LIMIT ?
)
"""

RAW: Final = 5  #: its place in a row


def groups(rows: Sequence[FrameRow], first_id: int) -> Iterator[Group]:
    """Statements and parameters that store `rows`, the first of them as number `first_id`; a block at a time."""
    for block in _blocks(rows):
        yield INSERT_BLOCK, [(first_id, len(block), block[0][0], block[-1][0], _encoded(block))]
        yield INSERT_CHARGERS, [(first_id, orjson.dumps(list({row[1] for row in block})).decode())]
        first_id += len(block)


def decoded(text: str, charger_id: str) -> Frame:
    """One frame of a block."""
    at, charger_key, direction, action, message_id, raw, deviations = orjson.loads(text)
    if isinstance(raw, list):
        raw = raw[0].encode("latin-1")
    return Frame(at, charger_key, charger_id, direction, action, message_id, raw, deviations)


def _blocks(rows: Sequence[FrameRow]) -> Iterator[Sequence[FrameRow]]:
    start = size = 0
    for n, row in enumerate(rows):
        size += len(row[RAW])
        if n - start == MOST_IN_BLOCK or (size > MOST_BLOCK_BYTES and n > start):
            yield rows[start:n]
            start, size = n, len(row[RAW])
    if rows:
        yield rows[start:]


def _encoded(block: Sequence[FrameRow]) -> str:
    try:
        return orjson.dumps(block).decode()
    except TypeError:  # bytes, or a lone surrogate in a name that a charger made up
        return orjson.dumps([tuple(map(_plain, row)) for row in block]).decode()


def _plain(value: Any) -> Any:
    if isinstance(value, bytes):
        return [value.decode("latin-1")]
    return value.encode("utf-8", "replace").decode() if isinstance(value, str) else value
