"""The writing connection: a whole batch in one transaction and one call of the database thread.

A call of aiosqlite costs a hop to its thread and back, more than the rows of a small batch. So `commit` of our
connection class writes what was staged before it commits: one hop, whatever the number of statements.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Callable
from contextlib import suppress
from itertools import chain
from pathlib import Path
from types import NoneType
from typing import Any

import aiosqlite

from server.model.status import ConnectorStatus, Registration, Severity, TagStatus, TransactionState
from server.store import frames
from server.store.batch import Batch, Row
from server.store.errors import FileGone

BUSY_TIMEOUT_S = 2.0
BE_QUICK = "PRAGMA busy_timeout = 100"  #: ms; for a server that stops: each wait for a lock comes on top of the others

#: What SQLite says when one row is impossible, not the disk: such a row fails alone.
IMPOSSIBLE_ROW = (
    sqlite3.IntegrityError,
    sqlite3.DataError,
    sqlite3.InterfaceError,
    sqlite3.ProgrammingError,
    OverflowError,
    UnicodeError,
    TypeError,
)


#: `sqlite3` takes exact int, float and str as they are. For all else it looks for an adapter, and where there is none,
#: in two more places: 0.3 us for each value, and the row of a transaction has six of them.
for _kind in (Registration, ConnectorStatus, TagStatus, TransactionState, Severity):
    sqlite3.register_adapter(_kind, str)
sqlite3.register_adapter(bool, int)
sqlite3.register_adapter(NoneType, lambda nothing: nothing)


class BatchConnection(sqlite3.Connection):
    """A connection whose `commit` first writes the batch that was staged. Lives in the thread of aiosqlite."""

    staged: Batch | None = None
    refused: list[str]  #: one line for each row of the last batch that could not be written at all
    path = ""
    is_hurried = False
    journal_end: frames.JournalEnd  #: of what is durable
    identity: tuple[int, int] | None = None  #: device and inode of the file that was opened

    def commit(self) -> None:
        batch, self.staged = self.staged, None
        if batch is None:
            super().commit()
            return
        self.refused = []
        try:
            self._write(batch, self.executemany)
        except IMPOSSIBLE_ROW:
            self._write(batch, self._one_by_one)

    def _write(self, batch: Batch, put: Callable[[str, list[Row]], object]) -> None:
        if file_identity(self.path) != self.identity:
            raise FileGone
        if self.is_hurried:
            self.execute(BE_QUICK)
        end = self.journal_end.copy()
        self.execute("BEGIN IMMEDIATE")
        try:
            for statement, rows in chain(batch.groups(), end.groups(batch.frames)):
                put(statement, rows)
            super().commit()
        except BaseException:
            with suppress(sqlite3.Error):  # a full disk has rolled back by itself
                self.rollback()
            raise
        self.journal_end = end

    def _one_by_one(self, statement: str, rows: list[Row]) -> None:
        for row in rows:
            try:
                self.execute(statement, row)
            except IMPOSSIBLE_ROW as error:  # SQLite undoes a statement that fails; the transaction goes on
                self.refused.append(f"{' '.join(statement.split()[:3])}: {error}")


class Disk:
    """The one connection that writes, and the thread it lives in."""

    def __init__(self, db: aiosqlite.Connection, connection: BatchConnection) -> None:
        self.db = db
        self._connection = connection

    @classmethod
    async def connect(cls, path: Path) -> Disk:
        """Open the file as it is; nothing is read or changed yet."""
        made: list[BatchConnection] = []

        def factory(*args: Any, **kwargs: Any) -> BatchConnection:
            made.append(BatchConnection(*args, **kwargs))
            return made[0]

        db = await aiosqlite.connect(path, factory=factory, isolation_level=None, timeout=BUSY_TIMEOUT_S)
        made[0].path = str(path)
        made[0].identity = file_identity(made[0].path)
        return cls(db, made[0])

    @property
    def path(self) -> str:
        return self._connection.path

    async def prepare(self) -> None:
        """Durable on commit: a write-ahead log that is synced with every transaction. The schema is the newest."""
        for pragma in (
            "PRAGMA journal_mode = WAL",
            "PRAGMA synchronous = FULL",
            "PRAGMA foreign_keys = OFF",
        ):
            await self.db.execute_fetchall(pragma)
        (found,) = await self.db.execute_fetchall(frames.JOURNAL_END, (frames.MOST_IN_BLOCK,))
        self._connection.journal_end = frames.JournalEnd(*found)

    async def write(self, batch: Batch) -> list[str]:
        """Make `batch` durable, all of it or nothing; one at a time.

        The answer names rows that were left out because they are impossible. Raises what SQLite says of the disk.
        """
        self._connection.staged = batch
        await self.db.commit()
        return self._connection.refused

    def hurry(self) -> None:
        """Wait no longer for a lock that another program has; what waits in the thread right now goes on to."""
        self._connection.is_hurried = True

    async def close(self) -> None:
        """Fold the journal back into the file, unless another program is at it, then close."""
        with suppress(sqlite3.Error):
            await self.db.execute_fetchall(BE_QUICK)
            await self.db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")
        await self.db.close()


def file_identity(path: str) -> tuple[int, int] | None:
    """Device and inode; None when there is no file."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
