"""A healthy charger next door: whatever happens to others, it is answered in time."""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from tests.journeys.product import Served
from tests.machine import OwnLoop
from tests.raw_client import RawClient

SLOWEST_S = 0.5


class Chatter:
    """A charger that asks twenty times a second and notes how long each answer takes.

    Time in which an answer had to wait for the test that reads it is none of the server's.
    """

    def __init__(self, port: int) -> None:
        self._port = port
        self.slowest = 0.0
        self.answered = 0
        self._came = asyncio.Event()

    async def run(self) -> None:
        own = OwnLoop()
        async with await RawClient.connect(self._port, "/ocpp/CHATTER") as client, asyncio.TaskGroup() as group:
            await client.boot()
            group.create_task(own.live())
            while True:
                asked = time.monotonic()
                client.send([2, f"m{self.answered}", "Heartbeat", {}])
                while (told := await client.receive(timeout=10))[0] == 2:
                    client.send([4, told[1], "NotSupported", "", {}])
                assert told[:2] == [3, f"m{self.answered}"], told
                answered = time.monotonic()
                self.slowest = max(self.slowest, answered - asked - own.withheld(asked, answered))
                self.answered += 1
                self._came.set()
                await asyncio.sleep(0.05)

    async def answers(self, more: int) -> None:
        """Return once `more` further answers have come."""
        wanted = self.answered + more
        async with asyncio.timeout(30):
            while self.answered < wanted:
                self._came.clear()
                await self._came.wait()


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
