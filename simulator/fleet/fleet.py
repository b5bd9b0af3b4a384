"""A fleet that lives: the depot of the demo, larger, with one set of counters and sometimes a storm."""

from __future__ import annotations

import asyncio
import random
import ssl
import time
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from simulator.depot import SPEED, Depot
from simulator.fleet.profiles import PLANS, Profile
from simulator.statistics import Counters
from simulator.wanted import Mode, Unusable, quirks_of, tls_context
from simulator.watch import Happening, Kind

MAX_CHARGERS = 20_000
_LATENCIES = 5_000  #: newest answers the percentiles are made of


@dataclass(frozen=True, slots=True, kw_only=True)
class FleetWanted:
    """What was asked for. `url` is without an id, `seconds` 0: until told to stop. `Unusable` when it cannot be."""

    url: str
    chargers: int
    profile: Profile = Profile.DEPOT
    prefix: str = "CP"
    seed: int = 7
    seconds: float = 0.0
    tempo: float = 1.0
    password: str | None = None
    tls_ca: Path | None = None
    quirks: tuple[str, ...] = ()  #: names of the catalogue; all of the fleet have them
    mode: Mode = Mode.PLAIN  #: SCREEN: one screenful that is painted again and again

    def __post_init__(self) -> None:
        if not 1 <= self.chargers <= MAX_CHARGERS:
            raise Unusable(f"A fleet has 1 to {MAX_CHARGERS} charge points: --fleet 1000.")
        if not 0.01 <= self.tempo <= 1000:
            raise Unusable("--tempo is a factor between 0.01 and 1000, 1 is life.")
        if self.seconds < 0:
            raise Unusable("--seconds is a time, 0 for ever.")
        if not self.prefix.isprintable() or "/" in self.prefix or not 1 <= len(self.prefix) <= 40:
            raise Unusable("--prefix has up to 40 characters and no slash: the ids are PREFIX-0001, PREFIX-0002, ...")

    @property
    def tls(self) -> ssl.SSLContext | None:
        """One context for all: each of its own would cost half a megabyte a piece."""
        if not self.url.startswith("wss:"):
            return None
        return tls_context(self.tls_ca) if self.tls_ca is not None else ssl.create_default_context()


class Figures(NamedTuple):
    """How the fleet stands. Counts are since the start; latency is that of the newest answers."""

    seconds: float
    chargers: int
    connected: int
    accepted: int
    sessions: int
    messages: int  #: calls in both directions
    per_second: float  #: of them, since the figures before
    p50_ms: float
    p99_ms: float
    errors: int  #: CALLERRORs we were answered with, and transaction messages that were given up
    timed_out: int  #: calls nobody answered in time
    refused: int  #: dials that came to nothing
    reconnects: int
    stray: int  #: frames that answered nothing
    waiting: int  #: transaction messages that are not acknowledged

    @property
    def failed(self) -> int:
        """What should not have happened."""
        return self.errors + self.timed_out + self.refused + self.stray


class Fleet:
    """Live it with `run` in a task."""

    def __init__(self, wanted: FleetWanted) -> None:
        plan = PLANS[wanted.profile]
        self.troubles: deque[str] = deque(maxlen=5)  #: why dials failed, newest last
        self._wanted, self._plan = wanted, plan
        self._counters = Counters(latency_ms=deque(maxlen=_LATENCIES))
        self._depot = Depot(
            wanted.url,
            seed=wanted.seed,
            speed=SPEED,
            tempo=wanted.tempo,
            password=wanted.password,
            tls=wanted.tls,
            keep_acknowledged=0,
            members=plan.members(wanted.chargers, wanted.seed, wanted.prefix),
            pace=plan.pace,
            sample_s=plan.sample_s,
            ramp_s=wanted.chargers / plan.ramp_per_s,
            counters=self._counters,
            quirks=quirks_of(wanted.quirks),
        )
        self._depot.listeners.append(self._notice)
        self._refused = 0
        self._reached: set[str] = set()  #: who has been connected at least once
        self._began = time.monotonic()
        self._last = (self._began, 0)

    async def run(self) -> None:
        """Until cancelled."""
        self._began = time.monotonic()
        self._last = (self._began, 0)
        async with asyncio.TaskGroup() as group:
            group.create_task(self._depot.run(), name="fleet")
            if self._plan.gust_s is not None:
                group.create_task(self._storm(self._plan.gust_s), name="storm")

    def figures(self) -> Figures:
        """Of this moment; `per_second` counts from the call before."""
        counters, points = self._counters, self._depot.points.values()
        now, messages = time.monotonic(), counters.sent + counters.received
        then, before = self._last
        self._last = (now, messages)
        return Figures(
            seconds=now - self._began,
            chargers=len(points),
            connected=sum(point.connected for point in points),
            accepted=self._depot.registered,
            sessions=sum(c.session is not None for point in points for c in point.connectors.values()),
            messages=messages,
            per_second=(messages - before) / max(now - then, 1e-3),
            p50_ms=counters.percentile(0.5),
            p99_ms=counters.percentile(0.99),
            errors=counters.errors + counters.discarded,
            timed_out=counters.timed_out,
            refused=self._refused,
            reconnects=counters.connects - len(self._reached),
            stray=counters.stray,
            waiting=sum(point.outbox.waiting for point in points),
        )

    def _notice(self, happening: Happening) -> None:
        if happening.kind is Kind.DIAL_FAILED:
            self._refused += 1
            self.troubles.append(f"{happening.charger_id}: {happening.detail}")
        elif happening.kind is Kind.LINE_UP:
            self._reached.add(happening.charger_id)

    async def _storm(self, gust_s: tuple[float, float]) -> None:
        """All lines at once, again and again; nobody hangs up in an orderly way."""
        rng = random.Random(f"{self._wanted.seed}/storm")
        while True:
            await asyncio.sleep(rng.uniform(*gust_s) / self._wanted.tempo)
            points = [point for point in self._depot.points.values() if point.connected]
            for point in points:
                back_s = rng.uniform(0, len(points) / self._plan.ramp_per_s)
                point.drop_line(0.05 + back_s * self._wanted.tempo)
