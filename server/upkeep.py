"""What goes on by itself while a site is open: rules that only time decides, and how late the loop is."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

from server.core.core import Core
from server.core.tasks import TaskOwner
from server.model.health import Health

REVIEW_S = 15.0  #: between two looks at what only time tells
LAG_PROBE_S = 0.05
LAG_WINDOW_S = 5.0

#: For tracebacks of our own bugs.
log = logging.getLogger(__name__)


@asynccontextmanager
async def upkeep(core: Core, health: Health, now: Callable[[], int]) -> AsyncIterator[None]:
    """While it is open, `core` is reviewed and `health` tells the lag of the loop. `now` in ms."""
    owner = TaskOwner("site")
    owner.spawn(_watch_lag(health), "loop lag")
    owner.spawn(_review(core, now), "review")
    try:
        yield
    finally:
        await owner.close()


async def _review(core: Core, now: Callable[[], int]) -> None:
    while True:
        await asyncio.sleep(REVIEW_S)
        try:
            core.review(now())
        except Exception as failure:  # a bug here must not end what comes after it
            log.error("a review of the depot failed", exc_info=failure)


async def _watch_lag(health: Health) -> None:
    """Keep `health.loop_lag_ms`: the longest delay of this loop in the last seconds."""
    loop = asyncio.get_running_loop()
    worst, older, window_ends = 0.0, 0.0, loop.time() + LAG_WINDOW_S
    while True:
        due = loop.time() + LAG_PROBE_S
        await asyncio.sleep(LAG_PROBE_S)
        worst = max(worst, (loop.time() - due) * 1000)
        health.loop_lag_ms = max(worst, older)
        if loop.time() >= window_ends:
            worst, older, window_ends = 0.0, worst, loop.time() + LAG_WINDOW_S
