"""The clock of a small machine was set back, once or often: frames are found by their time all the same."""

from __future__ import annotations

import asyncio
import sqlite3
import tempfile
from collections.abc import Iterable
from itertools import accumulate
from pathlib import Path

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from server.model.event import EventKind
from server.model.health import Health
from server.model.log import FrameQuery
from server.store import frames, retention
from server.store.migrate import known_migrations
from server.store.queries import History
from server.store.retention import DAY, Retention, sweep
from server.store.store import Store
from tests.server.store.conftest import NOW, charger, durable, emit, frame, journal, rows, until

HOUR = 3_600_000

STALE_STRETCHES = """
SELECT first_id FROM frame_stretches AS s WHERE first_id < (SELECT max(first_id) FROM frame_stretches) AND NOT EXISTS (
    SELECT 1 FROM frame_blocks WHERE first_id >= s.first_id
        AND first_id < (SELECT min(first_id) FROM frame_stretches AS n WHERE n.first_id > s.first_id)
)
"""


async def commit(store: Store, times: Iterable[int]) -> None:
    """Frames of those times after NOW in one commit; even ones of CP2, odd ones of CP1."""
    for at in times:
        journal(store, frame(at, f"CP{2 - at % 2}", 2 - at % 2))
    assert await durable(store)


async def is_right(store: Store, path: Path, query: FrameQuery, charger_key: int = 0) -> bool:
    """Are exactly the frames found that lie in that time, by the file itself?"""
    found = [(number, f.at) for number, f in await store.find_frames(query)]
    wanted = [
        (number, at)
        for number, at, key in rows(path, "SELECT id, at, charger_key FROM frames ORDER BY id DESC")
        if (query.since is None or at >= query.since)
        and (query.until is None or at <= query.until)
        and (query.before is None or number < query.before)
        and charger_key in (0, key)
    ]
    return found == wanted[: query.limit]


async def test_frames_are_found_after_the_clock_was_set_back_twice(path: Path, health: Health) -> None:
    """Two power cuts: each time the machine starts a day in the past, writes, and is set right by the network."""
    written: list[int] = []
    for boot in range(3):
        async with Store.open(path, health) as store:
            right = boot * HOUR
            for start in (right - DAY, right) if boot else (right,):
                for n in range(20):
                    await commit(store, [start + n * 1_000, start + n * 1_000 + 3])
                    written += [start + n * 1_000, start + n * 1_000 + 3]
    assert rows(path, "SELECT first_id FROM frame_stretches") == [(41,), (121,)]
    async with Store.open(path, health) as store:
        for at in written[::7]:
            for since, last in ((at, at), (at - 1, at + 2_000), (at, None), (None, at)):
                query = FrameQuery(
                    since=None if since is None else NOW + since,
                    until=None if last is None else NOW + last,
                    limit=500,
                )
                assert await is_right(store, path, query), (since, last)
        newest_first = await store.find_frames(FrameQuery(since=NOW - 2 * DAY, limit=1_000))
        assert [f.at - NOW for _, f in newest_first] == written[::-1]


async def test_frames_are_found_when_the_clock_is_set_back_within_a_commit(store: Store, path: Path) -> None:
    """A block is from its earliest frame to its latest one, not from the first to the last."""
    await commit(store, [100, 101])
    await commit(store, [102, 200, 50, 103])
    await commit(store, [104, 300])
    assert rows(path, "SELECT began_at - ?, ended_at - ? FROM frame_blocks ORDER BY first_id", NOW, NOW) == [
        (100, 101),
        (50, 200),
        (104, 300),
    ]
    for at in (50, 100, 103, 104, 200, 300):
        assert await is_right(store, path, FrameQuery(since=NOW + at, until=NOW + at))
        assert await is_right(store, path, FrameQuery(since=NOW + at))
        assert await is_right(store, path, FrameQuery(until=NOW + at))


TIMES = st.integers(-2, 62)
#: Where the clock is set to, how it goes on from frame to frame, and then: nothing, a restart, or what is older goes.
STEPS = st.tuples(
    TIMES, st.lists(st.integers(-4, 6), min_size=1, max_size=15), st.one_of(st.sampled_from(["", "restart"]), TIMES)
)
QUERIES = st.builds(
    FrameQuery,
    charger_id=st.sampled_from(["", "", "CP1"]),
    since=st.one_of(st.none(), TIMES.map(lambda n: NOW + n)),
    until=st.one_of(st.none(), TIMES.map(lambda n: NOW + n)),
    before=st.one_of(st.none(), st.integers(1, 90)),
    limit=st.sampled_from([3, 1_000]),
)


@settings(max_examples=25)
@given(steps=st.lists(STEPS, min_size=2, max_size=6), queries=st.lists(QUERIES, min_size=10, max_size=20))
def test_frames_are_found_whatever_the_clock_did(
    steps: list[tuple[int, list[int], str | int]], queries: list[FrameQuery]
) -> None:
    """Across restarts and retention; no stretch stays that holds nothing."""

    async def run(path: Path) -> None:
        left = list(steps)
        while left:
            async with Store.open(path, Health()) as store:
                emit(store, EventKind.CHARGER_CONNECTED, charger("CP1", 1))
                after: str | int = ""
                while left and after != "restart":
                    start, increments, after = left.pop(0)
                    await commit(store, accumulate(increments, initial=start))
                    if isinstance(after, int):
                        await sweep(store._disk.db, Retention(1), NOW + DAY + after)
                        assert rows(path, STALE_STRETCHES) == []
                for query in () if left else queries:
                    assert await is_right(store, path, query, 1 if query.charger_id else 0), query

    with pytest.MonkeyPatch.context() as patch, tempfile.TemporaryDirectory() as folder:
        patch.setattr(frames, "MOST_IN_BLOCK", 3)
        patch.setattr(retention, "PAUSE_S", 0)
        asyncio.run(run(Path(folder) / "depot.db"))


async def test_the_newest_stretch_stays_when_its_blocks_are_gone(store: Store) -> None:
    """What comes next goes on from a time that is in no block any more, and is before what is left."""
    await commit(store, [100])
    await commit(store, [5])
    assert await sweep(store._disk.db, Retention(1), NOW + DAY + 50) == 1
    await commit(store, [60])
    for at in (60, 100):
        assert len(await store.find_frames(FrameQuery(since=NOW + at, until=NOW + at))) == 1


async def test_a_batch_that_failed_half_way_moves_no_end(
    store: Store, path: Path, health: Health, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The clock is compared with what is durable, also when a batch is tried again on a disk that was full."""
    monkeypatch.setattr(frames, "MOST_IN_BLOCK", 1)
    await commit(store, [100])
    ((pages,),) = await store._disk.db.execute_fetchall("PRAGMA page_count")
    await store._disk.db.execute_fetchall(f"PRAGMA max_page_count = {pages + 9}")
    journal(store, frame(5))
    journal(store, frame(5)._replace(raw="x" * 100_000))
    await until(lambda: health.degraded)
    await store._disk.db.execute_fetchall("PRAGMA max_page_count = 100000")
    await commit(store, [6])
    assert rows(path, "SELECT first_id FROM frame_stretches") == [(2,)]
    assert [number for number, _ in await store.find_frames(FrameQuery(since=NOW + 5))] == [4, 3, 2, 1]


async def test_blocks_of_an_older_schema_get_their_stretches(path: Path, health: Health) -> None:
    """Also times that went back within a block: it was from the first frame to the last one then."""
    blocks = [[100, 110], [120, 130, 125], [10, 20], [30, 5, 40], [131, 132], [132, 140]]
    with sqlite3.connect(path) as db:
        db.create_function("latin_1", 1, lambda data: data.decode("latin-1"))
        for step in known_migrations():
            if step.number < 13:
                db.executescript(step.sql)
        first_id = 1
        for times in blocks:
            kept = orjson.dumps([(NOW + at, 1, "in", "Heartbeat", "m", "[]", "") for at in times]).decode()
            block = (first_id, len(times), NOW + times[0], NOW + times[-1], kept)
            db.execute("INSERT INTO frame_blocks VALUES (?, ?, ?, ?, ?)", block)
            first_id += len(times)
    async with Store.open(path, health) as store:
        found = rows(path, "SELECT began_at - ?, ended_at - ? FROM frame_blocks ORDER BY first_id", NOW, NOW)
        assert found == [(min(times), max(times)) for times in blocks]
        assert rows(path, "SELECT first_id FROM frame_stretches") == [(6,), (8,)]
        await commit(store, [139])
        assert rows(path, "SELECT max(first_id) FROM frame_stretches") == [(15,)]
        for at in range(145):
            assert await is_right(store, path, FrameQuery(since=NOW + at, until=NOW + at + 3))


@pytest.mark.parametrize(
    "times", [{"since": NOW + 1_500}, {"until": NOW + 1_500}, {"since": NOW + 9, "until": NOW + 9}]
)
async def test_no_question_of_time_looks_at_all_blocks(
    store: Store, path: Path, monkeypatch: pytest.MonkeyPatch, times: dict[str, int]
) -> None:
    """Where the clock never went back: few steps of SQLite's machine, fewer than there are blocks."""
    monkeypatch.setattr(frames, "MOST_IN_BLOCK", 1)
    await commit(store, range(8_000))
    assert rows(path, "SELECT count(*), (SELECT count(*) FROM frame_stretches) FROM frame_blocks") == [(8_000, 0)]
    steps = 0

    def count() -> None:
        nonlocal steps
        steps += 10

    async with History.open(path) as history:
        await history._db.set_progress_handler(count, 10)
        assert len(await history.find_frames(FrameQuery(**times, limit=2))) > 0  # type: ignore[arg-type]
    assert 0 < steps < 4_000
