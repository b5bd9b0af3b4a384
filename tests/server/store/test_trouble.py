"""Disks fail: nothing is acknowledged that is not durable, nothing is lost, and it heals by itself."""

from __future__ import annotations

import asyncio
import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.model.event import EventKind
from server.model.health import Health
from server.store import disk, writer
from server.store import store as store_module
from server.store.store import Store
from tests.machine import Machine
from tests.server.store.conftest import NOW, durable, emit, frame, journal, meter_row, rows, until


@pytest.fixture
async def hasty(monkeypatch: pytest.MonkeyPatch, path: Path, health: Health) -> AsyncIterator[Store]:
    """A store with short patience: what takes ten seconds in the product takes a third of one here."""
    monkeypatch.setattr(writer, "PATIENCE_S", 0.3)
    monkeypatch.setattr(writer, "WATCH_S", 0.02)
    monkeypatch.setattr(writer, "FIRST_PAUSE_S", 0.02)
    monkeypatch.setattr(disk, "BUSY_TIMEOUT_S", 0.05)
    async with Store.open(path, health) as store:
        yield store


async def test_locked_database_is_waited_out(hasty: Store, path: Path, health: Health) -> None:
    """F5: another program holds the lock. Waiting callers are told no, the loop runs on, all rows come in later."""
    intruder = sqlite3.connect(path, isolation_level=None)
    intruder.execute("BEGIN IMMEDIATE")
    longest, stop = 0.0, asyncio.Event()

    async def feel_the_loop() -> None:
        nonlocal longest
        with Machine() as machine:
            while not stop.is_set():
                began = time.monotonic()
                await asyncio.sleep(0.005)
                longest = max(longest, time.monotonic() - began - machine.withheld(began))

    probe = asyncio.create_task(feel_the_loop())
    for n in range(200):
        emit(hasty, EventKind.METER_RECORDED, meter_row(NOW + n))
    assert await durable(hasty) is False
    await until(lambda: health.degraded == ["store: database is locked by another program"])
    assert health.rows_waiting == 200
    intruder.execute("ROLLBACK")
    intruder.close()
    await until(lambda: not health.degraded)
    assert await durable(hasty)
    assert rows(path, "SELECT count(*) FROM meter_values") == [(200,)]
    stop.set()
    await probe
    assert longest < 0.2


async def test_a_deleted_file_is_noticed(hasty: Store, path: Path, health: Health) -> None:
    """F7: rows that would go into a deleted file are not called durable; the file back in place heals it."""
    moved = path.with_name("moved.db")
    os.rename(path, moved)
    emit(hasty, EventKind.METER_RECORDED, meter_row())
    assert await durable(hasty) is False
    await until(lambda: health.degraded == ["store: database file was moved or deleted"])
    os.rename(moved, path)
    await until(lambda: not health.degraded)
    assert rows(path, "SELECT count(*) FROM meter_values") == [(1,)]


async def test_a_disk_that_hangs_does_not_keep_callers(hasty: Store) -> None:
    """A commit that does not come back: the caller is told no after its patience, not when the disk wakes."""
    blocked, go = asyncio.Event(), asyncio.Event()

    async def hang(batch: object) -> list[str]:
        blocked.set()
        await go.wait()
        return []

    hasty._writer._write = hang
    emit(hasty, EventKind.METER_RECORDED, meter_row())
    first = asyncio.create_task(durable(hasty))
    await blocked.wait()
    journal(hasty, frame())
    second = asyncio.create_task(durable(hasty))
    async with asyncio.timeout(10):
        assert [await first, await second] == [False, False]
    go.set()
    assert await durable(hasty)


async def test_stopping_with_a_broken_disk_ends_in_time(
    path: Path, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A server that stops tells waiting callers no and gives up after the drain time."""
    monkeypatch.setattr(store_module, "DRAIN_S", 0.2)

    async def broken(batch: object) -> list[str]:
        raise sqlite3.OperationalError("disk I/O error")

    told: list[bool] = []
    async with asyncio.timeout(writer.PATIENCE_S / 2):  # it gives up before the patience of callers is at its end
        async with Store.open(path, health) as store:
            store._writer._write = broken
            emit(store, EventKind.METER_RECORDED, meter_row())
            store.after_commit(told.append)
    assert told == [False]


async def test_stopping_while_another_program_holds_the_lock_ends_in_time(
    path: Path, health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    """Waits for a lock do not add up: the drain time and little more. One line tells what is not written."""
    intruder = sqlite3.connect(path, isolation_level=None)
    async with Store.open(path, health) as store:
        intruder.execute("BEGIN IMMEDIATE")
        emit(store, EventKind.METER_RECORDED, meter_row())
        store.after_commit(lambda durable: None)
        await asyncio.sleep(0.3)  # the first try waits in the thread now
        began = time.monotonic()
    assert time.monotonic() - began < store_module.DRAIN_S + 1.5
    intruder.close()
    assert "1 rows could not be written: store: database is locked by another program" in caplog.text
    assert rows(path, "SELECT count(*) FROM meter_values") == [(0,)]


DISK_FULL = """
import asyncio, json, resource, sys
from pathlib import Path
from server.model.event import Event, EventKind
from server.model.health import Health
from server.model.transaction import MeterRow, MeterSample
from server.store import writer
from server.store.store import Store

writer.PATIENCE_S, writer.WATCH_S, writer.FIRST_PAUSE_S = 0.4, 0.05, 0.05

async def durable(store):
    told = asyncio.get_running_loop().create_future()
    store.after_commit(told.set_result)
    return await told

async def main(path):
    health, acked, told = Health(), [], {}
    async with Store.open(path, health) as store:
        size = path.with_name(path.name + "-wal").stat().st_size if path.with_name(path.name + "-wal").exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (size + 200_000, resource.RLIM_INFINITY))
        for n in range(1, 4_000):
            for k in range(20):
                sample = MeterSample(n, "", n * 100 + k, extra={"filler": "x" * 100})
                store.on_event(Event(n, n, EventKind.METER_RECORDED, "CP1", MeterRow(1, 1, 1, n, sample)))
            if await durable(store):
                acked.append(n)
            elif health.degraded:  # a slow disk alone is none that is full
                break
        told["reason"] = list(health.degraded)
        history = await store.find_transactions()
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        async with asyncio.timeout(15):
            while health.degraded:
                await asyncio.sleep(0.02)
        told["healed"] = await durable(store)
        told["acked"], told["tried"] = len(acked), n
    print(json.dumps(told))

asyncio.run(main(Path(sys.argv[1])))
"""


def test_full_disk_degrades_and_heals(path: Path) -> None:
    """F3: a disk that is full: no, in words; with space again everything comes in, also what was refused."""
    done = subprocess.run([sys.executable, "-c", DISK_FULL, str(path)], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert len(told["reason"]) == 1 and told["reason"][0].startswith("store: disk ")
    assert told["healed"] and told["acked"] >= 1
    assert rows(path, "SELECT count(*) FROM meter_values") == [(20 * told["tried"],)]
    assert rows(path, "PRAGMA quick_check") == [("ok",)]


APPENDER = """
import asyncio, itertools, sys
from pathlib import Path
from server.model.event import Event, EventKind
from server.model.health import Health
from server.model.status import TagStatus
from server.model.transaction import MeterRow, MeterSample, Transaction
from server.store.store import Store

numbers = itertools.count(int(sys.argv[2]))

async def charger(store, key):
    while True:
        n = next(numbers)
        t = Transaction(n, f"CP{key}", 1, "TAG", TagStatus.ACCEPTED, n, n, 0)
        store.frame((n, key, "in", "StartTransaction", str(n), "x" * 200, ""))
        store.on_event(Event(n, n, EventKind.TRANSACTION_STARTED, f"CP{key}", t))
        store.on_event(Event(n, n, EventKind.METER_RECORDED, f"CP{key}", MeterRow(key, 1, n, n, MeterSample(n, "", n))))
        told = asyncio.get_running_loop().create_future()
        store.after_commit(told.set_result)
        if await told:
            sys.stdout.write(f"{n}\\n")
            sys.stdout.flush()

async def main():
    async with Store.open(Path(sys.argv[1]), Health()) as store:
        await asyncio.gather(*(charger(store, key) for key in range(1, 21)))

asyncio.run(main())
"""


def test_killed_at_any_moment_nothing_acknowledged_is_missing(path: Path) -> None:
    """F1: kill -9 while twenty chargers write; what was acknowledged is in the file, which is sound."""
    acked: set[int] = set()
    for round_number in range(5):
        first = 1 + round_number * 1_000_000
        process = subprocess.Popen(
            [sys.executable, "-c", APPENDER, str(path), str(first)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(50 + 137 * round_number):
            acked.add(int(process.stdout.readline()))
        process.kill()
        *whole, _ = process.stdout.read().split("\n")  # the last line may be cut
        acked.update(map(int, whole))
        process.wait()
        process.stdout.close()
    stored = {row[0] for row in rows(path, "SELECT transaction_id FROM transactions")}
    metered = {row[0] for row in rows(path, "SELECT transaction_id FROM meter_values")}
    assert len(acked) >= 1_500
    assert acked - stored == set()
    assert acked - metered == set()
    assert rows(path, "PRAGMA quick_check") == [("ok",)]
