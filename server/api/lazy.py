"""Large libraries, loaded with the first request that needs them, beside a running loop."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import sys
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from server.core.tasks import TaskOwner

SWITCH_S = 0.0002  #: see `undisturbed_loop`

T = TypeVar("T")


class Lazy(Generic[T]):
    """`load` runs once, in a thread, and must touch nothing of the live state."""

    def __init__(self, tasks: TaskOwner, load: Callable[[], T]) -> None:
        self._tasks = tasks
        self._load = load
        self._task: asyncio.Task[T] | None = None

    async def get(self) -> T:
        """What was loaded; a failed load is tried again by the next who asks."""
        if self._task is None or (self._task.done() and self._task.exception() is not None):
            self._task = self._tasks.spawn(asyncio.to_thread(self._loaded), "load")
        return await asyncio.shield(self._task)

    @property
    def at_hand(self) -> T | None:
        """None when nobody has asked yet, or the load has failed."""
        task = self._task
        if task is None or not task.done() or task.cancelled() or task.exception() is not None:
            return None
        return task.result()

    def _loaded(self) -> T:
        with undisturbed_loop():
            return self._load()


@contextlib.contextmanager
def undisturbed_loop() -> Iterator[None]:
    """Import a lot in a thread beside a running loop.

    With Python's usual 5 ms between two thread switches the loop would wait that long again and again (10 ms at worst,
    2 ms so). A full garbage collection would stop it for 15 ms and more: none meanwhile, and what the libraries brought
    stays for good, so that no later one has to look at it.
    """
    switch_s, collects = sys.getswitchinterval(), gc.isenabled()
    sys.setswitchinterval(SWITCH_S)
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        if collects:
            gc.enable()
        sys.setswitchinterval(switch_s)
