"""A charge point that speaks OCPP 1.6J: what a person, a car and the CSMS can do to it."""

from __future__ import annotations

import asyncio
import random
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from types import TracebackType
from typing import NamedTuple, Self

from simulator import messages, operations
from simulator.clock import Clock, Schedule, wall_ms
from simulator.configuration import Configuration, standard_keys
from simulator.connector import Connector, Rating, Refused, Reservation, Session, Trouble
from simulator.line import Address, Line
from simulator.link import Answer, Reply, Trace
from simulator.messages import Nameplate, Wiggle
from simulator.outbox import Entry, Outbox
from simulator.statistics import Counters
from simulator.vehicle import Vehicle
from simulator.watch import Happening, Kind, Listener, Watch
from simulator.words import ERROR_CODES, NO_ERROR, WARNING_CODES, Payload, Reason


@dataclass(frozen=True, slots=True)
class Traits:
    """How this charge point differs from the ideal one."""

    refuses: frozenset[str] = frozenset()  #: operations it answers with Rejected
    answer_delay_s: tuple[float, float] = (0.0, 0.0)  #: shortest and longest time it thinks before it answers
    boots_again: bool = False  #: sends BootNotification after every loss of the line
    reboot_s: float = 5.0  #: how long it is away after a Reset


class Acknowledged(NamedTuple):
    """A transaction message the CSMS has answered: from here on it alone knows of it."""

    at: int  #: ms since the epoch
    action: str
    payload: Payload
    answer: Payload


class ChargePoint:
    """Everything physical is a plain method that acts at once, or raises `Refused` with a sentence.

    What follows on the wire can be awaited with `until`. Run it with `async with` or inside a task by `run`.
    """

    def __init__(
        self,
        charger_id: str,
        url: str,
        connectors: Sequence[Rating] = (Rating(), Rating()),
        *,
        nameplate: Nameplate | None = None,
        password: str | bytes | None = None,
        clock: Clock | None = None,
        traits: Traits | None = None,
        seed: int = 0,
        back_off_s: tuple[float, float] = (1.0, 60.0),
        keep_acknowledged: int = 1000,
        trace: Trace | None = None,
    ) -> None:
        self.charger_id = charger_id
        self.nameplate = nameplate or Nameplate()
        self.clock = clock or Clock()
        self.traits = traits or Traits()
        self.main = Connector(0, Rating(0, 0))
        self.connectors = {n: Connector(n, rating) for n, rating in enumerate(connectors, 1)}
        self.configuration = Configuration(standard_keys(len(connectors)))
        self.counters = Counters()
        self.outbox = Outbox()
        self.acknowledged: deque[Acknowledged] = deque(maxlen=keep_acknowledged)  #: newest last
        self.known_tags: set[str] = set()  #: authorisation cache, lower case
        self.listeners: list[Listener] = []
        self.rebooting = False
        self._watch = Watch()
        self._schedule = Schedule(self.clock)
        self._rng = random.Random(f"{seed}/{charger_id}")
        self._line = Line(
            Address(url, charger_id, password),
            self,
            self.outbox,
            self._schedule,
            self.counters,
            rng=self._rng,
            back_off_s=back_off_s,
            boots_again=self.traits.boots_again,
            trace=trace,
        )
        self._task: asyncio.Task[None] | None = None
        self._tag_queue: dict[int, str] = {}

    # life

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            await self._line.run()
        finally:
            self._schedule.clear()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run(), name=f"charge point {self.charger_id}")
        return self

    async def __aexit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    @property
    def connected(self) -> bool:
        return self._line.connected

    @property
    def registered(self_) -> bool: ...
