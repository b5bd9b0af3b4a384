"""What goes on in the depot: drivers, technicians and the grid follow their routine."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NamedTuple

from simulator import cast
from simulator.charge_point import ChargePoint
from simulator.clock import Clock, Schedule
from simulator.connector import Connector, Refused
from simulator.watch import Happening, Kind
from simulator.words import Status

Span = tuple[float, float]  #: shortest and longest


@dataclass(frozen=True, slots=True)
class Pace:
    """How busy it is. `stays`: seconds a connector stays in a state until a driver, a technician or the grid acts."""

    stays: Mapping[Status, Span]
    ac_minutes: Span = (2.5, 8)  #: of charging
    dc_minutes: Span = (1.2, 4)
    strangers: float = 0.06  #: share of drivers whose tag nobody knows


EVERYDAY = Pace(
    {
        Status.AVAILABLE: (40, 160),
        Status.PREPARING: (3, 7),
        Status.SUSPENDED_EV: (15, 45),
        Status.SUSPENDED_EVSE: (20, 60),
        Status.FINISHING: (5, 14),
        Status.RESERVED: (20, 50),
        Status.UNAVAILABLE: (120, 280),
        Status.FAULTED: (25, 75),
    }
)
_WARNING_STAYS = (20, 50)
_TRY_AGAIN_S = 6.0
_CHATTER_S = (25, 60)


class Outlet(NamedTuple):
    """One connector and the charge point it belongs to."""

    point: ChargePoint
    connector: Connector

    @property
    def key(self) -> tuple[str, int]:
        return self.point.charger_id, self.connector.connector_id


def outlets(points: Iterable[ChargePoint]) -> list[Outlet]:
    return [Outlet(point, connector) for point in points for connector in point.connectors.values()]


class Routine:
    """Everyday life: each change of state is followed, some time later, by what usually comes next.

    Every connector has its own source of chance, so its choices come in the same order for the same seed.
    """

    def __init__(
        self,
        points: Mapping[str, ChargePoint],
        id_tags: tuple[str, ...],
        seed: int,
        clock: Clock,
        pace: Pace = EVERYDAY,
    ) -> None:
        self._points, self._pace = points, pace
        self._id_tags = id_tags
        self._clock = clock
        self._schedule = Schedule(clock)
        self._chance = {o.key: random.Random(f"{seed}/life/{o.key}") for o in outlets(points.values())}
        self._chatter = random.Random(f"{seed}/chatter")
        self._steps: Mapping[Status, Callable[[Outlet], None]] = {
            Status.AVAILABLE: self.arrive,
            Status.PREPARING: self._proceed,
            Status.SUSPENDED_EV: self._go_on_or_leave,
            Status.SUSPENDED_EVSE: self._release,
            Status.FINISHING: self._drive_off,
            Status.RESERVED: self._claim,
            Status.UNAVAILABLE: self._back_in_service,
            Status.FAULTED: self._repair,
        }

    def begin(self) -> None:
        """Plan for every connector as it stands; what is on the first screen stays twice as long."""
        for outlet in outlets(self._points.values()):
            self._plan(outlet, patience=2.0)
            self._plan_warning(outlet)
        self._talk_later()

    def end(self) -> None:
        self._schedule.clear()

    def notice(self, happening: Happening) -> None:
        """Listener of every charge point."""
        if happening.connector_id and happening.kind in (Kind.STATUS, Kind.WARNING):
            point = self._points[happening.charger_id]
            outlet = Outlet(point, point.connectors[happening.connector_id])
            if happening.kind is Kind.STATUS:
                self._plan(outlet)
            self._plan_warning(outlet)

    def chance(self, outlet: Outlet) -> random.Random:
        return self._chance[outlet.key]

    def free_tag(self, rng: random.Random) -> str:
        """A tag that is in no session now."""
        taken = set()
        for _, connector in outlets(self._points.values()):
            if connector.session is not None:
                taken.add(connector.session.id_tag)
            taken.add(connector.awaited_tag)
        return rng.choice([tag for tag in self._id_tags if tag not in taken] or self._id_tags)

    def arrive(self, outlet: Outlet) -> None:
        rng = self.chance(outlet)
        connector = outlet.connector
        minutes = rng.uniform(*(self._pace.ac_minutes if connector.rating.phases else self._pace.dc_minutes))
        outlet.point.plug_in(connector.connector_id, cast.car(rng, connector.rating, minutes, self._clock.speed))

    def leave(self, outlet: Outlet) -> None:
        """The driver ends the session."""
        if outlet.connector.session is not None:
            outlet.point.present_tag(outlet.connector.connector_id, outlet.connector.session.id_tag)

    def _plan(self, outlet: Outlet, patience: float = 1.0) -> None:
        stay = self._pace.stays.get(outlet.connector.status)
        if stay is None:
            self._schedule.cancel(outlet.key)
        else:
            self._later(outlet, self.chance(outlet).uniform(*stay) * patience)

    def _later(self, outlet: Outlet, seconds: float) -> None:
        self._schedule.after(outlet.key, seconds, lambda: self._step(outlet))

    def _step(self, outlet: Outlet) -> None:
        status = outlet.connector.status
        with suppress(Refused):  # offline, starting up, or somebody was faster: tried again below
            self._steps[status](outlet)
        if outlet.connector.status is status:
            self._later(outlet, _TRY_AGAIN_S)

    def _plan_warning(self, outlet: Outlet) -> None:
        trouble = outlet.connector.trouble
        if trouble is not None and not trouble.stops:
            after_s = self.chance(outlet).uniform(*_WARNING_STAYS)
            self._schedule.after(("warning", *outlet.key), after_s, lambda: self._forget_warning(outlet))

    def _forget_warning(self, outlet: Outlet) -> None:
        trouble = outlet.connector.trouble
        if trouble is not None and not trouble.stops:
            outlet.point.clear_fault(outlet.connector.connector_id)

    def _proceed(self, outlet: Outlet) -> None:
        """The tag is on its way to a plugged cable, or a car to a connector that was started from afar."""
        rng = self.chance(outlet)
        if not outlet.connector.cable:
            self.arrive(outlet)
            return
        tag = cast.STRANGER if rng.random() < self._pace.strangers else self.free_tag(rng)
        outlet.point.present_tag(outlet.connector.connector_id, tag)

    def _go_on_or_leave(self, outlet: Outlet) -> None:
        vehicle = outlet.connector.vehicle
        if vehicle is not None and vehicle.paused and not vehicle.is_full:
            outlet.point.pause_vehicle(outlet.connector.connector_id, False)
        else:
            self.leave(outlet)

    def _release(self, outlet: Outlet) -> None:
        outlet.point.limit(outlet.connector.connector_id, None)

    def _drive_off(self, outlet: Outlet) -> None:
        outlet.point.plug_out(outlet.connector.connector_id)

    def _claim(self, outlet: Outlet) -> None:
        """One in three shows up; otherwise the reservation runs out by itself."""
        reservation = outlet.connector.reservation
        if reservation is not None and self.chance(outlet).random() < 0.35:
            self.arrive(outlet)
            outlet.point.start(outlet.connector.connector_id, reservation.id_tag)

    def _back_in_service(self, outlet: Outlet) -> None:
        outlet.point.set_available(outlet.connector.connector_id, True)

    def _repair(self, outlet: Outlet) -> None:
        outlet.point.clear_fault(outlet.connector.connector_id)

    def _talk_later(self) -> None:
        self._schedule.after("chatter", self._chatter.uniform(*_CHATTER_S), self._talk)

    def _talk(self) -> None:
        """Somebody sends something of the vendor's own."""
        point = self._chatter.choice(list(self._points.values()))
        point.data_transfer(point.nameplate.vendor, "uptime", f'{{"hours":{self._chatter.randrange(2000)}}}')
        self._talk_later()
