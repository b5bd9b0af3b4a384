"""Listening sockets of the door: a unix socket that cleans up after a dead server, and TCP on loopback."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import os
import socket
import stat
from pathlib import Path

from server.core.ports import CannotStart

BACKLOG = 64
LOCK_TRIES = 40  #: times 50 ms: how long another server may hold the folder while it starts


class DoorError(CannotStart):
    """The door cannot open; the text says why and what to do."""


async def listen_unix(path: Path) -> socket.socket:
    """A listening socket at `path`, mode 0660. `DoorError` when another server lives there or the place is not ours.

    What a dead server left behind is removed; anything that is not a socket is left alone. The folder is locked
    meanwhile, so that of two servers starting at once only one finds the socket dead.
    """
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as e:
        raise DoorError(f"cannot use the folder of the socket {path}: {e.strerror}") from e
    try:
        await _lock(folder, path)
        _remove_dead(path)
        return _bind(path)
    finally:
        os.close(folder)  # releases the lock


def listen_tcp(port: int) -> socket.socket:
    """A listening socket on 127.0.0.1; `port` 0 = any free one."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except (OSError, OverflowError) as e:
        sock.close()
        taken = isinstance(e, OSError) and e.errno == errno.EADDRINUSE
        why = "another program uses it; choose another with --api-port" if taken else e
        raise DoorError(f"cannot listen on port {port} of 127.0.0.1: {why}") from e
    return sock


def remove_own(path: Path, inode: int) -> None:
    """Remove our socket file at the end, unless somebody has put another in its place."""
    try:
        if path.lstat().st_ino == inode:
            path.unlink()
    except OSError:
        pass  # it is gone already, or the folder is: nothing is left to do


async def _lock(folder: int, path: Path) -> None:
    for _ in range(LOCK_TRIES):
        try:
            fcntl.flock(folder, fcntl.LOCK_EX | fcntl.LOCK_NB)
            return
        except BlockingIOError:
            await asyncio.sleep(0.05)
        except OSError:
            return  # a file system without locks: the check below still holds for all but a race
    raise DoorError(f"another program holds the folder {path.parent} locked; choose another place with --socket")


def _remove_dead(path: Path) -> None:
    try:
        mode = path.lstat().st_mode
    except FileNotFoundError:
        return
    except OSError as e:
        raise DoorError(f"cannot look at {path}: {e.strerror}") from e
    if not stat.S_ISSOCK(mode):
        raise DoorError(f"{path} exists and is not a socket; remove it or choose another place with --socket")
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.setblocking(False)
        verdict = probe.connect_ex(str(path))
    if verdict in (errno.ECONNREFUSED, errno.ENOENT):
        try:
            path.unlink(missing_ok=True)
        except OSError as e:
            raise DoorError(f"cannot remove the socket of a dead server, {path}: {e.strerror}") from e
    elif verdict in (errno.EACCES, errno.EPERM):
        raise DoorError(f"the socket {path} belongs to another user; choose another place with --socket")
    else:  # 0: it answers; EAGAIN: it lives and its queue is full
        raise DoorError(f"another server runs on {path}; attach to it, or choose another place with --socket")


def _bind(path: Path) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.bind(str(path))
        path.chmod(0o660)  # before listen(): nobody gets in under the mode of the umask
        sock.listen(BACKLOG)
        sock.setblocking(False)
    except OSError as e:
        sock.close()
        too_long = "too long" in str(e)
        why = "the path is longer than a socket's may be (107 bytes)" if too_long else e.strerror or e
        raise DoorError(f"cannot listen on {path}: {why}; choose another place with --socket") from e
    return sock
