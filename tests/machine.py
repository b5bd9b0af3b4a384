"""Time that a busy machine has kept from us: what was late because of it says nothing about the code.

with Machine() as machine:
    began = time.monotonic()
    ...
    assert time.monotonic() - began - machine.withheld(began) < 0.2
"""

from __future__ import annotations

import asyncio
import math
import threading
import time
from types import TracebackType
from typing import Self

BEAT_S = 0.01
USUAL_S = 0.02  #: who is woken no later than this was not kept waiting


class Lateness:
    """Stretches of time in which somebody who only sleeps was not woken, though it was due."""

    def __init__(self) -> None:
        self._late: list[tuple[float, float]] = []
        self._due = math.inf

    def withheld(self, since: float, until: float | None = None) -> float:
        """Seconds of them between two moments of `time.monotonic`."""
        now = time.monotonic()
        last = now if until is None else until
        stretches = [*self._late, (self._due, now)]
        return sum(max(0.0, min(b, last) - max(a, since)) for a, b in stretches if b - a > USUAL_S)

    def _sleeps(self) -> None:
        self._due = time.monotonic() + BEAT_S

    def _is_woken(self) -> None:
        due, self._due = self._due, math.inf
        now = time.monotonic()
        if now - due > USUAL_S:
            self._late.append((due, now))


class Machine(Lateness):
    """A thread that only sleeps: it is late when this process did not get to run.

    Python code that runs, or waits for something, in another thread does not make it late.
    """

    def __enter__(self) -> Self:
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._live, name="machine", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_over.set()
        self._thread.join()

    def _live(self) -> None:
        while not self._is_over.is_set():
            self._sleeps()
            time.sleep(BEAT_S)
            self._is_woken()


class OwnLoop(Lateness):
    """The running loop: it is late when the test itself kept it busy, or did not get to run."""

    async def live(self) -> None:
        """For ever."""
        while True:
            self._sleeps()
            await asyncio.sleep(BEAT_S)
            self._is_woken()
