"""The journal: what was on the wire comes back byte for byte, whatever it was, and is found in any block."""

from __future__ import annotations

import asyncio
import logging
import sqlite3
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from server.model.event import EventKind
from server.model.health import Health
from server.model.log import Frame, FrameQuery
from server.store import frame_search, frames, queries
from server.store.frame_search import BLOCKS_OF_CHARGER
from server.store.migrate import known_migrations
from server.store.retention import Retention, sweep
from server.store.store import Store
from tests.server.store.conftest import NOW, charger, durable, emit, frame, journal, meter_row, rows, until


@pytest.fixture
async def filled(store: Store) -> Store:
    """Ten frames, each committed alone; odd ones of CP1, even ones of CP2."""
    for key, charger_id in enumerate(("CP1", "CP2"), start=1):
        emit(store, EventKind.CHARGER_CONNECTED, charger(charger_id, key))
    for n in range(1, 11):
        key = 2 - n % 2
        journal(store, frame(n, f"CP{key}", key, "MeterValues" if n < 4 else "Heartbeat", "in" if n % 3 else "out"))
        assert await durable(store)
    return store


async def ids(store: Store, **wanted: Any) -> list[int]:
    return [number for number, _ in await store.find_frames(FrameQuery(**wanted))]


async def test_frames_are_found_as_they_were(filled: Store) -> None:
    """By charger, action, direction and time; text byte for byte, with the charger's name."""
    assert await ids(filled) == list(range(10, 0, -1))
    assert await ids(filled, charger_id="cP2", limit=2) == [10, 8]
    assert await ids(filled, action="MeterValues") == [3, 2, 1]
    assert await ids(filled, direction="out", charger_id="CP1") == [9, 3]
    assert await ids(filled, since=NOW + 8) == [10, 9, 8]
    assert await ids(filled, since=NOW + 8, charger_id="CP1") == [9]
    assert await ids(filled, since=NOW + 11) == []
    assert await ids(filled, since=0) == list(range(10, 0, -1))
    assert await ids(filled, charger_id="CP3") == await ids(filled, action="m1") == []
    assert (await filled.find_frames(FrameQuery(limit=1)))[0] == (10, frame(10, "CP2", 2))


async def test_frames_are_found_at_every_boundary_of_time_and_number(store: Store) -> None:
    """The search by halves is right at each of 100 frames in blocks of 1 to 7, and on an empty journal."""
    assert await ids(store, since=NOW) == await ids(store, until=NOW) == []
    for n in range(100):
        journal(store, frame(n))
        if n % 7 == 0 or n % 5 == 0:
            assert await durable(store)
    assert await durable(store)
    await store._disk.db.execute("DELETE FROM frame_blocks WHERE first_id < 10 OR first_id = 50")
    kept = [f.at for _, f in await store.find_frames(FrameQuery())]
    assert 80 < len(kept) < 100
    for n in range(-1, 102):
        at = NOW + n
        assert [f.at for _, f in await store.find_frames(FrameQuery(since=at))] == [t for t in kept if t >= at]
        assert [f.at for _, f in await store.find_frames(FrameQuery(until=at))] == [t for t in kept if t <= at]
        assert [f.at for _, f in await store.find_frames(FrameQuery(before=n + 1))] == [t for t in kept if t < at]


async def test_frames_of_a_charger_are_found_in_every_span(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Newest first across spans of ids, empty ones between them included; filter, time and limit count over all."""
    numbers = [1, 1_023, 4_096, 4_097, 70_000, 70_001, 900_000, 2_000_000, 2_000_001]
    for n in numbers:
        for key in (1, 2):
            journal(store, frame(n, f"CP{key}", key, "Heartbeat" if n % 2 else "MeterValues"))
        assert await durable(store)
    emit(store, EventKind.CHARGER_CONNECTED, charger("CP1", 1))
    assert await durable(store)
    with sqlite3.connect(path) as db:  # spread over the spans
        db.execute("UPDATE frame_blocks SET first_id = 2 * (began_at - ?) + 10000000", (NOW,))
        db.execute("UPDATE frame_blocks SET first_id = first_id - 10000000")
        db.execute("DELETE FROM frame_chargers")
        for key in (1, 2):
            db.execute("INSERT INTO frame_chargers SELECT first_id >> 12, ?, first_id FROM frame_blocks", (key,))

    async def times(**wanted: Any) -> list[int]:
        return [f.at - NOW for _, f in await store.find_frames(FrameQuery(charger_id="CP1", **wanted))]

    assert await times() == numbers[::-1]
    assert await times(limit=4) == numbers[:-5:-1]
    assert await times(action="Heartbeat", limit=4) == [2_000_001, 70_001, 4_097, 1_023]
    assert await times(since=NOW + 4_097) == numbers[:2:-1]
    assert await times(since=NOW + 2_000_002) == await times(action="Reset") == []
    assert await times(until=NOW + 4_097) == numbers[3::-1]
    assert await times(since=NOW + 4_096, until=NOW + 70_000) == [70_000, 4_097, 4_096]
    assert await times(until=NOW) == await times(since=NOW + 9, until=NOW + 8) == []
    assert await times(until=NOW + 2**50) == numbers[::-1]


async def test_many_frames_of_one_commit_are_several_blocks(store: Store, path: Path) -> None:
    """A block has at most 256 frames or a megabyte, a larger frame is one alone; ids go on without a gap."""
    for n in range(600):
        journal(store, frame(n))
    for n in range(600, 603):
        journal(store, frame(n)._replace(raw="x" * 700_000))
    journal(store, frame(603)._replace(raw="x" * 2_000_000))
    journal(store, frame(604))
    assert await durable(store)
    sizes = rows(path, "SELECT first_id, count, began_at, ended_at FROM frame_blocks ORDER BY first_id")
    assert [size for _, size, _, _ in sizes] == [256, 256, 89, 1, 1, 1, 1]
    assert [first for first, _, _, _ in sizes] == [1, 257, 513, 602, 603, 604, 605]
    assert all((began - NOW, ended - NOW) == (first - 1, first + size - 2) for first, size, began, ended in sizes)
    assert [f.at - NOW for _, f in await store.find_frames(FrameQuery(before=604, limit=1000))] == list(
        range(602, -1, -1)
    )


async def test_numbers_go_on_after_a_restart(path: Path, health: Health) -> None:
    """A frame's number is never given twice."""
    for n in range(3):
        async with Store.open(path, health) as store:
            journal(store, frame(n))
            journal(store, frame(n))
            assert await durable(store)
    async with Store.open(path, health) as store:
        assert await ids(store) == [6, 5, 4, 3, 2, 1]


async def test_numbers_go_on_after_a_batch_that_failed(store: Store, health: Health) -> None:
    """Neither a disk that says no nor a row that is impossible costs a frame or a number."""
    connection = store._disk._connection
    right, connection.identity = connection.identity, (0, 0)
    journal(store, frame(0))
    await until(lambda: health.degraded)
    connection.identity = right
    journal(store, frame(1))
    emit(store, EventKind.METER_RECORDED, meter_row(energy_wh=2**70))
    assert await durable(store)
    journal(store, frame(2))
    assert await durable(store)
    found = await store.find_frames(FrameQuery())
    assert [(number, f.at - NOW) for number, f in found] == [(3, 2), (2, 1), (1, 0)]


async def test_numbers_go_on_when_the_newest_frames_went(
    path: Path, health: Health, caplog: pytest.LogCaptureFixture
) -> None:
    """A frame's number is never given twice: also when no frame is left, or the newest ones had an old time."""
    given = 0
    for at in (NOW, 1_000):
        async with Store.open(path, health) as store:
            for n in range(3):
                journal(store, frame(n))
            assert await durable(store)
            journal(store, frame(3)._replace(at=at))
            assert await durable(store)
            (newest,) = await ids(store, limit=1)
            assert newest - 3 > given
            given = newest
            await sweep(store._disk.db, Retention(1), NOW + 9 * 86_400_000 if at == NOW else NOW)
            assert given not in await ids(store)
    async with Store.open(path, health) as store:
        journal(store, frame(9))
        assert await durable(store)
        assert (await ids(store, limit=1))[0] > given
    assert [r for r in caplog.records if r.levelno >= logging.WARNING] == []


@pytest.mark.parametrize(
    "raw",
    [
        b'[2,"1","\xff\xfe\x00"',
        bytes(range(256)),
        '[2,"1","é\x00 after",{"a":"\\u0000"}]',
        "",
        '["x"]',
        "\\\"',\n\x1b[31m\u2028\U0001f50c",
    ],
)
async def test_what_was_on_the_wire_comes_back_byte_for_byte(store: Store, raw: str | bytes) -> None:
    """Text as text, bytes as bytes, and their neighbours in the block untouched."""
    emit(store, EventKind.CHARGER_CONNECTED, charger())
    written = [frame(0), Frame(NOW, 1, "CP1", "in", "Odd", "7", raw, "WS-20"), frame(2)]
    for one in written:
        journal(store, one)
    assert await durable(store)
    assert [f for _, f in await store.find_frames(FrameQuery())] == written[::-1]


async def test_a_name_that_is_no_text_costs_nothing_else(store: Store, health: Health) -> None:
    """A lone surrogate in the id of a message: a replacement stands for it, all frames of the block are kept."""
    emit(store, EventKind.CHARGER_CONNECTED, charger())
    journal(store, frame(0))
    journal(store, frame(1)._replace(message_id="a\ud800b", action="\udfff"))
    assert await durable(store)
    (_, odd), (_, plain) = await store.find_frames(FrameQuery())
    assert (odd.message_id, odd.action, plain) == ("a?b", "?", frame(0))
    assert health.degraded == []


async def test_whoever_looks_with_sql_sees_a_row_for_each_frame(filled: Store, path: Path) -> None:
    """The view `frames` has the columns of the frame."""
    journal(filled, frame(11)._replace(raw=b"\xff[", deviations="RPC-22"))
    assert await durable(filled)
    question = "SELECT id, at, charger_key, direction, action, message_id, raw, deviations FROM frames WHERE id > 9"
    ten = frame(10, "CP2", 2)
    assert rows(path, question) == [
        (10, ten.at, 2, "in", "Heartbeat", "m10", ten.raw, ""),
        (11, NOW + 11, 1, "in", "Heartbeat", "m11", "\xff[", "RPC-22"),
    ]


async def test_blocks_of_a_charger_are_found_by_their_index(store: Store, path: Path) -> None:
    """Neither all blocks are read nor those of other chargers."""
    wanted = {"charger_key": 1, "first": 0, "last": 9, "oldest": 0, "newest": 99_999, "word": '"Reset"'}
    with sqlite3.connect(path) as db:
        plan = db.execute(f"EXPLAIN QUERY PLAN {BLOCKS_OF_CHARGER}", wanted).fetchall()
    step = "SEARCH c USING PRIMARY KEY (span=? AND charger_key=? AND first_id>? AND first_id<?)"
    assert any(found[3] == step for found in plan), plan


async def test_an_answer_ends_when_it_is_large(filled: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """By bytes, over blocks; at least one frame is given."""
    monkeypatch.setattr(queries, "MOST_FRAME_BYTES", 2 * len(frame(10).raw))
    assert await ids(filled) == [10, 9, 8]
    monkeypatch.setattr(queries, "MOST_FRAME_BYTES", 0)
    assert await ids(filled, charger_id="CP1") == [9]


async def test_frames_of_an_older_schema_are_kept(path: Path, health: Health) -> None:
    """A row for each of them becomes a place in a block: same order, same charger, found by it."""
    with sqlite3.connect(path) as db:
        for step in known_migrations():
            if step.number < 10:
                db.executescript(step.sql)
        for n in range(1, 600):
            db.execute(
                "INSERT INTO frames VALUES (?, ?, ?, 'in', 'Heartbeat', ?, ?, '')",
                (n, 1 + n % 2, NOW + n, f"m{n}", b"\xff" if n == 300 else f'[2,"m{n}","Heartbeat",{{}}]'),
            )
    async with Store.open(path, health) as store:
        emit(store, EventKind.CHARGER_CONNECTED, charger("CP1", 1))
        emit(store, EventKind.CHARGER_CONNECTED, charger("CP2", 2))
        assert await durable(store)
        found = await store.find_frames(FrameQuery(limit=1000))
        assert [number for number, _ in found] == list(range(599, 0, -1))
        assert dict(found)[300].raw == b"\xff"
        assert dict(found)[299] == frame(299, "CP2", 2)
        assert await ids(store, charger_id="CP2", limit=1000) == list(range(599, 0, -2))
        journal(store, frame(600))
        assert await durable(store)
        assert await ids(store, limit=1) == [600]
    # A frame may have a megabyte, and a block is read as a whole.
    assert rows(path, "SELECT min(count), max(count) FROM frame_blocks WHERE first_id < 576") == [(31, 32)]


async def test_old_blocks_leave_the_index_too(path: Path, health: Health, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is gone is not looked for: the index keeps no span that has no block any more."""
    monkeypatch.setattr(frames, "MOST_IN_BLOCK", 100)
    async with Store.open(path, health) as store:
        for n in range(10_000):
            journal(store, frame(n)._replace(at=NOW + n))
        assert await durable(store)
        db = store._disk.db
        for _ in range(20):
            await db.execute(frames.DELETE_BLOCKS, (NOW + 9_000, NOW + 10_000, 1_000))
        while (await db.execute(frames.DELETE_CHARGERS, (10,))).rowcount:
            pass
    assert rows(path, "SELECT min(began_at), count(*) FROM frame_blocks") == [(NOW + 9_000, 10)]
    assert rows(path, "SELECT min(span), max(span) FROM frame_chargers") == [(2, 2)]


async def test_large_frames_do_not_hold_the_loop(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Between two turns of the loop not more is decoded than one large frame."""
    for n in range(12):
        journal(store, frame(n)._replace(raw="x" * 900_000))
    assert await durable(store)
    turn, sizes = 0, Counter[int]()

    def decoded(text: str, charger_id: str) -> Frame:
        sizes[turn] += len(text)
        return frames.decoded(text, charger_id)

    async def count() -> None:
        nonlocal turn
        while True:
            await asyncio.sleep(0)
            turn += 1

    monkeypatch.setattr(frame_search, "decoded", decoded)
    monkeypatch.setattr(queries, "MOST_FRAME_BYTES", 16 * 900_000)
    counting = asyncio.create_task(count())
    assert len(await ids(store)) == 12
    counting.cancel()
    assert max(sizes.values()) < 1_000_000


@pytest.mark.parametrize("wanted", [{}, {"charger_id": "CP1"}])
async def test_a_rare_action_takes_few_questions(
    store: Store, monkeypatch: pytest.MonkeyPatch, wanted: dict[str, Any]
) -> None:
    """Blocks of a quiet depot are small and many: those without the action are not asked for one after the other."""
    monkeypatch.setattr(frames, "MOST_IN_BLOCK", 1)
    emit(store, EventKind.CHARGER_CONNECTED, charger("CP1", 1))
    for n in range(2_000):
        journal(store, frame(n, action="Reset" if n == 3 else "Heartbeat"))
    assert await durable(store)
    asked: list[str] = []
    async with queries.History.open(Path(store._disk.path)) as history:
        await history._db.set_trace_callback(asked.append)
        found = await history.find_frames(FrameQuery(action="Reset", **wanted))
    assert [number for number, _ in found] == [4]
    assert len(asked) < 12
