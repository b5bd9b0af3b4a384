"""One more terminal on a running server: carries bytes between this tty and the server's unix socket.

Standard library only, and little of that: it shall paint before anybody notices that a process was started. What is
painted, and what keys mean, is the server's business; this end only makes sure that the terminal is given back.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import sys
from collections.abc import Mapping

from console.terminal import rawtty, wire
from console.terminal.environment import shell_environment
from console.terminal.modes import leave

_ENVIRONMENT = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SSH_CONNECTION", "SUDO_USER")
_ENDING = (signal.SIGTERM, signal.SIGHUP, signal.SIGINT)
_RESIZING = (signal.SIGWINCH, signal.SIGCONT)
_IGNORED = (signal.SIGTSTP, signal.SIGTTOU)
_CONNECT_SECONDS = 5.0
_BACKLOG = 16_384  #: bytes the terminal has not taken above which the server is no longer listened to: it skips frames
_STEP = 4096
_LAST_WORDS_SECONDS = 0.3


def attach(path: str, *, read_only: bool = False, flags: Mapping[str, object] | None = None) -> int:
    """Show the console of the server at the unix socket `path` on this terminal until it is detached.

    `flags`: `ascii`, `no_color`, `mouse` (bool) and `rate_hz`, as in `profile.Flags`. Returns the exit code: 0
    detached, 69 no server (any more), 1 the console failed or refused, 2 no terminal. A sentence on stderr says why.
    """
    if not (os.isatty(0) and os.isatty(1)):
        return _complain(wire.EXIT_USAGE, "attach needs a terminal: standard input or output is none")
    try:
        connection = socket.socket(socket.AF_UNIX)
        connection.settimeout(_CONNECT_SECONDS)
        connection.connect(path)
    except OSError as error:
        return _complain(wire.EXIT_UNREACHABLE, f"no server answers at {path}: {error.strerror or error}")
    with connection:
        connection.setblocking(False)
        relay = _Relay(connection)
        relay.to_server += wire.MAGIC + wire.pack(wire.HELLO, _hello(read_only, flags or {}))
        code, message = relay.run()
    return _complain(code, message)


def _hello(read_only: bool, flags: Mapping[str, object]) -> bytes:
    columns, rows = rawtty.size_of(1)
    env = shell_environment()
    said = {
        "version": wire.VERSION,
        "columns": columns,
        "rows": rows,
        "env": {name: env[name] for name in _ENVIRONMENT if name in env},
        "user": env.get("SUDO_USER") or env.get("LOGNAME") or env.get("USER") or "",
        "read_only": read_only,
        "flags": dict(flags),
    }
    return json.dumps(said).encode()


def _complain(code: int, message: str) -> int:
    if message:
        print(f"ocpp-console: {message}", file=sys.stderr)
    return code


class _Relay:
    """The bytes under way between terminal and server, and the loop that moves them. No side waits for the other."""

    def __init__(self, connection: socket.socket) -> None:
        self.to_server = bytearray()
        self._to_terminal = bytearray()
        self._connection = connection
        self._unpacker = wire.Unpacker()
        self._screen = _own_description(1)
        self._signals, self._wake = os.pipe()
        self._painted = False
        self._end: tuple[int, str] | None = None

    def run(self) -> tuple[int, str]:
        """Relay until one side ends; exit code and message. The terminal is given back whatever happens."""
        self._catch_signals()
        before = rawtty.make_raw(0)
        try:
            while self._end is None:
                self._step()
            return self._end
        except OSError as error:
            return wire.EXIT_UNREACHABLE, f"the connection to the server broke: {error.strerror or error}"
        finally:
            self._give_back()
            rawtty.restore(0, before)

    def _catch_signals(self) -> None:
        """Signals arrive as bytes in a pipe, between two steps and never within one."""
        os.set_blocking(self._wake, False)
        signal.set_wakeup_fd(self._wake, warn_on_full_buffer=False)
        for number in (*_ENDING, *_RESIZING):
            signal.signal(number, lambda *_: None)
        for number in _IGNORED:
            signal.signal(number, signal.SIG_IGN)

    def _step(self) -> None:
        server, keyboard, screen = self._connection, 0, self._screen
        reads: list[int | socket.socket] = [self._signals]
        if len(self._to_terminal) < _BACKLOG:
            reads.append(server)
        if len(self.to_server) < _BACKLOG:
            reads.append(keyboard)
        writes = ([server] if self.to_server else []) + ([screen] if self._to_terminal else [])
        readable, writable, _ = select.select(reads, writes, [])
        if screen in writable:
            self._paint()
        if server in writable:
            del self.to_server[: server.send(self.to_server)]
        if server in readable:
            self._listen()
        if keyboard in readable:
            self._type()
        if self._signals in readable:
            self._obey()

    def _paint(self) -> None:
        try:
            written = os.write(self._screen, self._to_terminal[:_STEP])
        except BlockingIOError:
            return
        except OSError:
            self._end = wire.EXIT_DETACHED, ""  # the terminal is gone, nobody reads a message
            return
        del self._to_terminal[:written]

    def _listen(self) -> None:
        data = self._connection.recv(65_536)
        if not data:
            self._end = wire.EXIT_UNREACHABLE, "the server is gone"
            return
        try:
            packets = self._unpacker.feed(data)
        except wire.WireError:
            self._end = wire.EXIT_UNREACHABLE, "what answers there is not the console of an ocpp-console server"
            return
        for kind, payload in packets:
            if kind == wire.OUTPUT:
                self._to_terminal += payload
                self._painted = True
            elif kind == wire.BYE and payload:
                self._end = payload[0], payload[1:].decode(errors="replace")

    def _type(self) -> None:
        keys = rawtty.read_keys(0, _STEP)
        if keys is None:
            self._end = wire.EXIT_DETACHED, ""
        elif not self._painted and b"\x03" in keys:
            self._end = wire.EXIT_DETACHED, "given up: the server accepted the connection and then said nothing"
        elif keys:
            self.to_server += wire.pack(wire.INPUT, keys)

    def _obey(self) -> None:
        for number in os.read(self._signals, 64):
            if number in _ENDING:
                self._end = wire.EXIT_DETACHED, "detached"
            elif number in _RESIZING:
                if number == signal.SIGCONT:
                    rawtty.make_raw(0)  # the shell had the terminal meanwhile
                self.to_server += wire.pack_size(*rawtty.size_of(1))

    def _give_back(self) -> None:
        """Leave the picture. A terminal that does not read gets the last words instead of the frames before them."""
        if not self._painted:
            return
        if self._to_terminal:
            rawtty.drop_output(self._screen)
        last_words = leave(os.environ.get("TERM", "").lower()).encode()
        try:
            if select.select([], [self._screen], [], _LAST_WORDS_SECONDS)[1]:
                os.write(self._screen, last_words)
        except OSError:
            return


def _own_description(fd: int) -> int:
    """The terminal behind `fd`, opened anew: non-blocking for this process and not for the shell, which shares `fd`."""
    for by_name in (True, False):  # the name may belong to another user (su) or be unknown (containers)
        try:
            path = os.ttyname(fd) if by_name else "/dev/tty"
            return os.open(path, os.O_WRONLY | os.O_NOCTTY | os.O_NONBLOCK)
        except OSError:
            continue
    return fd
