"""Writes to a terminal that may stop reading at any moment, without anybody waiting for it."""

from __future__ import annotations

import os
import select
import threading
from collections.abc import Callable

_CHUNK = 4096  #: small, so that `unsent` is exact while the terminal reads slowly
_CAP = 4_194_304  #: far above the largest frame; only a UI that ignores `unsent` comes near


class OutputThread(threading.Thread):
    """A byte queue and the thread that empties it into `fd`.

    A daemon: when the terminal never reads again, the process can still end. `on_empty` and `on_error` are called
    from the thread.
    """

    def __init__(self, fd: int, on_empty: Callable[[], None], on_error: Callable[[OSError], None]) -> None:
        super().__init__(name="terminal-output", daemon=True)
        self._fd = fd
        self._on_empty = on_empty
        self._on_error = on_error
        self._changed = threading.Condition()
        self._queue = bytearray()
        self._in_flight = 0
        self._closing = False

    @property
    def unsent(self) -> int:
        """Bytes that the terminal has not taken yet."""
        return len(self._queue) + self._in_flight

    def write(self, data: bytes) -> None:
        """Queue `data`; never waits. All of it is dropped when the queue is full or closing: half a sequence harms."""
        with self._changed:
            if not self._closing and self.unsent + len(data) <= _CAP:
                self._queue += data
                self._changed.notify()

    def discard(self) -> None:
        """Forget what is still queued."""
        with self._changed:
            self._queue.clear()

    def finish(self) -> None:
        """Let the thread end once everything is written. Does not wait; `join` with a timeout does."""
        with self._changed:
            self._closing = True
            self._changed.notify()

    def run(self) -> None:
        while chunk := self._take():
            try:
                self._put(chunk)
            except OSError as error:
                self.finish()
                self.discard()
                self._on_error(error)
                return

    def _take(self) -> bytes:
        """The next bytes to write; empty when there will be none."""
        with self._changed:
            self._in_flight = 0
            if not self._queue:
                self._on_empty()
            while not self._queue and not self._closing:
                self._changed.wait()
            chunk = bytes(self._queue[:_CHUNK])
            del self._queue[:_CHUNK]
            self._in_flight = len(chunk)
            return chunk

    def _put(self, chunk: bytes) -> None:
        while chunk:
            try:
                chunk = chunk[os.write(self._fd, chunk) :]
            except BlockingIOError:  # somebody who shares the terminal made it non-blocking
                select.select([], [self._fd], [], 1.0)
