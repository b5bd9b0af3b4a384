"""One server a database: a lock file beside it that the kernel frees when the process ends."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from server.store.errors import StoreError


@contextmanager
def locked(path: Path) -> Iterator[Path]:
    """Hold the lock of the database at `path`, and make the file when it is not there (readable by its owner alone).

    Yields the absolute path. A lock on the database file itself is of no use: closing any other descriptor of it
    would drop SQLite's own.
    Raises `StoreError` when another process has it, or the place cannot be written.
    """
    path = path.absolute()
    lock_path = path.with_name(path.name + ".lock")
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = os.open(lock_path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    except OSError as error:
        raise StoreError(f"cannot write in {path.parent}: {error.strerror}. {_ADVICE}") from error
    try:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise StoreError(f"{path} is in use by another server{_owner(lock)}: attach to that one") from error
        os.ftruncate(lock, 0)
        os.write(lock, b"%d\n" % os.getpid())
        _make_file(path)
        yield path
    finally:
        os.close(lock)


_ADVICE = "Choose another file with --db, or change the owner"


def _owner(lock: int) -> str:
    pid = os.pread(lock, 20, 0).strip().decode("ascii", "replace")
    return f" (process {pid})" if pid.isdigit() else ""


def _make_file(path: Path) -> None:
    try:
        os.close(os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600))
    except OSError as error:
        raise StoreError(f"cannot write {path}: {error.strerror}. {_ADVICE}") from error
