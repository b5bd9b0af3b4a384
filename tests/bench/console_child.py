"""The process that is measured: a console on its own terminal over a depot in which something happens all the time.

`python -m tests.bench.console_child {ours,documented} CHARGERS PER_SECOND FD`, started by `console_sides`. Every line
that comes over the socket FD is answered with the figures of the time since the one before, as a line of JSON; it
ends with the socket.
"""

from __future__ import annotations

import asyncio
import json
import logging
import os
import socket
import sys
import time
from dataclasses import asdict, dataclass
from typing import Any

from tests.bench.console_handles import HandleMeter

SETTLED_S = 1.0  #: before anything is measured


@dataclass(frozen=True, slots=True)
class Window:
    """Figures of one stretch of time."""

    began: float  #: time.monotonic()
    seconds: float
    changes: int
    cpu_s: float  #: of the process
    feed_cpu_s: float  #: of that, to make the changes
    handle_cpu_ms: float  #: the longest one
    handle_wall_ms: float
    handle_own_ms: float  #: CPU of the longest one when the garbage collector does not count
    slow: list[tuple[float, str]]  #: CPU ms of the longest five, and whose they were


class Stretch:
    """Measures from its making to `end`."""

    def __init__(self, depot: Any, meter: HandleMeter) -> None:
        self._depot, self._meter = depot, meter
        meter.reset()
        self._before = (time.monotonic(), depot.changes, time.process_time(), depot.cpu_s)

    def end(self) -> Window:
        began, changes, cpu, feed_cpu = self._before
        slow = sorted(((h.cpu_ms, h.told) for h in self._meter.slow), reverse=True)[:5]
        return Window(
            began,
            time.monotonic() - began,
            self._depot.changes - changes,
            time.process_time() - cpu,
            self._depot.cpu_s - feed_cpu,
            self._meter.longest_cpu_ms,
            self._meter.longest_wall_ms,
            max((h.cpu_ms - h.gc_ms for h in self._meter.slow), default=0.0),
            slow,
        )


async def measure(side: str, chargers: int, per_second: float, fd: int) -> None:
    reader, writer = await asyncio.open_connection(sock=socket.socket(fileno=fd))
    if side == "ours":
        from console.terminal.environment import prepare

        prepare()
    from tests.bench.console_feed import BusyDepot

    depot = BusyDepot(chargers, per_second)
    ui = asyncio.create_task(console(depot) if side == "ours" else documented(depot))
    feed = asyncio.create_task(depot.run())
    meter = HandleMeter()
    meter.install()
    asked = asyncio.create_task(answer(reader, writer, depot, meter))
    await asyncio.wait({asked, feed, ui}, return_when=asyncio.FIRST_COMPLETED)
    for task in (asked, feed, ui):
        if task.done():
            task.result()  # an error of the console ends the run, and is told
        task.cancel()
    await asyncio.wait({ui}, timeout=2)


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, depot: Any, meter: HandleMeter) -> None:
    stretch = Stretch(depot, meter)
    while await reader.readline():
        writer.write(json.dumps(asdict(stretch.end())).encode() + b"\n")
        stretch = Stretch(depot, meter)


async def console(depot: Any) -> None:
    """The console of the product, as `console.running` runs it on the terminal of the process."""
    from console import garbage

    garbage.hold()
    from console.app import ConsoleApp
    from console.terminal.host import run_local
    from console.terminal.profile import profile_of

    asyncio.get_running_loop().call_later(SETTLED_S, garbage.settle)
    await run_local(ConsoleApp(depot, profile_of(os.environ), attached=True))


async def documented(depot: Any) -> None:
    from tests.bench.console_documented import DocumentedWay

    await DocumentedWay(depot).run_async()


if __name__ == "__main__":
    _, _side, _chargers, _per_second, _fd = sys.argv
    logging.basicConfig()  # what goes wrong is told on the terminal, over the picture
    asyncio.run(measure(_side, int(_chargers), float(_per_second), int(_fd)))
    os._exit(0)  # a thread of the stock driver may wait for its terminal for ever
