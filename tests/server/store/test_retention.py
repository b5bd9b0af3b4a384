"""Old rows go in slices; what is young, and what is money, stays."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from server.model.connection import Cause, ConnectionAttempt
from server.model.event import EventKind
from server.model.health import Health
from server.model.job import Job, JobKind
from server.model.security_event import SecurityEvent
from server.store import retention
from server.store.retention import DAY, Retention, sweep
from server.store.store import Store
from tests.server.store.conftest import (
    NOW,
    charger,
    durable,
    emit,
    fault,
    frame,
    journal,
    meter_row,
    rows,
    transaction,
    until,
)


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
    """A frame of next year, from before the clock was set, holds back nothing that comes after it, and goes with it."""
    journal(store, frame()._replace(at=NOW + 365 * DAY))
    assert await durable(store)
    for n in range(30):
        journal(store, frame(n)._replace(at=NOW - 30 * DAY + n * DAY))
        assert await durable(store)
    assert await sweep(store._disk.db, Retention(14), NOW, slice_rows=5) == 17
    kept = rows(path, "SELECT began_at FROM frame_blocks ORDER BY first_id")
    assert kept == [(NOW - n * DAY,) for n in range(14, 0, -1)]


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


async def test_jobs_and_events_of_a_clock_that_was_ahead_keep_no_others(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """More of them than a slice: what was written after them goes in its time, and they go with it; later ones stay."""
    monkeypatch.setattr(retention, "PAUSE_S", 0)
    ahead = NOW + 365 * DAY
    times = [*[ahead] * 5, NOW - 402 * DAY, NOW - 401 * DAY, ahead, NOW - 399 * DAY, ahead, NOW]
    for n, at in enumerate(times):
        emit(store, EventKind.SECURITY_EVENT, SecurityEvent("CP1", at, "ResetOrReboot"))
        emit(store, EventKind.JOB_CHANGED, Job(n + 1, "CP1", JobKind.LOG, "Uploaded", at, at))
    assert await durable(store)
    assert await sweep(store._disk.db, Retention(14, 400, 400), NOW, slice_rows=2) == 14
    assert rows(path, "SELECT at FROM security_events ORDER BY event_id") == [(at,) for at in times[7:]]
    assert rows(path, "SELECT changed_at FROM jobs ORDER BY job_id") == [(at,) for at in times[7:]]


async def test_tries_of_a_clock_that_was_ahead_go_with_what_came_after(store: Store, path: Path) -> None:
    """Who tried to connect: the same rule, whatever the number."""
    ahead = NOW + 365 * DAY
    for n, at in enumerate((ahead, NOW - 20 * DAY, ahead, NOW - DAY)):
        tried = ConnectionAttempt(n + 1, at, "10.0.0.1:5", "CP1", Cause.TCP_PROBE, seen_at=at)
        emit(store, EventKind.CONNECTION_CHANGED, tried)
    assert await durable(store)
    assert await sweep(store._disk.db, Retention(14), NOW) == 2
    assert rows(path, "SELECT seen_at FROM connections ORDER BY attempt_id") == [(ahead,), (NOW - DAY,)]


def fill(store: Store, first: int, last: int) -> None:
    """A frame, a sample and a security event a day, from `first` to `last` days after NOW."""
    for day in range(first, last):
        at = NOW + day * DAY
        journal(store, frame()._replace(at=at))
        emit(store, EventKind.METER_RECORDED, meter_row(at))
        emit(store, EventKind.SECURITY_EVENT, SecurityEvent("CP1", at, "ResetOrReboot"))


COUNTS = """
SELECT (SELECT count(*) FROM frames), (SELECT count(*) FROM meter_values), (SELECT count(*) FROM security_events)
"""


@pytest.mark.parametrize("times_booted", [1, 5])
async def test_a_clock_years_ahead_does_not_take_the_history(
    path: Path, health: Health, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, times_booted: int
) -> None:
    """A server that boots with a wrong clock, once or again and again, keeps what it has, and says so."""
    monkeypatch.setattr(retention, "FIRST_AFTER_S", 0.01)
    monkeypatch.setattr(retention, "EVERY_S", 0.01)
    monkeypatch.setattr(retention, "PAUSE_S", 0)

    swept: list[int] = []

    async def counted(*arguments: Any) -> int:
        swept.append(await sweep(*arguments))
        return swept[-1]

    monkeypatch.setattr(retention, "sweep", counted)

    async def runs(clock: int) -> None:
        async with Store.open(path, health, now=lambda: clock) as store:
            fill(store, -10, 0) if clock == NOW else None
            journal(store, frame()._replace(at=clock))
            assert await durable(store)
            known = len(swept)
            await until(lambda: len(swept) >= known + 3)

    await runs(NOW)
    for _ in range(times_booted):
        caplog.clear()
        await runs(NOW + 1_000 * DAY)
        assert "the clock is 1000 days ahead of the last sweep" in caplog.text
    assert rows(path, COUNTS) == [(11 + times_booted, 10, 10)]
    await runs(NOW + DAY)
    assert rows(path, COUNTS) == [(12 + times_booted, 10, 10)]


async def test_a_server_that_was_off_for_months_tidies_up_at_last(store: Store, path: Path) -> None:
    """It cannot know that its clock is right: what has had its time goes within days, what is new has its own."""
    fill(store, -10, 0)
    assert await durable(store)
    db = store._disk.db
    assert await retention.present(db, NOW, 60_000) == NOW
    boot = NOW + 90 * DAY
    fill(store, 90, 91)
    assert await durable(store)
    left = []
    for day in range(40):
        for _ in range(24):
            now = await retention.present(db, boot + day * DAY, DAY // 24)
        await sweep(db, Retention(14, 400, 14), now)
        left.append(rows(path, COUNTS)[0])
    assert left[0] == (11, 11, 11) and left[4] == (1, 11, 1) and left[39] == (0, 11, 0)
    assert now == boot + 39 * DAY


async def test_a_clock_that_is_wrong_for_a_minute_takes_nothing(store: Store) -> None:
    """Ahead or behind, the next right look at it is believed at once: also after a boot in 1970."""
    db = store._disk.db
    assert await retention.present(db, NOW, 0) == NOW
    for wrong in (NOW + 4_000 * DAY, 1_000, NOW - 30 * DAY):
        assert await retention.present(db, wrong, 60_000) <= NOW + 4 * 60_000
        assert await retention.present(db, NOW, 60_000) == NOW
