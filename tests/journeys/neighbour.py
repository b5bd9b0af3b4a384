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
async def neighbour(served: Served) -> AsyncIterator[Chatter]:
    """From entry to exit one more charger asks twenty times a second."""
    chatter = Chatter(served.port)
    task = asyncio.create_task(chatter.run())
    try:
        await chatter.answers(1)
        yield chatter
        assert not task.done(), "the healthy charger was cut off"
    finally:
        task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await task


async def all_is_well(chatter: Chatter, served: Served) -> None:
    """Each answer to the neighbour came within 500 ms, and nothing left a traceback on stderr."""
    await chatter.answers(1)
    assert chatter.slowest < SLOWEST_S, f"an answer took {chatter.slowest:.2f} s"
    assert "Traceback" not in served.said, served.said


@asynccontextmanager
async def undisturbed(served: Served) -> AsyncIterator[Chatter]:
    """A neighbour for one block of a test, with whom all is well at the end."""
    async with neighbour(served) as chatter:
        yield chatter
        await all_is_well(chatter, served)
