"""A healthy charger next door: whatever happens to others, it is answered in time."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.journeys.product import Served
from tests.journeys.test_terminals import Chatter

SLOWEST_S = 0.5


@asynccontextmanager
async def undisturbed(served: Served) -> AsyncIterator[Chatter]:
    """From entry to exit one more charger asks twenty times a second; each answer comes within 500 ms.

    Nothing that happens meanwhile may leave a traceback on stderr.
    """
    chatter = Chatter(served.port)
    task = asyncio.create_task(chatter.run())
    try:
        await chatter.answers(2)
        yield chatter
        await chatter.answers(2)
        assert not task.done(), "the healthy charger was cut off"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task
    assert chatter.slowest < SLOWEST_S, f"an answer took {chatter.slowest:.2f} s"
    assert "Traceback" not in served.said, served.said
