"""A charge point without a screen: the plain prompt and the JSON mode, from the first dial to the last message."""

from __future__ import annotations

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterable, AsyncIterator, Coroutine
from typing import Any, Protocol

from simulator.charge_point import ChargePoint
from simulator.prompt.jsonlines import JsonFace
from simulator.prompt.orders import delivered
from simulator.prompt.plain import PlainFace, Surroundings, needs_no_csms
from simulator.prompt.streams import Lines, Writer
from simulator.wanted import Mode, Wanted, make_station
from simulator.watch import Happening

EXIT_FAILED = 1
EXIT_UNREACHABLE = 69
ACCEPTED_S = 30.0  #: a script waits so long for the CSMS to accept the charge point
LAST_WORDS_S = 5.0  #: what is still to be sent has so long when the input ends
_UNTOLD_S = 0.3  #: of it without a word: mostly it is on the way
_HASTE_S = 1.0  #: and so long after a signal


class Face(Protocol):
    """How a charge point is shown and told what to do."""

    failed: int

    def trace(self, direction: str, frame: str) -> None: ...
    def notice(self, station: ChargePoint, happening: Happening) -> None: ...
    def begin(self) -> None: ...
    async def work(self, station: ChargePoint, lines: AsyncIterable[str]) -> None: ...
    def waits(self, station: ChargePoint, seconds: float) -> None: ...
    def ended(self, station: ChargePoint) -> None: ...


async def run(wanted: Wanted) -> int:
    """Live until the input ends, nobody reads any more, or a signal comes. The exit code.

    `Unusable` when the command line cannot be meant so.
    """
    writer = Writer()
    face = _face(wanted, writer)
    station = make_station(wanted, face.trace)
    station.listeners.append(lambda happening: face.notice(station, happening))
    is_script = wanted.mode is Mode.PLAIN and not sys.stdin.isatty()
    stop = asyncio.Event()
    stopped_by: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, _stop, stop, stopped_by, number)
    try:
        async with station:
            code = await _first(_work(face, station, is_script), stop, writer.gone)
            if code != EXIT_UNREACHABLE and not writer.gone.is_set():
                await _last_words(face, station, stop, writer.gone)
        face.ended(station)
    finally:
        await writer.close()
    if stopped_by and is_script:
        return 128 + stopped_by[0]
    is_told = is_script or wanted.mode is Mode.JSON  # nobody looked on: the exit code says how it went
    return code or (EXIT_FAILED if is_told and (face.failed or station.outbox.waiting) else 0)


async def _last_words(face: Face, station: ChargePoint, stop: asyncio.Event, gone: asyncio.Event) -> None:
    """Deliver what waits, for a while; a transaction message also when the line has to come back for it."""
    if stop.is_set():
        if station.registered:
            await delivered(station, _HASTE_S)
        return
    if not station.registered and not station.outbox.waiting:
        return
    if await delivered(station, _UNTOLD_S):
        return
    if station.outbox.waiting:
        face.waits(station, LAST_WORDS_S)

    async def rest() -> int:
        return int(await delivered(station, LAST_WORDS_S - _UNTOLD_S))

    await _first(rest(), stop, gone)


def _face(wanted: Wanted, writer: Writer) -> Face:
    if wanted.mode is Mode.JSON:
        return JsonFace(wanted, writer)
    shows = sys.stdout.isatty() and os.environ.get("TERM", "dumb") != "dumb"
    colours = shows and not wanted.no_color and not os.environ.get("NO_COLOR")
    is_utf8 = (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"
    typed = sys.stdin.isatty() and sys.stdout.isatty()
    return PlainFace(wanted, writer, Surroundings(typed, colours, wanted.ascii or not is_utf8))


def _stop(stop: asyncio.Event, stopped_by: list[int], number: int) -> None:
    stopped_by.append(number)
    stop.set()


async def _work(face: Face, station: ChargePoint, is_script: bool) -> int:
    face.begin()
    if not is_script:
        await face.work(station, Lines())
        return 0
    accepted = asyncio.create_task(station.until(lambda: station.registered, ACCEPTED_S), name="accepted")
    work = asyncio.create_task(face.work(station, _when_accepted(Lines(), accepted)), name="script")
    try:
        await asyncio.wait((accepted, work), return_when=asyncio.FIRST_COMPLETED)
        await accepted
        await work
    except TimeoutError:
        why = station.last_error or f"registration {station.registration or 'not answered'}"
        sys.stderr.write(f"ocpp-console: no CSMS has accepted this charge point: {why}.\n")
        return EXIT_UNREACHABLE
    finally:
        for task in (accepted, work):
            task.cancel()
        await asyncio.gather(accepted, work, return_exceptions=True)
    return 0


async def _when_accepted(lines: AsyncIterable[str], accepted: asyncio.Task[None]) -> AsyncIterator[str]:
    """`lines`, of which only those that need no CSMS come before it has accepted; so does the end of them."""
    async for line in lines:
        if not needs_no_csms(line):
            await asyncio.wait((accepted,))
        yield line
    await asyncio.wait((accepted,))


async def _first(work: Coroutine[Any, Any, int], stop: asyncio.Event, gone: asyncio.Event) -> int:
    """The code of `work`; 0 when `stop` or `gone` came before it was done."""
    tasks = [asyncio.create_task(c, name=n) for c, n in ((work, "input"), (stop.wait(), "stop"), (gone.wait(), "gone"))]
    try:
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        return int(tasks[0].result()) if tasks[0].done() else 0
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
