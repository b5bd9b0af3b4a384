"""Time of a simulated charge point: a clock that can be hurried, and one timer for everything that is due."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from heapq import heappop, heappush
from itertools import count


@dataclass(frozen=True, slots=True)
class Clock:
    """Two ways to be faster than life.

    `tempo` shortens every wait (heartbeat, meter interval, reboot, back-off): tests use 10 and more.
    `speed` makes energy flow faster than the clock: a demo session lasts minutes instead of hours.
    Timestamps on the wire are always true UTC.
    """

    tempo: float = 1.0
    speed: float = 1.0

    def time(self) -> float:
        """Monotonic seconds as the charge point counts them."""
        return asyncio.get_running_loop().time() * self.tempo

    def real(self, seconds: float) -> float:
        """How long `seconds` of this clock really take."""
        return seconds / self.tempo

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(self.real(seconds))


def wall_ms() -> int:
    """True time, ms since the epoch."""
    return time.time_ns() // 1_000_000


@dataclass(slots=True)
class Schedule:
    """What is due when, by key, on a single loop timer however many keys there are.

    Putting a key again replaces its old entry. Callbacks run on the loop, are synchronous and short.
    """

    clock: Clock
    _due: dict[Hashable, tuple[int, Callable[[], None]]] = field(default_factory=dict)
    _heap: list[tuple[float, int, Hashable]] = field(default_factory=list)
    _tickets: count[int] = field(default_factory=count)
    _timer: asyncio.TimerHandle | None = None

    def after(self, key: Hashable, seconds: float, callback: Callable[[], None]) -> None:
        """Call `callback` once, `seconds` of the clock from now."""
        ticket = next(self._tickets)
        at = asyncio.get_running_loop().time() + self.clock.real(max(0.0, seconds))
        self._due[key] = (ticket, callback)
        heappush(self._heap, (at, ticket, key))
        if self._heap[0][1] == ticket:
            self._arm()

    def cancel(self, key: Hashable) -> None:
        """Forget `key`; its place in the heap is skipped when its time comes."""
        self._due.pop(key, None)

    def clear(self) -> None:
        """Forget everything and hold no timer."""
        self._due.clear()
        self._heap.clear()
        self._arm()

    def __contains__(self, key: Hashable) -> bool:
        return key in self._due

    def _arm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        if self._heap:
            self._timer = asyncio.get_running_loop().call_at(self._heap[0][0], self._fire)

    def _fire(self) -> None:
        now = asyncio.get_running_loop().time() + 1e-4
        while self._heap and self._heap[0][0] <= now:
            _, ticket, key = heappop(self._heap)
            entry = self._due.get(key)
            if entry is not None and entry[0] == ticket:
                del self._due[key]
                entry[1]()
        self._arm()
