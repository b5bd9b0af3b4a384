"""Standard error, written by a thread: a pager that waits, or Ctrl-S on a terminal, must not stop the server."""

from __future__ import annotations

import contextlib
import logging
import os
import queue
import select
import threading

MOST_WAITING = 1000  #: lines; above it they are dropped, and how many is told in their place
LAST_WORDS_S = 0.5  #: at most, for what still waits when the process ends


class UnhurriedHandler(logging.Handler):
    """Writes records to `fd`, whole lines in order, and never waits for whoever reads there."""

    def __init__(self, fd: int = 2) -> None:
        super().__init__()
        self._fd = fd
        self._lines: queue.Queue[str | None] = queue.Queue(MOST_WAITING)
        self._dropped = 0
        self._given_up = False
        self._thread = threading.Thread(target=self._run, name="stderr", daemon=True)
        self._thread.start()

    def emit(self, record: logging.LogRecord) -> None:
        if self._given_up:
            return
        line = self.format(record) + "\n"
        try:
            if self._dropped:
                self._lines.put_nowait(f"{self._dropped} lines are missing here: nobody read them\n")
                self._dropped = 0
            self._lines.put_nowait(line)
        except queue.Full:
            self._dropped += 1

    def give_up(self) -> None:
        """Who read there has gone for good: write nothing any more, not even what waits."""
        self._given_up = True
        with contextlib.suppress(queue.Empty):
            while True:
                self._lines.get_nowait()
        self._lines.put_nowait(None)

    def close(self) -> None:
        """Write what waits, if somebody reads it. `logging` calls this when the process ends."""
        if self._given_up:
            super().close()
            return
        try:
            self._lines.put_nowait(None)
        except queue.Full:
            return
        self._thread.join(LAST_WORDS_S)
        super().close()

    def _run(self) -> None:
        while (line := self._lines.get()) is not None and not self._given_up:
            try:
                self._put(line.encode(errors="backslashreplace"))
            except OSError:
                return  # nobody will ever read it

    def _put(self, data: bytes) -> None:
        while data and not self._given_up:
            try:
                data = data[os.write(self._fd, data) :]
            except BlockingIOError:  # somebody who shares it made it non-blocking
                select.select([], [self._fd], [], 1.0)
