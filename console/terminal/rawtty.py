"""Raw mode of a tty and back. Standard library only: the thin client uses it too."""

from __future__ import annotations

import contextlib
import os
import select
import termios

_IFLAG, _LFLAG, _CC = 0, 3, 6


def make_raw(fd: int) -> list[int | list[bytes | int]] | None:
    """Every key as it is pressed, unchanged and without echo; ctrl+c, ctrl+z, ctrl+s and ctrl+q are keys.

    A read never waits (VMIN 0), so a reader that is woken for nothing does not hang. Returns the attributes to give
    to `restore`, None when `fd` is no terminal (any more).
    """
    try:
        before = termios.tcgetattr(fd)
        raw = termios.tcgetattr(fd)
        raw[_IFLAG] &= ~(termios.IXON | termios.IXOFF | termios.ICRNL | termios.INLCR | termios.IGNCR)
        raw[_LFLAG] &= ~(termios.ECHO | termios.ICANON | termios.IEXTEN | termios.ISIG)
        raw[_CC][termios.VMIN] = 0
        raw[_CC][termios.VTIME] = 0
        termios.tcsetattr(fd, termios.TCSANOW, raw)
    except termios.error:
        return None
    return before


def restore(fd: int, before: list[int | list[bytes | int]] | None) -> None:
    """Undo `make_raw`; keys that nobody read are thrown away, or the shell would take them for commands."""
    if before is None:
        return
    try:
        termios.tcflush(fd, termios.TCIFLUSH)
        termios.tcsetattr(fd, termios.TCSANOW, before)
    except termios.error:
        pass


def drop_output(fd: int) -> None:
    """Throw away what the terminal has not taken: it shall get its last words, not old frames."""
    with contextlib.suppress(termios.error):
        termios.tcflush(fd, termios.TCOFLUSH)


def is_hung_up(fd: int) -> bool:
    """Whether the terminal is gone: tells an empty read of a living one (VMIN 0) from the end."""
    poll = select.poll()
    poll.register(fd, select.POLLIN)
    return any(event & (select.POLLHUP | select.POLLERR | select.POLLNVAL) for _, event in poll.poll(0))


def read_keys(fd: int, limit: int) -> bytes | None:
    """What was typed, at most `limit` bytes; None when the terminal is gone."""
    try:
        data = os.read(fd, limit)
    except (BlockingIOError, InterruptedError):
        return b""
    except OSError:
        return None
    return None if not data and is_hung_up(fd) else data


def size_of(fd: int) -> tuple[int, int]:
    """Columns and rows of the terminal; 80x24 when it does not say."""
    try:
        columns, rows = os.get_terminal_size(fd)
    except OSError:
        return 80, 24
    return columns or 80, rows or 24
