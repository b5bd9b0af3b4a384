"""`ocpp-console simulate URL --fleet N`: the whole run, from the first dial to the summary."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import signal
from collections.abc import Iterator

from simulator.fleet import show
from simulator.fleet.fleet import Figures, Fleet, FleetWanted
from simulator.prompt.streams import Writer
from simulator.wanted import Mode, Unusable

EXIT_FINE, EXIT_FAILED = 0, 1
_TICK_S = {Mode.SCREEN: 1.0, Mode.JSON: 1.0, Mode.PLAIN: 5.0}
_FILES = 100  #: beside one socket for each charge point
_LEAVE_S = 10.0  #: to hang up


async def run_fleet(wanted: FleetWanted) -> int:
    """Exit code: 1 when something went wrong on the wire. Ends in time, by SIGINT, SIGTERM, or with its reader."""
    _need_files(wanted.chargers + _FILES)
    fleet = Fleet(wanted)
    writer = Writer()
    life = asyncio.create_task(fleet.run(), name="fleet")
    try:
        with _signals() as told:
            if wanted.mode is Mode.SCREEN:
                writer.put(show.OPEN_SCREEN)
            await _watch(wanted, fleet, writer, told, life)
    finally:
        figures = fleet.figures()
        life.cancel()
        await asyncio.wait([life], timeout=_LEAVE_S)
        if wanted.mode is Mode.SCREEN:
            writer.put(show.CLOSE_SCREEN)
        if wanted.mode is Mode.JSON:
            writer.put(show.json_line(figures, "summary"))
        else:
            writer.put(show.summary(figures, fleet.troubles))
        await writer.close()
    if life.done() and not life.cancelled():
        life.result()  # it ended by itself: that is a mistake of ours, to be seen
    return EXIT_FAILED if figures.failed else EXIT_FINE


async def _watch(
    wanted: FleetWanted, fleet: Fleet, writer: Writer, told: asyncio.Event, life: asyncio.Task[None]
) -> None:
    """Paint until the time is up or somebody has had enough."""
    loop = asyncio.get_running_loop()
    end = loop.time() + wanted.seconds if wanted.seconds else None
    while not (told.is_set() or writer.gone.is_set() or life.done()):
        left_s = _TICK_S[wanted.mode] if end is None else min(_TICK_S[wanted.mode], end - loop.time())
        if left_s <= 0:
            return
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(told.wait(), left_s)
        writer.put(_painted(wanted, fleet.figures(), fleet))


def _painted(wanted: FleetWanted, figures: Figures, fleet: Fleet) -> str:
    match wanted.mode:
        case Mode.SCREEN:
            return show.screen(wanted, figures, fleet.troubles)
        case Mode.JSON:
            return show.json_line(figures, "figures")
    return show.line(figures)


@contextlib.contextmanager
def _signals() -> Iterator[asyncio.Event]:
    """Set when somebody wants it to end; a second Ctrl-C does what it always does."""
    loop, told = asyncio.get_running_loop(), asyncio.Event()

    def leave() -> None:
        told.set()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)

    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, leave)
    try:
        yield told
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def _need_files(count: int) -> None:
    """A socket is a file: raise the limit as far as it is needed. `Unusable` when the machine does not allow it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if soft >= count:
        return
    if hard != resource.RLIM_INFINITY and hard < count:
        raise Unusable(f"Only {hard} files may be open here: --fleet {max(1, hard - _FILES)}, or raise `ulimit -n`.")
    resource.setrlimit(resource.RLIMIT_NOFILE, (count, hard))
