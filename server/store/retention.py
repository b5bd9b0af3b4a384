"""Old frames and meter samples go, a thousand at a time: a large delete would keep commits waiting."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections.abc import Callable
from typing import NamedTuple

import aiosqlite

from server.store.access import DELETE_CONNECTIONS, DELETE_DEVIATIONS, DELETE_FORGOTTEN, MOST_CONNECTIONS
from server.store.errors import in_words
from server.store.frames import DELETE_BLOCKS, DELETE_CHARGERS

log = logging.getLogger("ocpp_console.store")

FIRST_AFTER_S = 60.0
EVERY_S = 300.0
PAUSE_S = 0.05  #: between two slices
SLICE = 1_000
DAY = 24 * 3_600_000

NEXT_CONNECTOR = """
SELECT charger_key, connector_id FROM meter_values WHERE (charger_key, connector_id) > (?, ?)
ORDER BY charger_key, connector_id LIMIT 1
"""

DELETE_SECURITY_EVENTS = """
DELETE FROM security_events WHERE at < ? AND event_id IN (
    SELECT event_id FROM security_events ORDER BY event_id LIMIT ?
)
"""

#: By number: what went on changing stays until the next sweep after its end.
DELETE_JOBS = """
DELETE FROM jobs WHERE changed_at < ? AND job_id IN (SELECT job_id FROM jobs ORDER BY job_id LIMIT ?)
"""

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
    await asyncio.sleep(FIRST_AFTER_S)
    while True:
        try:
            await sweep(db, retention, now())
        except sqlite3.Error as error:
            log.warning("old rows stay for now: %s", in_words(error))
        await asyncio.sleep(EVERY_S)


async def sweep(db: aiosqlite.Connection, retention: Retention, now: int, slice_rows: int = SLICE) -> int:
    """Delete what is older than `retention` at `now` (ms); returns the number of rows."""
    deleted = 0
    for statement in (DELETE_FORGOTTEN, DELETE_DEVIATIONS):
        deleted += await _delete(db, statement, (), slice_rows)
    if retention.frames_days:
        oldest = now - retention.frames_days * DAY
        deleted += await _delete(db, DELETE_BLOCKS, (oldest, now), slice_rows)
        deleted += await _delete(db, DELETE_CHARGERS, (), slice_rows)
        deleted += await _delete(db, DELETE_CONNECTIONS, (oldest, MOST_CONNECTIONS), slice_rows)
    if retention.events_days:
        before = now - retention.events_days * DAY
        for statement in (DELETE_SECURITY_EVENTS, DELETE_JOBS):
            deleted += await _delete(db, statement, (before,), slice_rows)
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
