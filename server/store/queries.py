"""History: read-only questions on a connection of their own. The live view never comes here."""

from __future__ import annotations

import asyncio
import math
import sqlite3
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import aiosqlite

from server.model.certificate import CertificateRequest
from server.model.command import Command
from server.model.connection import ConnectionAttempt
from server.model.fault import Fault
from server.model.job import Job
from server.model.log import Frame, FrameQuery
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.status import TransactionState
from server.model.transaction import Transaction
from server.store.access import CONNECTIONS
from server.store.commands import SELECT_COMMANDS, commands
from server.store.errors import StoreError, in_words
from server.store.frame_search import find_frames
from server.store.jobs import CERTIFICATE_REQUESTS, JOBS, SELECT_SECURITY_EVENTS, security_events
from server.store.learned import RESERVATIONS
from server.store.tables import FAULTS, OF_STATE, TRANSACTIONS

MOST_ROWS = 1_000
MOST_FRAME_BYTES = 2_200_000  #: of raw text in one answer: what the API gives at once, and a frame beyond it
READ_TIMEOUT_S = 5.0  #: a reader that stays longer keeps the journal from being folded back
STEPS_BETWEEN_LOOKS = 20_000  #: of SQLite's machine, about 2 ms

#: The charger by any spelling of its id (WS-13), looked up once a query.
OF_CHARGER = "charger_id = (SELECT c.charger_id FROM chargers AS c WHERE c.charger_id = ? COLLATE NOCASE LIMIT 1)"

#: Transactions of one charger are looked for in blocks of ids, as their index has them.
BLOCK_BITS = 10
MOST_BLOCKS = 64  #: in one question, which sorts what it finds in them
IN_BLOCKS = """
rowid >> 10 IN (
    WITH RECURSIVE blocks (block) AS (VALUES (?) UNION ALL SELECT block + 1 FROM blocks WHERE block < ?)
    SELECT block FROM blocks
)
"""

TRANSACTION_IDS = "SELECT (SELECT min(rowid) FROM transactions), (SELECT max(rowid) FROM transactions)"


class History:
    """Answers of at most `MOST_ROWS` rows, newest first; `before` is an id: older ones only.

    Raises `StoreError` when the disk or the time says no.
    """

    def __init__(self, db: aiosqlite.Connection) -> None:
        self._db = db
        self._one_at_a_time = asyncio.Lock()  # so that the time of one does not run while another works
        self._deadline = math.inf

    @classmethod
    @asynccontextmanager
    async def open(cls, path: Path) -> AsyncIterator[History]:
        """A connection that cannot change anything, and that SQLite itself cuts when a question takes too long."""
        async with aiosqlite.connect(path, isolation_level=None) as db:
            history = cls(db)
            await db.execute_fetchall("PRAGMA query_only = ON")
            await db.set_progress_handler(history._is_too_long, STEPS_BETWEEN_LOOKS)
            yield history

    def _is_too_long(self) -> bool:
        """Asked by SQLite in its thread while it works; True ends the question."""
        return time.monotonic() > self._deadline

    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        where = _Where.of_charger(charger_id)
        if before is not None:
            where.add("fault_id < ?", before)
        if open_only:
            where.add("cleared_at = 0")
        rows = await self._fetch(FAULTS.select + where.sql + " ORDER BY fault_id DESC LIMIT ?", where, limit)
        return FAULTS.objects(rows)

    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        """`before` is a transaction id. Energy of an open one is that of its start: the live state knows more."""
        where = _Where()
        if state:
            where.add("state = ?" if state == TransactionState.COMPLETED else OF_STATE, state)
        if before is not None:
            where.add("transaction_id < ?", before)
        newest_first = " ORDER BY transaction_id DESC LIMIT ?"
        if not charger_id:
            return TRANSACTIONS.objects(await self._fetch(TRANSACTIONS.select + where.sql + newest_first, where, limit))
        where.add(OF_CHARGER, charger_id)
        rows: list[Any] = []
        limit = _clamped(limit)
        async with self._asking():
            (ids,) = await self._db.execute_fetchall(TRANSACTION_IDS)
            oldest, newest = ids[0] or 0, ids[1] or 0
            for span in _blocks(oldest, newest if before is None else min(newest, before)):
                part = where.plus(IN_BLOCKS, *span)
                question = TRANSACTIONS.select + part.sql + newest_first
                rows += await self._db.execute_fetchall(question, (*part.params, limit - len(rows)))
                if len(rows) == limit:
                    break
        return TRANSACTIONS.objects(rows)

    async def find_commands(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Command]:
        where = _Where.of_charger(charger_id)
        if before is not None:
            where.add("command_id < ?", before)
        rows = await self._fetch(SELECT_COMMANDS + where.sql + " ORDER BY command_id DESC LIMIT ?", where, limit)
        return list(commands(rows))

    async def find_connections(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[ConnectionAttempt]:
        """Also of ids that no charger of ours has."""
        where = _Where()
        if charger_id:
            where.add("charger_id = ? COLLATE NOCASE", charger_id)
        if before is not None:
            where.add("attempt_id < ?", before)
        return CONNECTIONS.objects(
            await self._fetch(CONNECTIONS.select + where.sql + " ORDER BY attempt_id DESC LIMIT ?", where, limit)
        )

    async def find_command(self, command_id: int) -> Command | None:
        where = _Where()
        where.add("command_id = ?", command_id)
        rows = await self._fetch(SELECT_COMMANDS + where.sql + " LIMIT ?", where, 1)
        return next(commands(rows), None)

    async def find_jobs(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Job]:
        where = _Where.of_charger(charger_id)
        if before is not None:
            where.add("job_id < ?", before)
        return JOBS.objects(await self._fetch(JOBS.select + where.sql + " ORDER BY job_id DESC LIMIT ?", where, limit))

    async def find_reservations(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[Reservation]:
        """`until`: made then or earlier, ms."""
        where = _Where.of_charger(charger_id)
        if until is not None:
            where.add("made_at <= ?", until)
        question = RESERVATIONS.select + where.sql + " ORDER BY made_at DESC, reservation_id DESC LIMIT ?"
        return RESERVATIONS.objects(await self._fetch(question, where, limit))

    async def find_security_events(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[tuple[int, SecurityEvent]]:
        """(event id, event)"""
        where = _Where.of_charger(charger_id)
        if before is not None:
            where.add("event_id < ?", before)
        question = SELECT_SECURITY_EVENTS + where.sql + " ORDER BY event_id DESC LIMIT ?"
        return security_events(await self._fetch(question, where, limit))

    async def find_certificate_requests(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[CertificateRequest]:
        """`until`: asked then or earlier, ms."""
        where = _Where.of_charger(charger_id)
        if until is not None:
            where.add("at <= ?", until)
        question = CERTIFICATE_REQUESTS.select + where.sql + " ORDER BY at DESC LIMIT ?"
        return CERTIFICATE_REQUESTS.objects(await self._fetch(question, where, limit))

    async def find_frames(self, wanted: FrameQuery) -> list[tuple[int, Frame]]:
        """(frame id, frame), newest first; fewer than the limit when they are very large together."""
        wanted = replace(wanted, limit=_clamped(wanted.limit))
        async with self._asking():
            return await find_frames(self._db, wanted, MOST_FRAME_BYTES)

    async def _fetch(self, question: str, where: _Where, limit: int) -> list[Any]:
        async with self._asking():
            return list(await self._db.execute_fetchall(question, (*where.params, _clamped(limit))))

    @asynccontextmanager
    async def _asking(self) -> AsyncIterator[None]:
        async with self._one_at_a_time:
            self._deadline = time.monotonic() + READ_TIMEOUT_S
            try:
                yield
            except (sqlite3.Error, OverflowError) as error:
                raise StoreError(f"history cannot be read: {in_words(error)}") from error
            finally:
                self._deadline = math.inf


class _Where:
    """Conditions that are all constants of this file; what comes from outside goes into `params`."""

    def __init__(self) -> None:
        self._conditions: list[str] = []
        self.params: list[str | int] = []

    @classmethod
    def of_charger(cls, charger_id: str) -> _Where:
        """Of one charger; "" = of all."""
        where = cls()
        if charger_id:
            where.add(OF_CHARGER, charger_id)
        return where

    def add(self, condition: str, *params: str | int) -> None:
        self._conditions.append(condition)
        self.params += params

    def plus(self, condition: str, *params: str | int) -> _Where:
        """A copy with one more condition."""
        more = _Where()
        more._conditions = [*self._conditions, condition]
        more.params = [*self.params, *params]
        return more

    @property
    def sql(self) -> str:
        return " WHERE " + " AND ".join(self._conditions) if self._conditions else ""


def _blocks(oldest: int, newest: int) -> Iterator[tuple[int, int]]:
    """Spans of blocks that hold these ids, the newest first, and a short one first: most questions end there."""
    first, last, size = oldest >> BLOCK_BITS, newest >> BLOCK_BITS, 1
    while last >= first:
        low = max(first, last - size + 1)
        yield low, last
        last = low - 1
        size = min(2 * size, MOST_BLOCKS)


def _clamped(limit: int) -> int:
    return max(1, min(limit, MOST_ROWS))
