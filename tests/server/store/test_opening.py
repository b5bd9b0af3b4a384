"""Files that must not be opened are refused in one sentence, and left as they were."""

from __future__ import annotations

import asyncio
import logging
import os
import sqlite3
import sys
from pathlib import Path

import pytest

from server.model.event import EventKind
from server.model.health import Health
from server.store import disk
from server.store.migrate import Migration, known_migrations
from server.store.store import Store, StoreError
from tests.server.store.conftest import charger, content, emit, rows


def write(path: Path, text: bytes) -> bytes:
    path.write_bytes(text)
    return text


async def refusal(path: Path, migrations: list[Migration] | None = None) -> str:
    with pytest.raises(StoreError) as caught:
        async with Store.open(path, Health(), migrations=migrations):
            pass
    return str(caught.value)


SECOND_SERVER = """
import asyncio, sys
from pathlib import Path
from server.model.health import Health
from server.store.store import Store

async def main():
    async with Store.open(Path(sys.argv[1]), Health()):
        print("opened")

asyncio.run(main())
"""


async def test_a_second_server_is_refused(store: Store, path: Path) -> None:
    """Two servers never share one file, and the second is told who has it."""
    other = await asyncio.create_subprocess_exec(
        sys.executable, "-c", SECOND_SERVER, str(path), stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE
    )
    out, err = await asyncio.wait_for(other.communicate(), 20)
    assert out == b"" and other.returncode == 1
    assert f"in use by another server (process {os.getpid()})" in err.decode().splitlines()[-1]
    assert "in use by another server" in await refusal(path)


async def test_the_lock_is_free_again_after_closing(path: Path) -> None:
    """The next server may have the file, and no lock outlives its owner."""
    for _ in range(2):
        async with Store.open(path, Health()):
            pass


async def test_text_is_not_a_database(path: Path) -> None:
    """A file that is no database is refused and not changed by a byte."""
    before = write(path, b"meter readings of 2019\n" * 100)
    assert "is not a database: move it away" in await refusal(path)
    assert content(path) == before


async def test_another_programs_database_is_left_alone(path: Path) -> None:
    """A database without our mark is refused and not changed."""
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE songs (title)")
    db.commit()
    db.close()
    before = content(path)
    assert "is a database of another program" in await refusal(path)
    assert content(path) == before


async def test_a_newer_schema_is_refused(path: Path) -> None:
    """No downgrade: what a newer version wrote is not touched."""
    async with Store.open(path, Health()):
        pass
    db = sqlite3.connect(path)
    db.execute("PRAGMA user_version = 99")
    db.close()
    assert f"has schema 99, this version knows {NEWEST}" in await refusal(path)
    assert rows(path, "PRAGMA user_version") == [(99,)]


@pytest.mark.parametrize("place", ["/proc/nowhere/depot.db", "/dev/null/depot.db"])
async def test_a_folder_that_cannot_be_written_is_refused(place: str) -> None:
    """The sentence names the folder and what to do."""
    message = await refusal(Path(place))
    assert "cannot write in" in message and "--db" in message


async def test_a_folder_in_place_of_the_file_is_refused(path: Path) -> None:
    """A directory with the name of the database is told as such."""
    os.mkdir(path)
    assert "Is a directory" in await refusal(path)


async def test_a_locked_file_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A program that holds SQLite's own lock at start is named as the cause."""
    monkeypatch.setattr(disk, "BUSY_TIMEOUT_S", 0.05)
    async with Store.open(path, Health()):
        pass
    db = sqlite3.connect(path, isolation_level=None)
    db.execute("PRAGMA journal_mode = DELETE")
    db.execute("BEGIN EXCLUSIVE")
    assert "locked by another program: close that" in await refusal(path)
    db.close()


async def test_the_file_is_for_its_owner_alone(path: Path) -> None:
    """Id tags are personal data: nobody else on the machine may read them."""
    async with Store.open(path, Health()) as store:
        emit(store, EventKind.CHARGER_CONNECTED, charger())
        modes = {p.name: p.stat().st_mode & 0o077 for p in path.parent.iterdir()}
    assert set(modes.values()) == {0}


NEWEST = known_migrations()[-1].number
NEXT = NEWEST + 1
DEPOT = "ALTER TABLE chargers ADD COLUMN depot TEXT NOT NULL DEFAULT '';"
SECOND = Migration(NEXT, f"{DEPOT} PRAGMA user_version = {NEXT};")
BROKEN = Migration(NEXT, f"{DEPOT} CREATE TABLE chargers (x); PRAGMA user_version = {NEXT};")


async def test_a_migration_is_done_once_with_a_copy_before(path: Path) -> None:
    """The older database is copied beside itself, changed, and not changed again at the next start."""
    async with Store.open(path, Health()) as store:
        emit(store, EventKind.CHARGER_CONNECTED, charger())
    for _ in range(2):
        async with Store.open(path, Health(), migrations=[*known_migrations(), SECOND]):
            pass
    copy = path.with_name(f"depot.db.schema-{NEWEST}")
    assert copy.stat().st_mode & 0o077 == 0, "it holds the same id tags"
    assert rows(path, "SELECT charger_id, depot FROM chargers") == [("CP1", "")]
    assert rows(copy, "PRAGMA user_version") == [(NEWEST,)]
    assert rows(copy, "SELECT charger_id FROM chargers") == [("CP1",)]


async def test_a_long_migration_is_told_and_leaves_no_long_log(path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Whoever waits for a large database reads why; what was moved does not stay on the disk a second time."""
    caplog.set_level(logging.INFO, "ocpp_console.store")
    async with Store.open(path, Health()):
        assert caplog.messages == []
    fill = "CREATE TABLE big (x); INSERT INTO big SELECT randomblob(1000000) FROM json_each('[1, 2, 3]');"
    async with Store.open(path, Health(), migrations=[*known_migrations(), SECOND._replace(sql=fill + SECOND.sql)]):
        assert path.with_name("depot.db-wal").stat().st_size < 1_000_000
    assert f"schema of this version ({NEXT})" in caplog.messages[0]


async def test_without_a_copy_nothing_is_changed(path: Path) -> None:
    """A copy that cannot be made is told, the half of it does not stay on a disk that may be full."""
    async with Store.open(path, Health()):
        pass
    before = content(path)
    copy = path.with_name(f"depot.db.schema-{NEWEST}")
    copy.mkdir()
    assert "no copy of" in await refusal(path, [*known_migrations(), SECOND])
    assert content(path) == before
    assert not copy.with_name(copy.name + ".tmp").exists()


async def test_a_migration_happens_whole_or_not_at_all(path: Path) -> None:
    """F20: a step that fails half way leaves the old schema, and the next start works."""
    async with Store.open(path, Health()) as store:
        emit(store, EventKind.CHARGER_CONNECTED, charger())
    assert f"schema {NEXT} and is unchanged" in await refusal(path, [*known_migrations(), BROKEN])
    assert rows(path, "PRAGMA user_version") == [(NEWEST,)]
    assert "depot" not in str(rows(path, "SELECT sql FROM sqlite_master WHERE name = 'chargers'"))
    async with Store.open(path, Health(), migrations=[*known_migrations(), SECOND]):
        pass
    assert rows(path, "PRAGMA user_version") == [(NEXT,)]


def test_migrations_are_numbered_without_a_gap() -> None:
    """Each file's number is the schema version that its SQL sets."""
    steps = known_migrations()
    assert [s.number for s in steps] == list(range(1, len(steps) + 1))
    assert all(s.sql.rstrip().endswith(f"PRAGMA user_version = {s.number};") for s in steps)
