"""Finding frames in the journal: which blocks may hold them, newest first, and then SQLite looks into those.

Blocks have no index on their time: ids grow with it, so halving the ids finds the first block that is new enough. Where
the clock was set back they do not: there a stretch begins (`frame_stretches`), and each is searched by itself.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Iterable
from contextlib import aclosing
from typing import Any

import aiosqlite
import orjson

from server.model.log import Frame, FrameQuery
from server.store.frames import SPAN_BITS, decoded

FIRST_BLOCKS, MOST_BLOCKS = 2, 64  #: looked into with one question: more each time, most questions end early
MOST_SPANS = 8  #: of `frame_chargers` in one question: a block of each id is possible
LONGEST_GO = 262_144  #: characters of frames read in one go before the loop may do something else

ALL_BLOCKS = "SELECT (SELECT min(first_id) FROM frame_blocks), (SELECT max(first_id) FROM frame_blocks)"
#: First and last block of each stretch that may hold such times.
STRETCHES = """
WITH starts (low) AS (SELECT -1 UNION ALL SELECT first_id FROM frame_stretches),
limits (low, high) AS (SELECT low, lead(low, 1, 1 << 62) OVER (ORDER BY low) FROM starts),
stretches (oldest, newest) AS (
    SELECT
        (SELECT min(first_id) FROM frame_blocks WHERE first_id >= low AND first_id < high),
        (SELECT max(first_id) FROM frame_blocks WHERE first_id >= low AND first_id < high)
    FROM limits WHERE :before IS NULL OR low < :before
)
SELECT oldest, newest FROM stretches
WHERE oldest IS NOT NULL
  AND (:since IS NULL OR (SELECT ended_at FROM frame_blocks WHERE first_id = newest) >= :since)
  AND (:until IS NULL OR (SELECT began_at FROM frame_blocks WHERE first_id = oldest) <= :until)
ORDER BY oldest DESC
"""
FIRST_SINCE = """
WITH RECURSIVE search (low, high) AS (
    SELECT :oldest, :newest + 1
    UNION ALL
    SELECT
        iif((SELECT {time} FROM frame_blocks WHERE first_id >= (low + high) / 2 ORDER BY first_id LIMIT 1) < :at,
            (low + high) / 2 + 1, low),
        iif((SELECT {time} FROM frame_blocks WHERE first_id >= (low + high) / 2 ORDER BY first_id LIMIT 1) < :at,
            high, (low + high) / 2)
    FROM search WHERE low < high
)
SELECT low FROM search WHERE low >= high
"""
#: The first block of a stretch that ends at that time or later, and the first one that begins then.
FIRST_ENDED, FIRST_BEGUN = (FIRST_SINCE.format(time=column) for column in ("ended_at", "began_at"))

#: Only blocks with `word` are wanted; NULL: all. To look for it in all is faster than a question for each few of them.
BLOCKS = """
SELECT first_id FROM frame_blocks
WHERE first_id BETWEEN :oldest AND :newest AND (:word IS NULL OR instr(frames, :word))
ORDER BY first_id DESC LIMIT :size
"""
BLOCKS_OF_CHARGER = """
SELECT first_id FROM frame_chargers AS c
WHERE charger_key = :charger_key AND span IN (
    WITH RECURSIVE spans (span) AS (VALUES (:first) UNION ALL SELECT span + 1 FROM spans WHERE span < :last)
    SELECT span FROM spans
) AND first_id BETWEEN :oldest AND :newest
  AND (:word IS NULL OR (SELECT instr(b.frames, :word) FROM frame_blocks AS b WHERE b.first_id = c.first_id))
ORDER BY first_id DESC
"""

#: Conditions are named parameters, NULL where nothing is wanted.
FRAMES = """
SELECT
    b.first_id + f.key, f.value,
    coalesce((SELECT charger_id FROM chargers WHERE key = json_extract(f.value, '$[1]')), '')
FROM frame_blocks AS b, json_each(b.frames) AS f
WHERE b.first_id IN (SELECT value FROM json_each(:blocks))
  AND (:before IS NULL OR b.first_id + f.key < :before)
  AND (:charger_key IS NULL OR json_extract(f.value, '$[1]') = :charger_key)
  AND (:direction IS NULL OR json_extract(f.value, '$[2]') = :direction)
  AND (:action IS NULL OR json_extract(f.value, '$[3]') = :action)
  AND (:since IS NULL OR json_extract(f.value, '$[0]') >= :since)
  AND (:until IS NULL OR json_extract(f.value, '$[0]') <= :until)
ORDER BY b.first_id + f.key DESC LIMIT :missing
"""


async def find_frames(db: aiosqlite.Connection, wanted: FrameQuery, most_bytes: int) -> list[tuple[int, Frame]]:
    """(frame id, frame), newest first, until there are `wanted.limit` or they have more than `most_bytes` together."""
    charger_key = None
    if wanted.charger_id:
        charger_key = await _one(
            db, "SELECT key FROM chargers WHERE charger_id = ? COLLATE NOCASE LIMIT 1", (wanted.charger_id,)
        )
        if charger_key is None:
            return []
    conditions = {
        "charger_key": charger_key,
        "direction": wanted.direction or None,
        "action": wanted.action or None,
        "since": wanted.since,
        "until": wanted.until,
        "before": wanted.before,
    }
    word = orjson.dumps(wanted.action).decode() if wanted.action else None
    found: list[tuple[int, Frame]] = []
    size = in_one_go = 0
    async with aclosing(_blocks(db, charger_key, word, wanted)) as pages:
        async for blocks in pages:
            here = {"blocks": orjson.dumps(blocks).decode(), "missing": wanted.limit - len(found)}
            async with db.execute(FRAMES, conditions | here) as cursor:
                async for frame_id, text, charger_id in cursor:
                    found.append((frame_id, decoded(text, charger_id)))
                    size += len(found[-1][1].raw)
                    if size > most_bytes or len(found) == wanted.limit:
                        return found
                    in_one_go += len(text)
                    if in_one_go > LONGEST_GO:
                        await asyncio.sleep(0)
                        in_one_go = 0
    return found


async def _blocks(
    db: aiosqlite.Connection, charger_key: int | None, word: str | None, wanted: FrameQuery
) -> AsyncGenerator[list[int], None]:
    """First ids of the blocks that may hold what is wanted, a few at a time, newest first; of one charger or of all."""
    size = FIRST_BLOCKS
    for oldest, newest in await _stretches(db, wanted):
        oldest, newest = await _narrowed(db, wanted, oldest, newest)
        while newest >= oldest:
            here = {"oldest": oldest, "newest": newest, "word": word}
            if charger_key is None:
                rows = await db.execute_fetchall(BLOCKS, here | {"size": size})
                first_ids = [row[0] for row in rows]
                newest = first_ids[-1] - 1 if len(first_ids) == size else oldest - 1
            else:
                last = newest >> SPAN_BITS
                first = max(oldest >> SPAN_BITS, last - min(size, MOST_SPANS) + 1)
                spans = {"charger_key": charger_key, "first": first, "last": last}
                rows = await db.execute_fetchall(BLOCKS_OF_CHARGER, here | spans)
                first_ids = [row[0] for row in rows]
                newest = (first << SPAN_BITS) - 1
            for n in range(0, len(first_ids), MOST_BLOCKS):
                yield first_ids[n : n + MOST_BLOCKS]
            size = min(size * 2, MOST_BLOCKS)


async def _stretches(db: aiosqlite.Connection, wanted: FrameQuery) -> list[tuple[int, int]]:
    """Ids of the first and the last block of each stretch with such times, newest first; without times all are one."""
    if wanted.since is None and wanted.until is None:
        ((oldest, newest),) = await db.execute_fetchall(ALL_BLOCKS)
        return [] if oldest is None else [(oldest, newest)]
    times = {"since": wanted.since, "until": wanted.until, "before": wanted.before}
    return [(oldest, newest) for oldest, newest in await db.execute_fetchall(STRETCHES, times)]


async def _narrowed(db: aiosqlite.Connection, wanted: FrameQuery, oldest: int, newest: int) -> tuple[int, int]:
    """Ids of the first and the last block of a stretch that may hold what is wanted."""
    stretch = {"oldest": oldest, "newest": newest}
    if wanted.since is not None:
        oldest = await _one(db, FIRST_ENDED, stretch | {"at": wanted.since})
    if wanted.until is not None:
        newest = await _one(db, FIRST_BEGUN, stretch | {"at": wanted.until + 1}) - 1
    return oldest, newest if wanted.before is None else min(newest, wanted.before - 1)


async def _one(db: aiosqlite.Connection, question: str, params: Iterable[Any]) -> Any:
    rows = list(await db.execute_fetchall(question, params))
    return rows[0][0] if rows else None
