"""Who is at the other end of a unix socket, as the kernel says."""

from __future__ import annotations

import asyncio
import os
import pwd
import socket
import struct
from typing import Literal, NamedTuple

Role = Literal["admin", "operator"]

_names: dict[int, str] = {}


class PeerCredentials(NamedTuple):
    """The process that opened the connection. `name` is its login and stands in the audit as `operator`."""

    pid: int
    uid: int
    gid: int
    name: str
    role: Role


async def credentials_of(sock: socket.socket) -> PeerCredentials:
    """Credentials of the process behind `sock`; the kernel noted them at connect, they cannot be forged.

    Our own user and root are admins; whoever else the mode of the socket lets in is there by its group: an operator.
    A login name may come from a directory service, so the look-up runs in a thread, once per user.
    """
    size = struct.calcsize("3i")
    pid, uid, gid = struct.unpack("3i", sock.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, size))
    if uid not in _names:
        _names[uid] = await asyncio.to_thread(_login_name, uid)
    role: Role = "admin" if uid in (0, os.geteuid()) else "operator"
    return PeerCredentials(pid, uid, gid, _names[uid], role)


def _login_name(uid: int) -> str:
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
