"""Old rows go in slices; what is young, and what is money, stays."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from server.model.event import EventKind
from server.model.job import Job, JobKind
from server.model.security_event import SecurityEvent
from server.store import retention
from server.store.retention import DAY, Retention, sweep
from server.store.store import Store
from tests.server.store.conftest import NOW, charger, durable, emit, fault, frame, journal, meter_row, rows, transaction


async def test_old_frames_and_samples_go_the_rest_stays(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Frames after 14 days, samples after 400, of every connector; transactions and faults never."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    emit(store, EventKind.CHARGER_CONNECTED, charger())
    emit(store, EventKind.TRANSACTION_STARTED, transaction())
    emit(store, EventKind.FAULT_OPENED, fault())
    for n in range(25):
        journal(store, frame(n)._replace(at=NOW - 20 * DAY + n * DAY))
        assert await durable(store)
        for key in (1, 2, 9):
            emit(store, EventKind.METER_RECORDED, meter_row(NOW - 410 * DAY + n * DAY, key=key))
    assert await durable(store)
    deleted = await sweep(store._disk.db, Retention(14, 400), NOW, slice_rows=4)
    assert deleted == 6 + 3 * 10
    assert rows(path, "SELECT min(at), count(*) FROM frames") == [(NOW - 14 * DAY, 19)]
    assert rows(path, "SELECT min(at), count(*) FROM meter_values") == [(NOW - 400 * DAY, 45)]
    assert rows(path, "SELECT (SELECT count(*) FROM transactions), (SELECT count(*) FROM faults)") == [(1, 1)]
    assert await sweep(store._disk.db, Retention(14, 400), NOW) == 0


async def test_frames_of_a_clock_that_was_ahead_keep_no_others(store: Store, path: Path) -> None:
    """A frame of next year, from before the clock was set, does not hold back what comes after it."""
    journal(store, frame()._replace(at=NOW + 365 * DAY))
    assert await durable(store)
    for n in range(30):
        journal(store, frame(n)._replace(at=NOW - 30 * DAY + n * DAY))
        assert await durable(store)
    assert await sweep(store._disk.db, Retention(14), NOW, slice_rows=5) == 16
    kept = rows(path, "SELECT began_at FROM frame_blocks ORDER BY first_id")
    assert kept == [(NOW + 365 * DAY,), *((NOW - n * DAY,) for n in range(14, 0, -1))]


async def test_zero_days_keep_everything(store: Store) -> None:
    """0 is for ever."""
    journal(store, frame()._replace(at=1))
    emit(store, EventKind.METER_RECORDED, meter_row(1))
    assert await durable(store)
    assert await sweep(store._disk.db, Retention(0, 0), NOW) == 0


async def test_commits_go_on_while_old_rows_go(store: Store, path: Path) -> None:
    """A sweep between two batches disturbs neither."""
    for n in range(3_000):
        journal(store, frame(n)._replace(at=n))
    assert await durable(store)
    tidy = asyncio.create_task(sweep(store._disk.db, Retention(14, 400), NOW))
    for n in range(20):
        emit(store, EventKind.METER_RECORDED, meter_row(NOW + n))
        assert await durable(store)
    assert await tidy == 3_000 // 256 + 1  # blocks
    assert rows(path, "SELECT count(*) FROM frame_blocks") == [(0,)]
    assert rows(path, "SELECT count(*) FROM meter_values") == [(20,)]


async def test_old_jobs_and_security_events_go(store: Store, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """After 400 days from the last news of a job; a flood of events does not fill the disk for ever."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    for n in range(10):
        at = NOW - (405 - n) * DAY
        emit(store, EventKind.SECURITY_EVENT, SecurityEvent("CP1", at, "ResetOrReboot"))
        emit(store, EventKind.JOB_CHANGED, Job(n + 1, "CP1", JobKind.LOG, "Uploaded", at, at))
    assert await durable(store)
    assert await sweep(store._disk.db, Retention(14, 400, 400), NOW, slice_rows=2) == 10
    for table in ("security_events", "jobs"):
        assert rows(path, f"SELECT count(*) FROM {table}") == [(5,)]  # noqa: S608 - names of this file
