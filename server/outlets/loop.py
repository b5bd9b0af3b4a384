"""What asyncio would complain of again and again with a traceback, told once."""

from __future__ import annotations

import asyncio
import errno
import logging
from typing import Any

log = logging.getLogger("ocpp_console.loop")

QUIET_S = 60.0  #: after a complaint that connections cannot be accepted
_NOTHING_LEFT = frozenset({errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM})


class LoopTrouble:
    """An exception handler for the event loop."""

    def __init__(self) -> None:
        self._told_at = float("-inf")

    def __call__(self, loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
        if "_start_serving" in context.get("message", ""):
            return  # its second try to accept, after the server has stopped
        error = context.get("exception")
        if not (isinstance(error, OSError) and error.errno in _NOTHING_LEFT and "socket" in context):
            loop.default_exception_handler(context)
            return
        # A thousand of these come in a second: asyncio tries as often as the backlog is long.
        if loop.time() - self._told_at > QUIET_S:
            self._told_at = loop.time()
            what = "no file descriptor is" if error.errno in (errno.EMFILE, errno.ENFILE) else "no memory is"
            log.error("%s left for new connections: they wait until others go; raise `ulimit -n`", what)
