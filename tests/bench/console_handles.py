"""How long each turn of the event loop takes, and whose it was.

`python -m tests.bench.console_handles REPORT serve --port 0 ...` runs the product with every handle timed, and writes
the slow ones to the file REPORT as JSON when it ends.
"""

from __future__ import annotations

import asyncio
import gc
import json
import sys
import threading
import time
from collections import defaultdict
from pathlib import Path
from typing import Any, NamedTuple

SLOW_MS = 1.0  #: handles from here on are kept
KEPT = 20_000


class SlowHandle(NamedTuple):
    at: float  #: time.monotonic() at its end
    cpu_ms: float  #: of the loop's thread
    wall_ms: float  #: with the time other processes had the core
    gc_ms: float  #: CPU of that which the garbage collector took
    what: str

    @property
    def told(self) -> str:
        return f"{self.what}, {self.gc_ms:.1f} ms of it the garbage collector" if self.gc_ms >= SLOW_MS else self.what


class HandleMeter:
    """Times every handle of the loop of this thread from `install` on; a microsecond each."""

    def __init__(self) -> None:
        self.slow: list[SlowHandle] = []
        self.longest_cpu_ms = 0.0
        self.longest_wall_ms = 0.0
        self.cpu_ms: dict[str, float] = defaultdict(float)  #: CPU by task, since the last `reset`
        self.count = 0
        self._gc_ns = 0
        self._gc_began = 0
        self._thread = threading.get_ident()

    def reset(self) -> None:
        self.slow.clear()
        self.cpu_ms.clear()
        self.longest_cpu_ms = self.longest_wall_ms = 0.0
        self.count = 0

    def install(self) -> None:
        """Replace `Handle._run`, through which asyncio's own loop runs everything."""
        gc.callbacks.append(self._collecting)
        run = asyncio.Handle._run  # private: there is no public place

        def timed(handle: Any) -> None:
            callback = handle._callback  # gone afterwards when the handle cancels itself
            collected, wall, cpu = self._gc_ns, time.perf_counter_ns(), time.thread_time_ns()
            run(handle)
            cpu, wall = time.thread_time_ns() - cpu, time.perf_counter_ns() - wall
            self._note(callback, cpu / 1e6, wall / 1e6, (self._gc_ns - collected) / 1e6)

        asyncio.Handle._run = timed  # type: ignore[method-assign, assignment]

    def _collecting(self, phase: str, _: dict[str, int]) -> None:
        """Called by the collector, in whichever thread it runs."""
        if threading.get_ident() != self._thread:
            return
        if phase == "start":
            self._gc_began = time.thread_time_ns()
        else:
            self._gc_ns += time.thread_time_ns() - self._gc_began

    def _note(self, callback: Any, cpu_ms: float, wall_ms: float, gc_ms: float) -> None:
        what = name_of(callback)
        self.count += 1
        self.cpu_ms[what] += cpu_ms
        self.longest_cpu_ms = max(self.longest_cpu_ms, cpu_ms)
        self.longest_wall_ms = max(self.longest_wall_ms, wall_ms)
        if cpu_ms >= SLOW_MS and len(self.slow) < KEPT:
            self.slow.append(SlowHandle(time.monotonic(), cpu_ms, wall_ms, gc_ms, what))


def name_of(callback: Any) -> str:
    """The name of the task whose step this is, else of the function that is called."""
    owner = getattr(callback, "__self__", None)
    if isinstance(owner, asyncio.Task):
        return owner.get_name()
    name = getattr(callback, "__qualname__", "") or type(callback).__name__
    return f"{type(owner).__name__}: {name}" if owner is not None and "." not in name else name


def main() -> None:
    report = Path(sys.argv[1])
    sys.argv = ["ocpp-console", *sys.argv[2:]]
    meter = HandleMeter()
    meter.install()
    from console.cli import main as command

    try:
        command()
    finally:
        told = {"count": meter.count, "cpu_ms": meter.cpu_ms, "slow": [h._asdict() for h in meter.slow]}
        report.write_text(json.dumps(told))


if __name__ == "__main__":
    main()
