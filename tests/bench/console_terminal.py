"""A terminal that does nothing but read: what a command writes, byte for byte, with the moment it came."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import signal
import struct
import subprocess
import termios
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyte

ROOT = Path(__file__).parents[2]
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*u")  #: kitty's keyboard modes; it would print them in part


class NotPainted(Exception):
    """What was waited for does not come; the text shows the screen."""


class Chunk(NamedTuple):
    at: float  #: time.monotonic() when it was read
    data: bytes


class Terminal:
    """`command` on a pseudo terminal of its own, in a clean environment plus `env`. A context manager: ends with it.

    A thread reads and does nothing else, so that the measured process never waits and every chunk has its time.
    """

    def __init__(
        self,
        command: Sequence[str],
        columns: int = 160,
        lines: int = 48,
        env: dict[str, str] | None = None,
        fds: Sequence[int] = (),
    ) -> None:
        self.columns, self.lines = columns, lines
        self.chunks: list[Chunk] = []
        self._ended = False
        self._came = threading.Condition()
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            command,
            env=clean_environment() | (env or {}),
            stdin=slave,
            stdout=slave,
            stderr=slave,
            pass_fds=fds,
            start_new_session=True,
        )
        os.close(slave)
        threading.Thread(target=self._read, name="terminal", daemon=True).start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.process.terminate()
        try:
            self.process.wait(5)
        except subprocess.TimeoutExpired:
            self.process.send_signal(signal.SIGKILL)
            self.process.wait(5)
        os.close(self._master)

    def _read(self) -> None:
        with contextlib.suppress(OSError):
            while data := os.read(self._master, 65_536):
                with self._came:
                    self.chunks.append(Chunk(time.monotonic(), data))
                    self._came.notify_all()
        with self._came:
            self._ended = True
            self._came.notify_all()

    def bytes_between(self, begin: float, end: float) -> int:
        return sum(len(c.data) for c in self.chunks if begin <= c.at < end)

    def type(self, keys: bytes) -> None:
        os.write(self._master, keys)

    def press(self, key: bytes, answer: re.Pattern[bytes], timeout: float = 5.0) -> float | None:
        """Seconds from `key` to the chunk in which `answer` is complete; None when it does not come."""
        first = len(self.chunks)
        pressed = time.monotonic()
        self.type(key)
        seen = b""
        with self._came:
            while True:
                for chunk in self.chunks[first:]:
                    seen += chunk.data
                    if answer.search(seen):
                        return chunk.at - pressed
                first = len(self.chunks)
                if self._ended or not self._came.wait(timeout - (time.monotonic() - pressed)):
                    return None

    def until(self, text: bytes, timeout: float = 20.0) -> None:
        """Wait until `text` was written in one piece."""
        deadline = time.monotonic() + timeout
        with self._came:
            while text not in b"".join(c.data for c in self.chunks):
                if self._ended or not self._came.wait(deadline - time.monotonic()):
                    raise NotPainted(f"{text!r} was not painted; it shows:\n{self.screen()}")

    def first(self, seen: Callable[[str], bool]) -> float:
        """Seconds from the start until the screen was such that `seen` holds. Found afterwards, chunk by chunk."""
        screen = pyte.Screen(self.columns, self.lines)
        stream = pyte.ByteStream(screen)
        for chunk in list(self.chunks):
            stream.feed(_UNKNOWN_TO_PYTE.sub(b"", chunk.data))
            if seen("\n".join(screen.display)):
                return chunk.at - self.started
        raise NotPainted(f"this was not painted:\n{self.screen()}")

    def screen(self) -> str:
        """What it shows now."""
        screen = pyte.Screen(self.columns, self.lines)
        pyte.ByteStream(screen).feed(_UNKNOWN_TO_PYTE.sub(b"", b"".join(c.data for c in list(self.chunks))))
        return "\n".join(line.rstrip() for line in screen.display).rstrip()


def clean_environment() -> dict[str, str]:
    """The same terminal whoever starts the bench: UTF-8, true colour, no SSH."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "LOGNAME") if name in os.environ}
    terminal = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8"}
    return kept | terminal | {"PYTHONPATH": str(ROOT)}
