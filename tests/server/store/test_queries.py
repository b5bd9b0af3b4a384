"""Questions to history: filters, order, limits, and hostile words that stay words."""

from __future__ import annotations

import sqlite3
from pathlib import Path
from typing import Any

import pytest

from server.model.command import Command, Reset
from server.model.event import EventKind
from server.model.log import FrameQuery
from server.model.status import TransactionState
from server.model.tag import IdTag
from server.store import queries
from server.store.queries import History
from server.store.store import Store, StoreError
from server.store.tables import OF_STATE, TRANSACTIONS
from tests.server.store.conftest import NOW, charger, durable, emit, fault, frame, journal, rows, transaction

HOSTILE = ("'; DROP TABLE frames; --", "\x1b]0;x\x07", "a%' OR '1'='1", "[/]", "\x00", "é" * 300, "?", ":a", "")


@pytest.fixture
async def filled(store: Store) -> Store:
    """Two chargers; ten of everything, odd ones of CP1."""
    for key, charger_id in enumerate(("CP1", "CP2"), start=1):
        emit(store, EventKind.CHARGER_CONNECTED, charger(charger_id, key))
    for n in range(1, 11):
        key = 2 - n % 2
        t, f = transaction(n, f"CP{key}"), fault(n, f"CP{key}")
        if n < 9:
            t.state, t.stopped_at, f.cleared_at = TransactionState.COMPLETED, NOW + n, NOW + n
        emit(store, EventKind.TRANSACTION_STOPPED, t)
        emit(store, EventKind.FAULT_CLEARED, f)
        emit(store, EventKind.COMMAND_CHANGED, Command(n, f"CP{key}", Reset(), "ana", NOW + n))
        journal(store, frame(n, f"CP{key}", key, "MeterValues" if n < 4 else "Heartbeat", "in" if n % 3 else "out"))
    assert await durable(store)
    return store


async def test_transactions_are_found_newest_first(filled: Store) -> None:
    """By state, charger in any spelling, and page by page."""

    async def ids(**wanted: Any) -> list[int]:
        return [t.transaction_id for t in await filled.find_transactions(**wanted)]

    assert await ids() == list(range(10, 0, -1))
    assert await ids(state="ongoing") == [10, 9]
    assert await ids(charger_id="cp1") == [9, 7, 5, 3, 1]
    assert await ids(state="completed", charger_id="CP2", limit=2) == [8, 6]
    assert await ids(before=4) == [3, 2, 1]
    assert await ids(charger_id="CP9") == await ids(state="nonsense") == []
    assert await filled.find_transactions(limit=1) == [transaction(10, "CP2")]


async def test_faults_are_found_newest_first(filled: Store) -> None:
    """All or open ones, of one charger or of all."""
    assert [f.fault_id for f in await filled.find_faults(limit=3)] == [10, 9, 8]
    assert [f.fault_id for f in await filled.find_faults(open_only=True)] == [10, 9]
    assert await filled.find_faults("CP1", open_only=True) == [fault(9)]


async def test_each_history_goes_on_from_page_to_page(filled: Store) -> None:
    """`before` is an id: what is older, of all or of one charger."""
    assert [f.fault_id for f in await filled.find_faults(before=4)] == [3, 2, 1]
    assert [f.fault_id for f in await filled.find_faults("CP1", before=4)] == [3, 1]
    assert [c.command_id for c in await filled.find_commands(before=4, limit=2)] == [3, 2]
    assert [number for number, _ in await filled.find_frames(FrameQuery(before=4))] == [3, 2, 1]
    assert [number for number, _ in await filled.find_frames(FrameQuery(charger_id="CP2", before=4))] == [2]
    assert [number for number, _ in await filled.find_frames(FrameQuery(before=1))] == []
    for find in (filled.find_jobs, filled.find_security_events, filled.find_connections):
        assert await find(before=1) == []
    for found in (filled.find_reservations, filled.find_certificate_requests):
        assert await found(until=0) == []


async def test_commands_are_found_by_charger_and_number(filled: Store) -> None:
    """One command by its id, or the newest of a charger."""
    assert [c.command_id for c in await filled.find_commands("CP2", limit=2)] == [10, 8]
    assert await filled.find_command(3) == Command(3, "CP1", Reset(), "ana", NOW + 3)
    assert await filled.find_command(99) is None


async def test_transactions_of_a_charger_are_found_in_every_block(store: Store) -> None:
    """Newest first across blocks of ids, empty ones between them included; state, page and limit count over all."""
    ids = [1, 1_023, 1_024, 1_025, 70_000, 70_002, 900_000, 2_000_000, 2_000_001]
    for n in ids:
        t = transaction(n)
        t.state = TransactionState.COMPLETED if n % 2 else TransactionState.TERMINATED
        emit(store, EventKind.TRANSACTION_STOPPED, t)
        emit(store, EventKind.TRANSACTION_STOPPED, transaction(n + 5, "CP2"))
    emit(store, EventKind.CHARGER_CONNECTED, charger())
    assert await durable(store)

    async def found(**wanted: Any) -> list[int]:
        return [t.transaction_id for t in await store.find_transactions(charger_id="CP1", **wanted)]

    assert await found() == ids[::-1]
    assert await found(limit=4) == ids[:-5:-1]
    assert await found(state="completed") == [2_000_001, 1_025, 1_023, 1]
    assert await found(before=70_001, limit=2) == [70_000, 1_025]
    assert await found(before=1) == await found(before=0) == await found(state="ghost") == []


async def test_transactions_of_a_charger_are_found_by_their_index(store: Store, path: Path) -> None:
    """Neither the whole table is read nor what is of other chargers."""
    where = queries._Where()
    where.add(queries.OF_CHARGER, "CP1")
    question = TRANSACTIONS.select + where.plus(queries.IN_BLOCKS, 0, 9).sql
    plan = rows(path, f"EXPLAIN QUERY PLAN {question}", "CP1", 0, 9)
    step = "SEARCH transactions USING INDEX transactions_by_connector (<expr>=? AND charger_id=?)"
    assert any(found[3].startswith(step) for found in plan), plan


@pytest.mark.parametrize(
    ("question", "step"),
    [
        (
            " ".join((TRANSACTIONS.select, "WHERE", OF_STATE, "ORDER BY transaction_id DESC LIMIT 5")),
            "SEARCH transactions USING INDEX transactions_by_state (state=?)",
        ),
        (
            "SELECT * FROM transactions WHERE stopped_at > 0 AND stopped_at >= ?",
            "SEARCH transactions USING INDEX transactions_by_stop (stopped_at>?)",
        ),
    ],
)
async def test_the_few_that_are_wanted_are_found_by_an_index(
    store: Store, path: Path, question: str, step: str
) -> None:
    """What is loaded at a start is not looked for in all transactions there ever were."""
    assert [found[3] for found in rows(path, f"EXPLAIN QUERY PLAN {question}", "ongoing")] == [step]


async def test_limits_are_clamped(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody gets the whole table at once, by rows or by bytes; zero and less is one."""
    emit(store, EventKind.CHARGER_CONNECTED, charger())
    for n in range(20):
        journal(store, frame(n))
    assert await durable(store)
    monkeypatch.setattr(queries, "MOST_ROWS", 15)
    assert len(await store.find_frames(FrameQuery(limit=10**9))) == 15
    assert len(await store.find_frames(FrameQuery(limit=-5))) == 1
    monkeypatch.setattr(queries, "MOST_FRAME_BYTES", 5 * len(frame().raw) - 1)
    assert len(await store.find_frames(FrameQuery())) == len(await store.find_frames(FrameQuery(charger_id="CP1"))) == 5


@pytest.mark.parametrize("word", HOSTILE)
async def test_hostile_words_stay_words(filled: Store, path: Path, word: str) -> None:
    """T11: what comes from outside is a parameter: rows equal the input, the schema is unchanged."""
    before = rows(path, "SELECT name, sql FROM sqlite_master ORDER BY name")
    hostile = charger(word or " ", 7)
    hostile.vendor = word
    emit(filled, EventKind.CHARGER_CHANGED, hostile)
    emit(filled, EventKind.TAG_CHANGED, IdTag(word, note=word))
    journal(filled, frame(50, word or " ", 7, word, "in"))
    assert await durable(filled)
    assert rows(path, "SELECT charger_id, vendor FROM chargers WHERE key = 7") == [(word or " ", word)]
    assert rows(path, "SELECT id_tag, note FROM tags") == [(word, word)]
    found = await filled.find_frames(FrameQuery(charger_id=word or " ", direction="in"))
    assert [f.action for _, f in found] == [word]
    if word not in ("", "\x00"):  # "" is any; in SQL a text ends at a NUL
        assert await filled.find_frames(FrameQuery(action=word)) == found
    assert await filled.find_transactions(state=word or "-", charger_id=word or "-") == []
    assert rows(path, "SELECT name, sql FROM sqlite_master ORDER BY name") == before


async def test_a_number_too_large_is_a_refusal_in_words(filled: Store) -> None:
    """An id over 64 bits cannot be asked for; the store says so and goes on."""
    with pytest.raises(StoreError, match="history cannot be read"):
        await filled.find_command(2**70)
    assert await filled.find_command(3) is not None


async def test_a_question_that_takes_too_long_is_cut(
    filled: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """F8: a reader does not stay: it is cut, told in words, and the next question is answered."""
    monkeypatch.setattr(queries, "READ_TIMEOUT_S", 0.2)
    endless = "WITH RECURSIVE n (x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM n) SELECT count(*) FROM n"
    async with History.open(path) as history:
        with pytest.raises(StoreError, match="it took too long, ask for one charger"):
            await history._fetch(endless + " LIMIT ?", queries._Where(), 1)
        monkeypatch.undo()
        assert len(await history.find_faults()) == 10


async def test_readers_cannot_write(filled: Store, path: Path) -> None:
    """The connection of history refuses to change anything."""
    async with History.open(path) as history:
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            await history._db.execute("DELETE FROM frame_blocks")
