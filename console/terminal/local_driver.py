"""The process's own terminal."""

from __future__ import annotations

import asyncio
import os
import signal
from typing import Any

from textual.app import App

from console.terminal import rawtty
from console.terminal.driver import TerminalDriver, log
from console.terminal.modes import leave
from console.terminal.output_thread import OutputThread

_BEHIND_BYTES = 8192
_READ_BYTES = 256  #: at most so many key events in one turn of the loop
_INPUT_FD = 0
#: Job control stops a process, and with it the server. So the terminal keeps no such power over it, even when the UI
#: has ended and the server goes on.
_JOB_CONTROL = (signal.SIGTSTP, signal.SIGTTIN, signal.SIGTTOU)


class LocalDriver(TerminalDriver):
    """Reads keys on the loop, writes through a thread that may hang for ever without anybody noticing.

    Use it on the main thread: it takes SIGWINCH and SIGCONT while it runs, and ignores the signals of job control.
    SIGHUP, SIGTERM and SIGINT belong to the command line; only a SIGHUP that nobody took is ignored, because its
    default would kill the server together with its terminal.
    """

    owns_terminal = True

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        self._output_fd = next((fd for fd in (1, 2) if os.isatty(fd)), 1)
        super().__init__(app, debug=debug, mouse=mouse, size=size or rawtty.size_of(self._output_fd))
        self._output: OutputThread | None = None
        self._before: list[int | list[bytes | int]] | None = None

    @property
    def is_behind(self) -> bool:
        return self._output is not None and self._output.unsent > _BEHIND_BYTES

    def write(self, data: str) -> None:
        if self._output is not None:
            self._output.write(data.encode(errors="replace"))

    def start_application_mode(self) -> None:
        for number in _JOB_CONTROL:
            signal.signal(number, signal.SIG_IGN)
        if signal.getsignal(signal.SIGHUP) is signal.SIG_DFL:
            signal.signal(signal.SIGHUP, signal.SIG_IGN)
        self._before = rawtty.make_raw(_INPUT_FD)
        self._output = OutputThread(
            self._output_fd,
            on_empty=lambda: self._from_thread(self._user.terminal_caught_up),
            on_error=lambda error: self._from_thread(self.lost, f"write: {error.strerror}"),
        )
        self._output.start()
        self._take_over()
        if self._before is None:
            self._loop.call_soon(self.lost, "no terminal on standard input")
            return
        self._loop.add_reader(_INPUT_FD, self._read)
        self._loop.add_signal_handler(signal.SIGWINCH, self._measure)
        self._loop.add_signal_handler(signal.SIGCONT, self._continued)

    def disable_input(self) -> None:
        if self._before is not None:
            self._loop.remove_reader(_INPUT_FD)
            self._loop.remove_signal_handler(signal.SIGWINCH)
            self._loop.remove_signal_handler(signal.SIGCONT)
        self._stop_input()

    def stop_application_mode(self) -> None:
        """Give the terminal back. When it does not read, drop the frames it has not taken: last words come first."""
        self.disable_input()
        output = self._output
        if output is None:
            return
        if self.is_behind:
            output.discard()
            rawtty.drop_output(self._output_fd)
        self.write(leave(self._user.profile.term))
        output.finish()
        rawtty.restore(_INPUT_FD, self._before)
        self._before = None

    async def drained(self, timeout: float) -> None:
        """Wait until the last words are written, at most `timeout` seconds."""
        if self._output is not None:
            await asyncio.to_thread(self._output.join, timeout)

    def _read(self) -> None:
        data = rawtty.read_keys(_INPUT_FD, _READ_BYTES)
        if data is None:
            self.disable_input()
            self.lost("end of input")
        elif data:
            self.feed(data)

    def _measure(self) -> None:
        self.resized(*rawtty.size_of(self._output_fd))

    def _continued(self) -> None:
        """Somebody stopped the process and let it go on: the shell has used the terminal meanwhile."""
        rawtty.make_raw(_INPUT_FD)
        self._take_over()
        self._measure()
        self._user.repaint()

    def _from_thread(self, callback: Any, *arguments: object) -> None:
        try:
            self._loop.call_soon_threadsafe(callback, *arguments)
        except RuntimeError:  # the loop has ended before the thread
            log.debug("the loop ended while the terminal was written")
