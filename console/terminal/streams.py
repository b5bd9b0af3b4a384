"""`sys.stdout` and `sys.stderr` while UIs run."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

#: Whether each running UI owns the process's own terminal.
_running: list[bool] = []
_originals: list[TextIO] = []
_PROCESS: list[TextIO] = [sys.stdout, sys.stderr]


class SharedStream:
    """What Textual redirects a standard stream to, the same for all UIs.

    Passes text on, except while a UI owns the process's terminal: a stray print would tear its picture.
    """

    encoding = "utf-8"

    def __init__(self, original: int) -> None:
        self._original = original

    def write(self, text: str) -> int:
        if not any(_running):
            self._stream.write(text)
        return len(text)

    def flush(self) -> None:
        if not any(_running):
            self._stream.flush()

    def isatty(self) -> bool:
        return False

    def fileno(self) -> int:
        return self._stream.fileno()

    @property
    def _stream(self) -> TextIO:
        return (_originals or _PROCESS)[self._original]


STDOUT, STDERR = SharedStream(0), SharedStream(1)


@contextmanager
def shared_streams(owns_terminal: bool) -> Iterator[None]:
    """Around the run of one UI. Gives the streams back when the last one ends, in whatever order they end.

    Textual puts back what it found when it started, which is right for one UI only: the second of two that end would
    leave the stream of the first behind.
    """
    if not _running:
        _originals[:] = [sys.stdout, sys.stderr]
    _running.append(owns_terminal)
    try:
        yield
    finally:
        _running.remove(owns_terminal)
        if _running:
            sys.stdout, sys.stderr = STDOUT, STDERR
        else:
            sys.stdout, sys.stderr = _originals
            _originals.clear()
