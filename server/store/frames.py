"""The journal of frames: blocks of what was committed together, each one row of JSON (see migration 10).

A frame is far more often written than read, so it is written cheaply: one statement takes a whole block. A reader finds
the blocks that may hold what it wants, and leaves the looking into them to SQLite (`server.store.frame_search`).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from operator import itemgetter
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
INSERT_STRETCH = "INSERT INTO frame_stretches (first_id) VALUES (?)"
#: The next id is after the last block, and after one of `MOST_IN_BLOCK` that is gone already: the newest span still
#: tells of it.
JOURNAL_END = """
SELECT max(
    coalesce((SELECT first_id + count FROM frame_blocks ORDER BY first_id DESC LIMIT 1), 1),
    coalesce((
        SELECT max(first_id) + ? FROM frame_chargers
        WHERE span = (SELECT max(span) FROM frame_chargers)
            AND first_id > coalesce((SELECT max(first_id) FROM frame_blocks), 0)
    ), 1)
), coalesce((SELECT ended_at FROM frame_blocks ORDER BY first_id DESC LIMIT 1), 0)
"""

#: What ended before a time, by so many frames: a block may hold one or a hundred. The second time is now: blocks of a
#: clock that was ahead do not hold back what comes after them, and go with it.
DELETE_BLOCKS = """
DELETE FROM frame_blocks
WHERE (ended_at < ?1 OR ended_at > ?2) AND first_id < (SELECT min(first_id) FROM frame_blocks) + ?3 AND first_id <= (
    SELECT max(first_id) FROM frame_blocks WHERE ended_at < ?1
        AND first_id < (SELECT first_id FROM frame_blocks WHERE ended_at <= ?2 ORDER BY first_id LIMIT 1) + ?3
)
"""
#: Those of a span that is gone as a whole. The others lead to no block, which does no harm.
DELETE_CHARGERS = """
DELETE FROM frame_chargers
WHERE span < (SELECT coalesce(min(first_id), 0) >> 12 FROM frame_blocks) AND (span, charger_key, first_id) IN (
    SELECT span, charger_key, first_id FROM frame_chargers ORDER BY span LIMIT ?
)
"""
#: Those that have no block any more. The newest stays: what comes next is compared with its last block, gone or not.
DELETE_STRETCHES = """
DELETE FROM frame_stretches WHERE first_id IN (
    SELECT low FROM (SELECT first_id AS low, lead(first_id) OVER (ORDER BY first_id) AS high FROM frame_stretches)
    WHERE high AND NOT EXISTS (SELECT 1 FROM frame_blocks WHERE first_id >= low AND first_id < high) LIMIT ?
)
"""

RAW: Final = 5  #: its place in a row
_at, _charger_key, _raw = itemgetter(0), itemgetter(1), itemgetter(RAW)


@dataclass(slots=True)
class JournalEnd:
    """Where the journal ends: the id that comes next, and the latest time in its last block, ms."""

    next_id: int = 1
    ended_at: int = 0

    def copy(self) -> JournalEnd:
        return JournalEnd(self.next_id, self.ended_at)

    def groups(self, rows: Sequence[FrameRow]) -> Iterator[Group]:
        """Statements and parameters that store `rows`, a block at a time; the end moves on with them."""
        for block in _blocks(rows):
            first_id, times = self.next_id, sorted(map(_at, block))
            if times[0] < self.ended_at:  # the clock was set back
                yield INSERT_STRETCH, [(first_id,)]
            yield INSERT_BLOCK, [(first_id, len(block), times[0], times[-1], _encoded(block))]
            yield INSERT_CHARGERS, [(first_id, orjson.dumps(list(set(map(_charger_key, block)))).decode())]
            self.next_id, self.ended_at = first_id + len(block), times[-1]


def decoded(text: str, charger_id: str) -> Frame:
    """One frame of a block."""
    at, charger_key, direction, action, message_id, raw, deviations = orjson.loads(text)
    if isinstance(raw, list):
        raw = raw[0].encode("latin-1")
    return Frame(at, charger_key, charger_id, direction, action, message_id, raw, deviations)


def _blocks(rows: Sequence[FrameRow]) -> Iterator[Sequence[FrameRow]]:
    if 0 < len(rows) <= MOST_IN_BLOCK and sum(map(len, map(_raw, rows))) <= MOST_BLOCK_BYTES:
        yield rows  # nearly always, and much faster than to look at each
        return
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
