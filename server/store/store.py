"""The store of a server: one SQLite file, from opening to closing."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from server.core.tasks import TaskOwner
from server.model.health import Health
from server.model.snapshot import Snapshot
from server.store import snapshot
from server.store.disk import Disk
from server.store.errors import StoreError, in_words
from server.store.lockfile import locked
from server.store.migrate import Migration, known_migrations, migrate
from server.store.queries import History
from server.store.recorder import Recorder
from server.store.retention import Retention, keep_tidy
from server.store.writer import Writer

__all__ = ["Retention", "Store", "StoreError"]

DRAIN_S = 2.0  #: at most, when the server stops: it must be gone in five


def wall_clock() -> int:
    return time.time_ns() // 1_000_000


class Store:
    """Implements `server.core.ports.Durability` and the history questions of `server.core.ports.Depot`."""

    def __init__(self, disk: Disk, history: History, health: Health) -> None:
        self._disk = disk
        self._writer = Writer(disk.write, health)
        self._recorder = Recorder(self._writer)
        # Bound once: no extra call on the way of every message.
        self.on_event = self._recorder.on_event
        self.frame = self._writer.journal
        self.after_commit = self._writer.after_commit
        self.find_faults = history.find_faults
        self.find_transactions = history.find_transactions
        self.find_frames = history.find_frames
        self.find_commands = history.find_commands
        self.find_command = history.find_command
        self.find_jobs = history.find_jobs
        self.find_reservations = history.find_reservations
        self.find_security_events = history.find_security_events
        self.find_certificate_requests = history.find_certificate_requests
        self.find_connections = history.find_connections

    @classmethod
    @asynccontextmanager
    async def open(
        cls,
        path: Path,
        health: Health,
        retention: Retention | None = None,
        now: Callable[[], int] = wall_clock,
        migrations: Sequence[Migration] | None = None,
    ) -> AsyncIterator[Store]:
        """Open the database at `path`, made when it is not there, for this process alone.

        Raises `StoreError` with one sentence that says what to do. On leaving everything is written and folded back
        into the one file.
        """
        tasks = TaskOwner("store")
        with locked(path) as path:
            disk = await _open_disk(path, migrations or known_migrations())
            try:
                async with History.open(path) as history:
                    store = cls(disk, history, health)
                    tasks.spawn(store._writer.run(), "writer")
                    tasks.spawn(store._writer.watch(), "watch")
                    tidy = tasks.spawn(keep_tidy(disk.db, retention or Retention(), now), "retention")
                    try:
                        yield store
                    finally:
                        tidy.cancel()
                        disk.hurry()
                        await store._writer.drain(DRAIN_S)
                        await tasks.close()
            finally:
                await disk.close()

    @property
    def is_behind(self) -> bool:
        return self._writer.is_behind

    async def load(self, day_starts_at: int) -> Snapshot:
        """The depot as it was, for the core to start with; `day_starts_at` (ms) begins the energy total of today."""
        try:
            found = await snapshot.load(self._disk.db, day_starts_at)
        except sqlite3.Error as error:
            raise StoreError(f"{self._disk.path} cannot be read: {in_words(error)}") from error
        for command in snapshot.close_unanswered(found.commands):
            self._recorder.command(command)
        return found


async def _open_disk(path: Path, migrations: Sequence[Migration]) -> Disk:
    try:
        disk = await Disk.connect(path)
    except sqlite3.Error as error:
        raise StoreError(f"{path} cannot be opened: {in_words(error)}") from error
    try:
        await migrate(disk.db, path, migrations)
        await disk.prepare()
    except sqlite3.Error as error:
        await disk.db.close()
        raise StoreError(f"{path} cannot be used: {in_words(error)}") from error
    except StoreError:
        await disk.db.close()  # as it was found: not even the journal of another program is touched
        raise
    return disk
