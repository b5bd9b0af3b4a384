"""What happened at a charge point, and waiting for it without polling."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from enum import StrEnum
from typing import NamedTuple


class Kind(StrEnum):
    """What can happen, seen from the charge point."""

    LINE_UP = "line up"
    LINE_DOWN = "line down"
    DIAL_FAILED = "dial failed"
    BOOT_REFUSED = "boot not accepted"
    REGISTERED = "registered"
    REBOOT = "reboot"
    STATUS = "status"
    REMOTE_START = "remote start"
    SESSION_START = "session start"
    SESSION_END = "session end"
    FAULT = "fault"
    WARNING = "warning"
    CLEAR = "clear"
    JOB = "job"


class Happening(NamedTuple):
    """One thing that happened. `connector_id` 0 is the charge point as a whole."""

    at: int  #: ms since the epoch
    charger_id: str
    kind: Kind
    connector_id: int = 0
    detail: str = ""


Listener = Callable[[Happening], None]


class Watch:
    """Conditions somebody waits for, asked again whenever `changed` is called."""

    def __init__(self) -> None:
        self._waiting: list[tuple[Callable[[], object], asyncio.Future[None]]] = []

    def changed(self) -> None:
        """Something may be different now; costs nothing while nobody waits."""
        for condition, future in self._waiting:
            if not future.done() and condition():
                future.set_result(None)

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Return once `condition()` is true; `TimeoutError` after `timeout` real seconds."""
        if condition():
            return
        waiter = (condition, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        try:
            async with asyncio.timeout(timeout):
                await waiter[1]
        finally:
            self._waiting.remove(waiter)
