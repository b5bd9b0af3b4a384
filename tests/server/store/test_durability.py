"""The promise of the writer: whoever is told "durable" can pull the plug."""

from __future__ import annotations

import asyncio
import socket
from pathlib import Path
from typing import Any

import pytest

from server.model.event import EventKind
from server.model.health import Health
from server.model.tag import IdTag
from server.model.transaction import MeterRow, MeterSample
from server.store import writer as writer_module
from server.store.batch import Batch
from server.store.store import Store
from server.store.writer import Writer
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

METERS = "SELECT at, energy_wh FROM meter_values ORDER BY at, energy_wh"


async def test_callback_comes_after_the_row_is_in_the_file(store: Store, path: Path) -> None:
    """When `done(True)` runs, another connection sees the row; before that it does not."""
    loop = asyncio.get_running_loop()
    seen: asyncio.Future[list[Any]] = loop.create_future()
    emit(store, EventKind.METER_RECORDED, meter_row())
    store.after_commit(lambda ok: seen.set_result([ok, rows(path, METERS)]))
    assert rows(path, METERS) == []
    assert await seen == [True, [(NOW, 1_500)]]


async def test_a_commit_is_synced_before_it_is_told(store: Store) -> None:
    """The connection that writes syncs with every commit and keeps a write-ahead log."""
    (journal,) = await store._disk.db.execute_fetchall("PRAGMA journal_mode")
    (synchronous,) = await store._disk.db.execute_fetchall("PRAGMA synchronous")
    assert (journal[0], synchronous[0]) == ("wal", 2)


async def test_everything_that_waited_is_told_even_if_one_fails(store: Store) -> None:
    """A callback that raises does not keep the others from being told."""
    told: list[int] = []

    def fails(ok: bool) -> None:
        raise RuntimeError("caller is broken")

    emit(store, EventKind.METER_RECORDED, meter_row())
    for n in range(300):
        store.after_commit(lambda ok, n=n: told.append(n))  # type: ignore[misc]
        if n == 7:
            store.after_commit(fails)
    assert await durable(store)
    assert told == list(range(300))


async def test_nothing_to_write_is_durable_at_once(store: Store) -> None:
    """Asking without a row before it is answered with yes."""
    assert await durable(store)


async def test_rows_nobody_waits_for_are_written_soon(store: Store, path: Path, health: Health) -> None:
    """A frame alone is committed without anybody asking."""
    journal(store, frame())
    await until(lambda: health.commit_ms > 0)
    assert rows(path, "SELECT count(*) FROM frames") == [(1,)]


async def test_two_samples_of_one_millisecond_are_both_kept(store: Store, path: Path) -> None:
    """Same connector, same time, other values: two rows. The same sample sent again: still one."""
    same_time = [meter_row(energy_wh=1_500), meter_row(energy_wh=1_501), meter_row(energy_wh=None, power_w=7)]
    other_extra = MeterRow(1, 1, 1, NOW, MeterSample(NOW, "Sample.Periodic", 1_500, extra={"Frequency": "50 Hz"}))
    for row in (*same_time, other_extra, *same_time):
        emit(store, EventKind.METER_RECORDED, row)
    assert await durable(store)
    emit(store, EventKind.METER_RECORDED, same_time[0]._replace(received_at=NOW + 60_000))
    assert await durable(store)
    assert sorted(rows(path, METERS), key=str) == [(NOW, 1_500), (NOW, 1_500), (NOW, 1_501), (NOW, None)]


async def test_the_newest_state_of_a_thing_wins_whatever_the_statement(store: Store, path: Path) -> None:
    """Within one batch snapshots of one key are one row, and a removal after a change removes."""
    one = charger()
    for name in ("a", "b", "c"):
        one.alias = name
        emit(store, EventKind.CHARGER_CHANGED, one)
    emit(store, EventKind.TAG_CHANGED, IdTag("GONE"))
    emit(store, EventKind.TAG_REMOVED, IdTag("gone"))
    emit(store, EventKind.TAG_CHANGED, IdTag("Back"))
    emit(store, EventKind.TAG_REMOVED, IdTag("BACK"))
    emit(store, EventKind.TAG_CHANGED, IdTag("Back", note="again"))
    assert await durable(store)
    assert rows(path, "SELECT alias FROM chargers") == [("c",)]
    assert rows(path, "SELECT id_tag, note FROM tags") == [("Back", "again")]


@pytest.mark.parametrize(
    "poison",
    [
        MeterRow(1, 1, 1, NOW, MeterSample(NOW + 1, "", 2**70)),
        MeterRow(1, 1, 1, NOW, MeterSample(NOW + 1, "\ud800", 5)),
        MeterRow(1, 1, 1, NOW, MeterSample(NOW + 1, "", "much")),  # type: ignore[arg-type]
        MeterRow(1, None, 1, NOW, MeterSample(NOW + 1, "", 5)),  # type: ignore[arg-type]
    ],
    ids=["int over 64 bit", "lone surrogate", "text in a number", "null in a key"],
)
async def test_an_impossible_row_fails_alone(
    store: Store, path: Path, health: Health, poison: MeterRow, caplog: pytest.LogCaptureFixture
) -> None:
    """One row that SQLite cannot take is logged once; its neighbours are durable and everybody is told."""
    emit(store, EventKind.METER_RECORDED, meter_row(NOW))
    emit(store, EventKind.METER_RECORDED, poison)
    emit(store, EventKind.METER_RECORDED, meter_row(NOW + 2))
    emit(store, EventKind.TRANSACTION_STARTED, transaction())
    assert await durable(store)
    assert [at for at, _ in rows(path, METERS)] == [NOW, NOW + 2]
    assert rows(path, "SELECT count(*) FROM transactions") == [(1,)]
    assert [r.levelname for r in caplog.records if "left out" in r.message] == ["ERROR"]
    assert health.degraded == []


async def test_frames_are_dropped_before_memory_runs_out(monkeypatch: pytest.MonkeyPatch, health: Health) -> None:
    """Above the limit frames go, counted and told; meter rows stay, however many."""
    monkeypatch.setattr(writer_module, "JOURNAL_LIMIT", 10 * (100 + writer_module.ROW_OVERHEAD))
    monkeypatch.setattr(writer_module, "BEHIND_ROWS", 20)
    written: list[Batch] = []

    async def write(batch: Batch) -> list[str]:
        written.append(batch)
        return []

    writer = Writer(write, health)
    for n in range(20):
        assert writer.is_behind is (n > 5)
        writer.journal((n, 1, "in", "", "", "x" * 100, ""))
    for n in range(30):
        writer.append("meter", (n,))
    task = asyncio.create_task(writer.run())
    assert await writer.drain(10)
    assert [len(group) for _, group in written[0].groups()] == [30]
    assert [at for at, *_ in written[0].frames] == list(range(10))
    assert not writer.is_behind
    task.cancel()


def count_commits(store: Store) -> list[int]:
    """The number of rows of each commit from now on."""
    commits: list[int] = []
    write = store._writer._write

    async def counted(batch: Batch) -> list[str]:
        commits.append(len(batch))
        return await write(batch)

    store._writer._write = counted
    return commits


async def test_many_callers_share_one_commit(store: Store, health: Health) -> None:
    """What gathers while a commit runs is one batch, not one commit a caller."""
    commits = count_commits(store)

    async def caller(n: int) -> bool:
        emit(store, EventKind.METER_RECORDED, meter_row(NOW + n))
        return await durable(store)

    assert all(await asyncio.gather(*(caller(n) for n in range(100))))
    assert len(commits) <= 2
    assert health.rows_waiting == 0


async def test_what_has_come_on_a_socket_joins_the_commit(store: Store) -> None:
    """Frames that wait in their sockets when a commit is asked for are handled first, and are part of it."""
    commits = count_commits(store)
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    with ours, theirs:
        later: asyncio.Future[bool] = loop.create_future()

        def receive() -> None:
            loop.remove_reader(ours)
            emit(store, EventKind.METER_RECORDED, meter_row(NOW + 1))
            store.after_commit(later.set_result)

        loop.add_reader(ours, receive)
        theirs.send(b"frame")
        emit(store, EventKind.METER_RECORDED, meter_row(NOW))
        assert await durable(store)
        assert await asyncio.wait_for(later, 5)
    assert commits == [2]


async def test_what_comes_a_few_turns_later_joins_the_commit(store: Store) -> None:
    """Chargers that were answered together do not send again in the very same turn of the loop: one takes all."""
    commits = count_commits(store)
    told = chain(store, frames=4)
    emit(store, EventKind.METER_RECORDED, meter_row(NOW))
    assert await durable(store)
    assert await asyncio.wait_for(told, 5)
    assert commits == [5]


async def test_a_commit_does_not_wait_for_a_busy_loop(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where each turn of the loop is long, nobody waits six of them for the commit."""
    monkeypatch.setattr(writer_module, "GATHER_S", 0.0)
    commits = count_commits(store)
    told = chain(store, frames=4)
    emit(store, EventKind.METER_RECORDED, meter_row(NOW))
    assert await durable(store)
    assert await asyncio.wait_for(told, 5)
    assert 1 < commits[0] < 5


def chain(store: Store, frames: int) -> asyncio.Future[bool]:
    """A row comes with a frame, the next frame only when that was read, and so on. The future: the last is durable."""
    loop = asyncio.get_running_loop()
    ours, theirs = socket.socketpair()
    told: asyncio.Future[bool] = loop.create_future()
    came = 0

    def receive() -> None:
        nonlocal came
        ours.recv(1)
        came += 1
        emit(store, EventKind.METER_RECORDED, meter_row(NOW + came))
        if came < frames:
            theirs.send(b"f")
            return
        loop.remove_reader(ours)
        ours.close()
        theirs.close()
        store.after_commit(told.set_result)

    loop.add_reader(ours, receive)
    theirs.send(b"f")
    return told


async def test_closing_writes_what_still_waits(path: Path, health: Health) -> None:
    """Leaving the store makes everything durable and leaves one file without a journal."""
    async with Store.open(path, health) as store:
        emit(store, EventKind.CHARGER_CONNECTED, charger())
        emit(store, EventKind.FAULT_OPENED, fault())
        journal(store, frame())
    assert not path.with_name("depot.db-wal").exists()
    assert rows(path, "SELECT (SELECT count(*) FROM faults), (SELECT count(*) FROM frames)") == [(1, 1)]
