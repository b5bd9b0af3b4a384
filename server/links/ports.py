"""Opens a port for chargers: what `websockets` is told for all of them, and in words why a port cannot be had."""

from __future__ import annotations

import errno
import logging
import socket
from typing import Any

from websockets.asyncio.server import Server, serve

from server.core.ports import CannotStart

BACKLOG = 1024

#: What `websockets` would log is told in our own words, once.
_silent = logging.getLogger("ocpp_console.websockets")
_silent.disabled = True


class ListenError(CannotStart):
    """The port cannot be opened; the text says which and what to do."""


async def open_port(host: str, port: int, option: str, handler: Any, **how: Any) -> Server:
    """Listen on `port` (0 = any free one) of `host` ("" = all); `ListenError` names the `option` to change.

    `handler` and `how` are those of `websockets.serve`; it has no compression, no pings and no log of its own.
    """
    try:
        return await serve(
            handler,
            host or None,
            port,
            compression=None,
            ping_interval=None,
            server_header=None,
            logger=_silent,
            backlog=BACKLOG,
            **how,
        )
    except (OSError, OverflowError) as failure:
        raise ListenError(_why_not(host, port, option, failure)) from None


def number_of(server: Server) -> int:
    """The port that was opened."""
    return int(next(iter(server.sockets)).getsockname()[1])


def _why_not(host: str, port: int, option: str, failure: Exception) -> str:
    where = f"{host or '*'}:{port}"
    match getattr(failure, "errno", None):
        case errno.EADDRINUSE:
            return f"port {port} is taken: stop the program that uses it, or choose another with {option}"
        case errno.EACCES:
            return f"not allowed to open {where}: choose a port above 1023 with {option}"
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {host}: choose another with --host"
    if isinstance(failure, socket.gaierror):
        return f"{host} is no address of this machine: choose another with --host"
    return f"cannot listen on {where}: {failure}"
