"""What can be wrong with the database, in words for a person."""

from __future__ import annotations

import sqlite3

from server.core.ports import CannotStart


class StoreError(CannotStart):
    """The database cannot be used, or a question to it failed. The text says what to do."""


class FileGone(sqlite3.OperationalError):
    """The file on disk is not the one that was opened. SQLite itself goes on writing into the deleted one."""


_WORDS = {
    "SQLITE_FULL": "disk is full",
    "SQLITE_BUSY": "database is locked by another program",
    "SQLITE_LOCKED": "database is locked by another program",
    "SQLITE_READONLY": "database is read-only",
    "SQLITE_PERM": "database is read-only",
    "SQLITE_CORRUPT": "database is damaged: restore a backup",
    "SQLITE_NOTADB": "database is damaged: restore a backup",
    "SQLITE_CANTOPEN": "database file cannot be opened",
    "SQLITE_INTERRUPT": "it took too long, ask for one charger or for a shorter time",
}


def in_words(error: BaseException) -> str:
    """One short sentence part for an error of SQLite or of the file below it."""
    if isinstance(error, FileGone):
        return "database file was moved or deleted"
    code = getattr(error, "sqlite_errorname", None) or ""
    base = "_".join(code.split("_")[:2])  # SQLITE_IOERR_WRITE is a kind of SQLITE_IOERR
    if base == "SQLITE_IOERR":
        return f"disk does not take writes ({code})"
    return _WORDS.get(base) or f"database: {error}"
