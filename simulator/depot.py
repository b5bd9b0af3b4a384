"""A depot full of charge points that lives for ever."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from types import TracebackType
from typing import Self

from simulator import cast
from simulator.charge_point import ChargePoint
from simulator.clock import Clock, wall_ms
from simulator.director import SIGHTS, Director
from simulator.link import Trace
from simulator.quirks.quirk import Quirk
from simulator.routine import EVERYDAY, Outlet, Pace, Routine, outlets
from simulator.statistics import Counters, total
from simulator.watch import Happening, Listener, Watch
from simulator.words import Status

SPEED = 12.0  #: energy flows this much faster than life: a session lasts minutes


class Depot:
    """`chargers` charge points CP-0001, CP-0002, ... at one CSMS. Live it with `async with`, or `run` in a task.

    They connect at once, or spread over `ramp_s` real seconds, in the middle of whatever they were doing, and go on
    from there. The same seed makes the same choices in the same order. The id tags of the drivers are `id_tags`:
    register them, or everybody is turned away.

    `members`: who stands there, `chargers` of the usual ones unless told. `sample_s`: their meter interval, 0: as fits
    their number. `counters`: one set for all of them, for large numbers. `quirks`: all have them.
    """

    def __init__(
        self,
        url: str,
        chargers: int = 14,
        seed: int = 7,
        *,
        speed: float = SPEED,
        tempo: float = 1.0,
        password: str | bytes | None = None,
        tls: ssl.SSLContext | None = None,
        keep_acknowledged: int = 50,
        trace: Trace | None = None,
        members: Iterable[cast.Member] | None = None,
        pace: Pace = EVERYDAY,
        sample_s: int = 0,
        ramp_s: float = 0.0,
        counters: Counters | None = None,
        quirks: Sequence[Quirk] = (),
    ) -> None:
        self.clock = Clock(tempo, speed)
        cast_list = cast.members(chargers, seed) if members is None else members
        self.members = {member.charger_id: member for member in cast_list}
        self.sights: deque[Happening] = deque(maxlen=500)  #: what was worth seeing, newest last
        self.listeners: list[Listener] = []
        self.points = {
            charger_id: ChargePoint(
                charger_id,
                url,
                member.model.connectors,
                nameplate=member.nameplate,
                password=password,
                tls=tls,
                clock=self.clock,
                traits=member.traits,
                seed=seed,
                keep_acknowledged=keep_acknowledged,
                trace=trace,
                counters=counters,
                quirks=quirks,
            )
            for charger_id, member in self.members.items()
        }
        self.id_tags = cast.tags(max(24, 2 * len(outlets(self.points.values()))), seed)
        self._seed = seed
        self._watch = Watch()
        self._ramp_s, self._sample_s, self._counters = ramp_s, sample_s, counters
        self._routine = Routine(self.points, self.id_tags, seed, self.clock, pace)
        self._director = Director(self.points, self.members, self._routine, seed, self.clock)
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Live until cancelled."""
        self._raise_curtain()
        self._routine.begin()
        for point in self.points.values():
            point.listeners.append(self._notice)
        try:
            async with asyncio.TaskGroup() as group:
                for number, (charger_id, point) in enumerate(self.points.items()):
                    begin_s = self._ramp_s * number / len(self.points)
                    group.create_task(_run_later(point, begin_s), name=f"charge point {charger_id}")
                if self.points:
                    group.create_task(self._director.run(), name="director")
        finally:
            self._routine.end()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run(), name="depot")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Return once `condition()` is true; `TimeoutError` after `timeout` real seconds."""
        await self._watch.until(condition, timeout)

    def count(self, status: Status) -> int:
        """Connectors in this state, seen from the chargers."""
        return sum(outlet.connector.status is status for outlet in outlets(self.points.values()))

    @property
    def registered(self) -> int:
        """Chargers the CSMS has accepted and that are connected."""
        return sum(point.registered for point in self.points.values())

    @property
    def counters(self) -> Counters:
        """Sum over all chargers."""
        return self._counters or total([point.counters for point in self.points.values()])

    def _notice(self, happening: Happening) -> None:
        self._routine.notice(happening)
        if happening.kind in SIGHTS:
            self.sights.append(happening)
        for listener in self.listeners:
            listener(happening)
        self._watch.changed()

    def _raise_curtain(self) -> None:
        """Put every connector into its opening state, before anybody connects."""
        interval_s = self._sample_s or max(5, len(self.points) // 10)
        for charger_id, point in self.points.items():
            point.configuration.set("MeterValueSampleInterval", str(interval_s))
            rng = random.Random(f"{self._seed}/opening/{charger_id}")
            for connector, opening in zip(point.connectors.values(), self.members[charger_id].openings, strict=True):
                connector.register_wh = float(rng.randrange(80_000, 9_000_000))
                self._open(Outlet(point, connector), opening, rng)

    def _open(self, outlet: Outlet, opening: cast.Opening, rng: random.Random) -> None:
        point, connector = outlet
        number = connector.connector_id
        vehicle = cast.car(rng, connector.rating, rng.uniform(0.8, 6), self.clock.speed)
        match opening.status:
            case Status.CHARGING | Status.SUSPENDED_EV | Status.SUSPENDED_EVSE | Status.FINISHING:
                power_w = vehicle.power_w(connector.rating.kw * 1000, connector.rating.phases)
                energy_wh = power_w * 0.9 * min(opening.minutes, 150) / 60
                vehicle.paused = opening.status is Status.SUSPENDED_EV
                if opening.status is Status.SUSPENDED_EVSE:
                    point.limit(number, 0, "held by load management")
                tag = self._routine.free_tag(rng)
                point.restore_session(number, vehicle, tag, ago_s=opening.minutes * 60, energy_wh=energy_wh)
                if opening.status is Status.FINISHING:
                    point.stop(number)
            case Status.PREPARING:
                point.plug_in(number, vehicle)
            case Status.RESERVED:
                tag = self._routine.free_tag(rng)
                point.reserve(number, tag, rng.uniform(60, 120), rng.randrange(100, 1000), f"reserved for {tag}")
            case Status.UNAVAILABLE:
                point.set_available(number, False, "out of service")
        if trouble := opening.trouble:
            point.fault(number, *trouble[:4], stops=trouble.stops)
        if opening.status is not Status.FINISHING:  # its minutes count from the start of the session
            connector.since = wall_ms() - int(opening.minutes * 60_000)


async def _run_later(point: ChargePoint, seconds: float) -> None:
    if seconds:
        await asyncio.sleep(seconds)
    await point.run()
