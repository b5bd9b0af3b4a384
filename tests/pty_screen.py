"""A command in a real pseudo terminal, and the screen a person would see: for every test that needs the whole way.

    async with PtyScreen([sys.executable, "-m", "console.cli", "demo"], columns=160, lines=48) as screen:
        await screen.until("CP-0001")
        screen.send("j")
        await screen.until(lambda s: s.cell(3, 5).reverse)

The terminal is read on the running loop; `freeze` stops reading, as a sleeping laptop does, and `close` hangs up.
"""

from __future__ import annotations

import asyncio
import fcntl
import os
import re
import signal
import struct
import termios
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import NamedTuple, Self

import pyte

ROOT = Path(__file__).parents[1]
WAIT_S = 10.0  #: for what is sure to come, on the busiest of machines
_READ = 16_384
_ALTERNATE_SCREEN = 1049 << 5  #: how pyte notes a private mode
#: Sequences that pyte would print in part: kitty keyboard modes.
_UNKNOWN_TO_PYTE = re.compile(rb"\x1b\[[<>=][0-9;]*u")
_CUT_SHORT = re.compile(rb"\x1b(\[([<>=][0-9;]*)?)?\Z")  #: perhaps the first half of one

Seen = str | Callable[["PtyScreen"], bool]


class Cell(NamedTuple):
    """One character cell. Colours as pyte names them: "default", "red", "brightred", or "d55e00"."""

    char: str
    fg: str
    bg: str
    bold: bool
    reverse: bool
    underline: bool


class PtyScreen:
    """One command on one terminal of its own. An async context manager: on leaving, the command is gone.

    `env` is added to a clean one (PATH, HOME, a UTF-8 locale, TERM=xterm-256color); a value of None takes one out.
    The child finds the packages of this repository.
    """

    def __init__(
        self, command: Sequence[str], columns: int = 80, lines: int = 24, env: Mapping[str, str | None] | None = None
    ) -> None:
        self.command = list(command)
        self.screen = pyte.Screen(columns, lines)
        self.raw = bytearray()  #: everything the command has written
        self.master = -1
        self.pid = 0
        self._env = {
            name: value for name, value in {**_clean_environment(), **(env or {})}.items() if value is not None
        }
        self._stream = pyte.ByteStream(self.screen)
        self._pending = b""
        self._painted = asyncio.Event()
        self._is_reading = False

    # life

    async def __aenter__(self) -> Self:
        self._loop = asyncio.get_running_loop()
        self._exit_code: asyncio.Future[int] = self._loop.create_future()
        self.master, slave = os.openpty()
        self._set_size(self.screen.columns, self.screen.lines)
        path = os.ttyname(slave)
        # A new session that opens a terminal gets it as its controlling one: signals of the terminal arrive.
        opened = [(os.POSIX_SPAWN_OPEN, fd, path, os.O_RDWR, 0) for fd in (0, 1, 2)]
        default = [signal.SIGHUP, signal.SIGTSTP, signal.SIGPIPE, signal.SIGINT, signal.SIGTTIN, signal.SIGTTOU]
        self.pid = os.posix_spawnp(  # noqa: ASYNC221 - returns as soon as the command has started
            self.command[0], self.command, self._env, file_actions=opened, setsid=True, setsigdef=default
        )
        os.close(slave)
        os.set_blocking(self.master, False)
        threading.Thread(target=self._reap, name=f"reap {self.pid}", daemon=True).start()
        self.thaw()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self._exit_code.done():
            self.kill(signal.SIGKILL)
            await self._exit_code
        self.close()

    def kill(self, number: signal.Signals) -> None:
        os.kill(self.pid, number)

    async def wait_exit(self, timeout: float = WAIT_S) -> int:
        """The exit code, or minus the signal that ended it. What the command wrote last has been read by then."""
        try:
            async with asyncio.timeout(timeout):
                code = await asyncio.shield(self._exit_code)
                while self._is_reading:  # until the end of file: the terminal hands over its buffer a little later
                    self._painted.clear()
                    await self._painted.wait()
                return code
        except TimeoutError:
            raise AssertionError(f"{self.command} still runs after {timeout} s\n{self.dump()}") from None

    @property
    def is_running(self) -> bool:
        return not self._exit_code.done()

    # what a person does

    def send(self, keys: str | bytes) -> None:
        """Type."""
        os.write(self.master, keys.encode() if isinstance(keys, str) else keys)

    def resize(self, columns: int, lines: int) -> None:
        """Change the size of the window; the command gets SIGWINCH."""
        self.screen.resize(lines, columns)
        self._set_size(columns, lines)

    def freeze(self) -> None:
        """Stop reading: the terminal takes nothing more than its small buffer."""
        if self._is_reading:
            self._loop.remove_reader(self.master)
            self._is_reading = False

    def thaw(self) -> None:
        """Go on reading."""
        if not self._is_reading and self.master >= 0:
            self._loop.add_reader(self.master, self._read)
            self._is_reading = True

    def close(self) -> None:
        """Close the window: the command gets SIGHUP, and end of file or EIO ever after."""
        self.freeze()
        if self.master >= 0:
            os.close(self.master)
            self.master = -1

    # what a person sees

    @property
    def text(self) -> str:
        """The whole screen, lines without trailing blanks."""
        return "\n".join(line.rstrip() for line in self.screen.display)

    def line(self, number: int) -> str:
        """One line, counted from 0."""
        return self.screen.display[number].rstrip()

    def cell(self, column: int, line: int) -> Cell:
        found = self.screen.buffer[line][column]
        return Cell(found.data, found.fg, found.bg, found.bold, found.reverse, found.underscore)

    def find(self, text: str) -> tuple[int, int] | None:
        """Column and line where `text` is shown first."""
        for number, line in enumerate(self.screen.display):
            if (column := line.find(text)) >= 0:
                return column, number
        return None

    @property
    def is_alternate(self) -> bool:
        """Whether the command has the screen to itself, or has given it back."""
        return _ALTERNATE_SCREEN in self.screen.mode

    @property
    def is_raw(self) -> bool:
        """Whether the terminal is in raw mode: keys are not echoed."""
        return not termios.tcgetattr(self.master)[3] & termios.ECHO

    async def until_all(self, *texts: str, timeout: float = WAIT_S) -> None:
        """Wait until all of `texts` are on the screen at the same time: one picture may arrive in several reads."""
        await self.until(lambda s: all(text in s.text for text in texts), timeout)

    async def until(self, seen: Seen, timeout: float = WAIT_S) -> None:
        """Wait until `seen` is on the screen: a text, or a condition. `AssertionError` with the screen if it is not."""
        condition: Callable[[PtyScreen], bool] = (lambda s: seen in s.text) if isinstance(seen, str) else seen
        try:
            async with asyncio.timeout(timeout):
                while not condition(self):
                    self._painted.clear()
                    await self._painted.wait()
        except TimeoutError:
            raise AssertionError(f"not seen within {timeout} s: {seen!r}\n{self.dump()}") from None

    def dump(self) -> str:
        """The screen with a frame, for messages."""
        edge = "+" + "-" * self.screen.columns + "+"
        return "\n".join([edge, *(f"|{line}|" for line in self.screen.display), edge])

    # inside

    def _read(self) -> None:
        try:
            data = os.read(self.master, _READ)
        except BlockingIOError:
            return
        except OSError:
            data = b""
        if data:
            self.raw += data
            self._feed(data)
        else:
            self.freeze()  # nobody has the other end open any more
        self._painted.set()

    def _feed(self, data: bytes) -> None:
        data = self._pending + data
        cut = _CUT_SHORT.search(data)
        self._pending = cut[0] if cut else b""
        self._stream.feed(_UNKNOWN_TO_PYTE.sub(b"", data[: len(data) - len(self._pending)]))

    def _set_size(self, columns: int, lines: int) -> None:
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", lines, columns, 0, 0))

    def _reap(self) -> None:
        _, status = os.waitpid(self.pid, 0)
        self._loop.call_soon_threadsafe(self._ended, os.waitstatus_to_exitcode(status))

    def _ended(self, code: int) -> None:
        self._exit_code.set_result(code)
        self._painted.set()


def _clean_environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "TMPDIR", "USER", "LOGNAME") if name in os.environ}
    return {**kept, "TERM": "xterm-256color", "LANG": "C.UTF-8", "PYTHONPATH": str(ROOT), "PYTHONUNBUFFERED": "1"}
