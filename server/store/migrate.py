"""The schema, forward only: numbered SQL files, each one transaction that also records its number."""

from __future__ import annotations

import logging
import os
import sqlite3
from collections.abc import Sequence
from importlib import resources
from pathlib import Path
from typing import NamedTuple

import aiosqlite

from server.store.errors import StoreError, in_words

log = logging.getLogger("ocpp_console.store")

APPLICATION_ID = 0x4F43_5043  #: "OCPC" in the file's header: it is ours
OLDEST_SQLITE = (3, 37, 0)  #: STRICT tables


class Migration(NamedTuple):
    number: int  #: the schema's version afterwards; the SQL ends by setting it
    sql: str


def known_migrations() -> list[Migration]:
    """The migrations of this version, `0001_initial.sql` first."""
    folder = resources.files("server.store").joinpath("migrations")
    files = sorted((f for f in folder.iterdir() if f.name.endswith(".sql")), key=lambda f: f.name)
    return [Migration(int(f.name.split("_")[0]), f.read_text(encoding="utf-8")) for f in files]


async def migrate(db: aiosqlite.Connection, path: Path, known: Sequence[Migration]) -> None:
    """Bring the database to the newest schema; a copy is put beside it before an older one is changed.

    Raises `StoreError` for a file that is not ours to change: another program's, damaged, or of a newer version.
    """
    if sqlite3.sqlite_version_info < OLDEST_SQLITE:
        raise StoreError(f"SQLite {sqlite3.sqlite_version} is too old: Python needs one linked with 3.37 or newer")
    try:
        version, application, tables = await _look(db)
    except sqlite3.Error as error:
        raise StoreError(_cannot_read(path, error)) from error
    if application != APPLICATION_ID and (tables or version):
        raise StoreError(f"{path} is a database of another program: choose another file with --db")
    newest = known[-1].number
    if version > newest:
        raise StoreError(
            f"{path} has schema {version}, this version knows {newest}: "
            "start the newer version that wrote it, or choose another file with --db"
        )
    if 0 < version < newest:
        log.info("%s gets the schema of this version (%d): a large one takes minutes", path, newest)
        await _copy(db, path, version)
    await db.create_function("latin_1", 1, lambda data: data.decode("latin-1"))  # SQLite has none: migration 10
    for step in known:
        if step.number > version:
            await _apply(db, path, step)
    if version < newest:
        await db.execute_fetchall("PRAGMA wal_checkpoint(TRUNCATE)")  # else a long log stays while the server runs


async def _look(db: aiosqlite.Connection) -> tuple[int, int, int]:
    found = []
    for question in ("PRAGMA user_version", "PRAGMA application_id", "SELECT count(*) FROM sqlite_master"):
        (row,) = await db.execute_fetchall(question)
        found.append(int(row[0]))
    return found[0], found[1], found[2]


def _cannot_read(path: Path, error: sqlite3.Error) -> str:
    code = getattr(error, "sqlite_errorname", "")
    if code == "SQLITE_NOTADB":
        return f"{path} is not a database: move it away, or choose another file with --db"
    if code.startswith(("SQLITE_BUSY", "SQLITE_LOCKED")):
        return f"{path} is locked by another program: close that, or choose another file with --db"
    return f"{path} cannot be used: {in_words(error)}"


async def _copy(db: aiosqlite.Connection, path: Path, version: int) -> None:
    """Put a copy of the database as it is beside it, complete or not at all."""
    copy = path.with_name(f"{path.name}.schema-{version}")
    unfinished = copy.with_name(copy.name + ".tmp")
    try:
        unfinished.unlink(missing_ok=True)
        unfinished.touch(0o600)
        await db.execute_fetchall("VACUUM INTO ?", (str(unfinished),))
        os.replace(unfinished, copy)
    except (sqlite3.Error, OSError) as error:
        unfinished.unlink(missing_ok=True)  # the disk may be full
        raise StoreError(f"no copy of {path} could be made before changing its schema: {in_words(error)}") from error


async def _apply(db: aiosqlite.Connection, path: Path, step: Migration) -> None:
    ((secure,),) = await db.execute_fetchall("PRAGMA secure_delete")
    # What a step drops is in the copy anyway: to overwrite it with zeros would double the time and the log.
    script = f"PRAGMA secure_delete = OFF;\nBEGIN IMMEDIATE;\n{step.sql}\nCOMMIT;\nPRAGMA secure_delete = {secure};"
    try:
        await db.executescript(script)
    except sqlite3.Error as error:
        if db.in_transaction:
            await db.rollback()
        raise StoreError(
            f"{path} could not be brought to schema {step.number} and is unchanged: {in_words(error)}"
        ) from error
