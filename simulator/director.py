"""Somebody who sees to it that the depot is never dull."""

from __future__ import annotations

import random
from collections.abc import Callable, Mapping

from simulator import cast
from simulator.charge_point import ChargePoint
from simulator.clock import Clock
from simulator.connector import Connector, Refused, Trouble
from simulator.routine import Outlet, Routine, outlets
from simulator.watch import Kind
from simulator.words import Status

#: Happenings that a person who watches would turn the head for.
SIGHTS = frozenset(
    {Kind.FAULT, Kind.CLEAR, Kind.SESSION_START, Kind.SESSION_END, Kind.LINE_DOWN, Kind.REGISTERED, Kind.REBOOT}
)


class Director:
    """Every 8 to 16 seconds one thing worth seeing, never the same kind twice in a row."""

    GAP_S = (8.0, 16.0)

    def __init__(
        self,
        points: Mapping[str, ChargePoint],
        members: Mapping[str, cast.Member],
        routine: Routine,
        seed: int,
        clock: Clock,
    ) -> None:
        self._points, self._members, self._routine = points, members, routine
        self._clock = clock
        self._rng = random.Random(f"{seed}/director")
        self._last: Callable[[], bool] = self._arrival
        self._weights: dict[Callable[[], bool], float] = {
            self._fault: 3,
            self._repair: 2,
            self._departure: 4,
            self._arrival: 3,
            self._line_drop: 1.5,
        }
        self._asides: list[Callable[[], None]] = [self._warning, self._hold, self._pause, self._reserve, self._close]

    async def run(self) -> None:
        """The first act is a line that drops: the moment after everybody has connected."""
        await self._clock.sleep(self._rng.uniform(5, 7))
        self._line_drop()
        while True:
            await self._clock.sleep(self._rng.uniform(*self.GAP_S))
            self.act()

    def act(self) -> None:
        """The next thing worth seeing: tried in a drawn order until one is possible; often with an aside."""
        acts = [act for act in self._draw() if act != self._last]
        for act in [*acts, self._last]:
            if self._tried(act):
                self._last = act
                break
        if self._rng.random() < 0.6:
            self._tried(self._rng.choice(self._asides))

    def _draw(self) -> list[Callable[[], bool]]:
        """All acts, the heavier ones likely first."""
        keyed = [(self._rng.random() ** (1 / weight), act) for act, weight in self._weights.items()]
        return [act for _, act in sorted(keyed, key=lambda pair: -pair[0])]

    def _tried(self, act: Callable[[], bool | None]) -> bool:
        try:
            return act() is not False
        except Refused:
            return False

    def _where(self, *states: Status) -> list[Outlet]:
        """Connectors the CSMS can see, in one of `states`, with nothing wrong."""
        return [
            outlet
            for outlet in outlets(self._points.values())
            if outlet.point.registered and outlet.connector.trouble is None and outlet.connector.status in states
        ]

    def _broken(self) -> list[Outlet]:
        return [o for o in outlets(self._points.values()) if o.point.registered and o.connector.is_faulted]

    def _fault(self) -> bool:
        places = self._where(Status.CHARGING, Status.AVAILABLE, Status.PREPARING)
        if not places or len(self._broken()) >= max(1, len(self._points) // 6):
            return False
        point, connector = self._rng.choice(places)
        trouble = self._rng.choice(self._members[point.charger_id].model.troubles)
        self._strike(point, connector, trouble)
        return True

    def _repair(self) -> bool:
        broken = self._broken()
        if not broken:
            return False
        point, connector = min(broken, key=lambda outlet: outlet.connector.since)
        point.clear_fault(connector.connector_id)
        return True

    def _departure(self) -> bool:
        leaving = [o for o in self._where(Status.CHARGING, Status.SUSPENDED_EV) if o.connector.session_wh > 3000]
        if not leaving:
            return False
        self._routine.leave(self._rng.choice(leaving))
        return True

    def _arrival(self) -> bool:
        free = self._where(Status.AVAILABLE)
        if not free:
            return False
        self._routine.arrive(self._rng.choice(free))
        return True

    def _line_drop(self) -> bool:
        shaky = [p for i, p in self._points.items() if p.registered and self._members[i].drops_line]
        if not shaky:
            return False
        self._rng.choice(shaky).drop_line(self._rng.uniform(12, 28))
        return True

    # asides: worth a glance

    def _warning(self) -> None:
        if places := self._where(Status.CHARGING):
            self._strike(*self._rng.choice(places), self._rng.choice(cast.WARNINGS))

    def _hold(self) -> None:
        if places := self._where(Status.CHARGING):
            point, connector = self._rng.choice(places)
            point.limit(connector.connector_id, 0, "held by load management")

    def _pause(self) -> None:
        if places := self._where(Status.CHARGING):
            point, connector = self._rng.choice(places)
            point.pause_vehicle(connector.connector_id, True)

    def _reserve(self) -> None:
        if places := self._where(Status.AVAILABLE):
            point, connector = self._rng.choice(places)
            tag = self._routine.free_tag(self._rng)
            number = self._rng.randrange(100, 1000)
            point.reserve(connector.connector_id, tag, self._rng.uniform(40, 90), number, f"reserved for {tag}")

    def _close(self) -> None:
        if len(places := self._where(Status.AVAILABLE)) > len(self._points) // 2:
            point, connector = self._rng.choice(places)
            point.set_available(connector.connector_id, False, "out of service")

    def _strike(self, point: ChargePoint, connector: Connector, trouble: Trouble) -> None:
        point.fault(
            connector.connector_id,
            trouble.error_code,
            trouble.vendor_id,
            trouble.vendor_error_code,
            trouble.info,
            stops=trouble.stops,
        )
