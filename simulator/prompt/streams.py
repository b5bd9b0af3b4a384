"""Standard input and output that never hold the charge point up: a pipe that is slow, full or closed costs it nothing.

Both ends have a thread of their own and a bounded buffer: what is typed waits in the pipe until it is wanted; what
nobody reads is given up, newest first, and counted.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import threading
from collections import deque
from collections.abc import AsyncIterator, Callable, Iterator

MAX_LINE = 64 * 1024  #: bytes of one line of input; the rest of a longer one is thrown away
MAX_WAITING = 20_000  #: lines of output that wait for a reader
_CHUNK = 64 * 1024


class Lines:
    """Lines of a file descriptor, as text without their end. Iterate it once; it ends with the input."""

    def __init__(self, descriptor: int = 0) -> None:
        self._descriptor = descriptor
        self._queue: asyncio.Queue[str | None] = asyncio.Queue()  # never more than one: see `_taken`
        self._taken = threading.Semaphore(1)

    async def __aiter__(self) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, args=(loop,), name="input", daemon=True).start()
        while (line := await self._queue.get()) is not None:
            self._taken.release()
            yield line

    def _read(self, loop: asyncio.AbstractEventLoop) -> None:
        """Until the input or the loop has ended. Not by `sys.stdin`: its lock would be held at the end."""

        def put(line: str | None) -> None:
            self._taken.acquire()
            loop.call_soon_threadsafe(self._queue.put_nowait, line)

        with contextlib.suppress(RuntimeError):  # the loop has ended
            with contextlib.suppress(OSError):  # the terminal has gone
                os.set_blocking(self._descriptor, True)
                for line in _split(lambda: os.read(self._descriptor, _CHUNK)):
                    put(line)
            put(None)


def _split(read: Callable[[], bytes]) -> Iterator[str]:
    """Lines of what `read` brings until it brings nothing; a last one without an end counts too."""
    line, is_cut = b"", False
    while chunk := read():
        *ended, rest = chunk.split(b"\n")
        for one in ended:
            if not is_cut:
                yield _text(line + one)
            line, is_cut = b"", False
        line += b"" if is_cut else rest
        if len(line) > MAX_LINE:
            yield _text(line)
            line, is_cut = b"", True
    if line:
        yield _text(line)


def _text(line: bytes) -> str:
    return line[:MAX_LINE].decode(errors="replace").rstrip("\r")


class Writer:
    """Lines to a file descriptor. `gone` is set when nobody can read them any more."""

    def __init__(self, descriptor: int = 1) -> None:
        self.gone = asyncio.Event()
        self.dropped = 0  #: lines that nobody took in time
        self._descriptor = descriptor
        self._loop = asyncio.get_running_loop()
        self._waiting: deque[bytes] = deque()
        self._changed = threading.Condition()
        self._closing = False
        self._thread = threading.Thread(target=self._write, name="output", daemon=True)
        self._thread.start()

    def put(self, text: str) -> bool:
        """Write `text` as it is, some time soon; False when it had to be given up."""
        with self._changed:
            if self._closing or len(self._waiting) >= MAX_WAITING:
                self.dropped += 1
                return False
            self._waiting.append(text.encode(errors="replace"))
            self._changed.notify()
        return True

    async def close(self, timeout: float = 2.0) -> None:
        """Write what waits, for at most `timeout` seconds."""
        with self._changed:
            self._closing = True
            self._changed.notify()
        await asyncio.to_thread(self._thread.join, timeout)

    def _write(self) -> None:
        try:
            while (block := self._next()) is not None:
                view = memoryview(block)
                while view:
                    view = view[os.write(self._descriptor, view) :]
        except OSError:  # EPIPE: the reader has gone; EIO: the terminal has
            with self._changed:
                self._closing = True
            with contextlib.suppress(RuntimeError):
                self._loop.call_soon_threadsafe(self.gone.set)

    def _next(self) -> bytes | None:
        """All that waits, as one block; None at the end."""
        with self._changed:
            while not self._waiting and not self._closing:
                self._changed.wait()
            block = b"".join(self._waiting)
            self._waiting.clear()
            return block or None
