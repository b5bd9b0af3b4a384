"""Old frames and meter samples go, a thousand at a time: a large delete would keep commits waiting.

Age is measured with a clock that may be wrong. Where it leaps it is followed slowly (`present`), and rows that were
written while it was ahead go with those that were written after them: ids grow with time, whatever the clock says.
"""

from __future__ import annotations

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable
from typing import NamedTuple

import aiosqlite

from server.store.access import DELETE_CONNECTIONS, DELETE_DEVIATIONS, DELETE_FORGOTTEN, MOST_CONNECTIONS
from server.store.errors import in_words
from server.store.frames import DELETE_BLOCKS, DELETE_CHARGERS, DELETE_STRETCHES

log = logging.getLogger("ocpp_console.store")

FIRST_AFTER_S = 60.0
EVERY_S = 300.0
PAUSE_S = 0.05  #: between two slices
SLICE = 1_000
DAY = 24 * 3_600_000
BELIEVED = 3 * DAY  #: a clock that went further since the last sweep was wrong, or is: or we were off so long
CATCH_UP = 4  #: such a clock is followed so many times as fast as time passes
CLOCK_LEAPT = (
    "the clock is %d days ahead of the last sweep: was the server off so long, or is the clock wrong? "
    "Old rows go slowly until that is made up"
)

NEXT_CONNECTOR = """
SELECT charger_key, connector_id FROM meter_values WHERE (charger_key, connector_id) > (?, ?)
ORDER BY charger_key, connector_id LIMIT 1
"""

#: Parameters: a time, now, and how many. Only the first so many that are not of the future are looked at: nothing old
#: is behind them. Jobs that went on changing stay until the next sweep after their end.
_DELETE_OLD = """
DELETE FROM {table} WHERE {key} IN (
    SELECT {key} FROM {table} WHERE ({at} < ?1 OR {at} > ?2) AND {key} <= (
        SELECT max({key}) FROM (SELECT {key}, {at} FROM {table} WHERE {at} <= ?2 ORDER BY {key} LIMIT ?3)
        WHERE {at} < ?1
    )
    ORDER BY {key} LIMIT ?3
)
"""
DELETE_SECURITY_EVENTS = _DELETE_OLD.format(table="security_events", key="event_id", at="at")
DELETE_JOBS = _DELETE_OLD.format(table="jobs", key="job_id", at="changed_at")

LAST_SWEEP = "SELECT at FROM last_sweep"
SET_LAST_SWEEP = "INSERT INTO last_sweep (id, at) VALUES (0, ?) ON CONFLICT (id) DO UPDATE SET at = excluded.at"

DELETE_METER_VALUES = """
DELETE FROM meter_values WHERE (charger_key, connector_id, at, digest) IN (
    SELECT charger_key, connector_id, at, digest FROM meter_values
    WHERE charger_key = ? AND connector_id = ? AND at < ? ORDER BY at LIMIT ?
)
"""


class Retention(NamedTuple):
    """How long rows are kept, in days; 0 = for ever."""

    frames_days: int = 14
    meter_values_days: int = 400
    events_days: int = 400  #: security events and jobs


async def keep_tidy(db: aiosqlite.Connection, retention: Retention, now: Callable[[], int]) -> None:
    """Sweep every few minutes, for ever. `db` is the writing connection: there is only one."""
    looked, is_told = time.monotonic(), False
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            passed, looked = time.monotonic() - looked, time.monotonic()
            clock = now()
            believed = await present(db, clock, round(passed * 1000))
            if clock - believed > BELIEVED and not is_told:
                log.warning(CLOCK_LEAPT, round((clock - believed) / DAY))
                is_told = True
            await sweep(db, retention, believed)
        except sqlite3.Error as error:
            log.warning("old rows stay for now: %s", in_words(error))
        await asyncio.sleep(EVERY_S)


async def present(db: aiosqlite.Connection, now: int, passed: int) -> int:
    """What retention takes for the present when the clock says `now` and the server has run for `passed` since the last
    time (ms): never later than the clock, and later than the last time by no more than a clock is believed to leap.

    A server that boots with a clock years ahead has days until its history is gone, not a minute.
    """
    known = list(await db.execute_fetchall(LAST_SWEEP))
    last = known[0][0] if known else now
    leap = now - last
    if abs(leap) <= BELIEVED:
        last = now
    else:
        step = min(passed * CATCH_UP, abs(leap))
        last += step if leap > 0 else -step
    await db.execute_fetchall(SET_LAST_SWEEP, (last,))
    return min(last, now)


async def sweep(db: aiosqlite.Connection, retention: Retention, now: int, slice_rows: int = SLICE) -> int:
    """Delete what is older than `retention` at `now` (ms, see `present`); returns the number of rows."""
    deleted = 0
    for statement in (DELETE_FORGOTTEN, DELETE_DEVIATIONS):
        deleted += await _delete(db, statement, (), slice_rows)
    if retention.frames_days:
        oldest = now - retention.frames_days * DAY
        deleted += await _delete(db, DELETE_BLOCKS, (oldest, now), slice_rows)
        for statement in (DELETE_CHARGERS, DELETE_STRETCHES):
            deleted += await _delete(db, statement, (), slice_rows)
        deleted += await _delete(db, DELETE_CONNECTIONS, (oldest, now, MOST_CONNECTIONS), slice_rows)
    if retention.events_days:
        before = now - retention.events_days * DAY
        for statement in (DELETE_SECURITY_EVENTS, DELETE_JOBS):
            deleted += await _delete(db, statement, (before, now), slice_rows)
    if retention.meter_values_days:
        before = now - retention.meter_values_days * DAY
        place = (-1, -1)
        while found := list(await db.execute_fetchall(NEXT_CONNECTOR, place)):
            place = (found[0][0], found[0][1])
            deleted += await _delete(db, DELETE_METER_VALUES, (*place, before), slice_rows)
    return deleted


async def _delete(db: aiosqlite.Connection, statement: str, params: tuple[int, ...], slice_rows: int) -> int:
    deleted = 0
    while True:
        async with db.execute(statement, (*params, slice_rows)) as cursor:
            deleted += cursor.rowcount
            if not cursor.rowcount:
                return deleted
        await asyncio.sleep(PAUSE_S)
