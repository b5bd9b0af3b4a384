"""What charging profiles make of the power: which are installed, what they allow now and in the hours to come."""

from __future__ import annotations

import math
from dataclasses import replace

from simulator.board import Board
from simulator.charging_profiles import VOLTS, ChargingProfile, Now, Purpose
from simulator.clock import Schedule, wall_ms
from simulator.connector import Connector
from simulator.standard_keys import MAX_PERIODS, MAX_PROFILES
from simulator.words import Payload


class Load:
    """The profiles of one charge point by connector id; 0 is for all."""

    def __init__(self, board: Board, schedule: Schedule) -> None:
        self.installed: dict[int, list[ChargingProfile]] = {}
        self.awaited: dict[int, ChargingProfile] = {}  #: by connector: of the transaction that is about to start
        self._board, self._schedule = board, schedule

    def install(self, connector_id: int, profile: ChargingProfile) -> str:
        """SetChargingProfile: Accepted or Rejected. Replaces the same id, and the same place in the stack."""
        if not self._fits(connector_id, profile):
            return "Rejected"
        kept = {
            number: [p for p in profiles if not _is_replaced(p, profile, number == connector_id)]
            for number, profiles in self.installed.items()
        }
        if sum(len(profiles) for profiles in kept.values()) >= MAX_PROFILES:
            return "Rejected"
        self.installed = kept
        self.installed.setdefault(connector_id, []).append(profile)
        self.refresh()
        return "Accepted"

    def clear(self, profile_id: int | None, connector_id: int | None, purpose: str | None, stack: int | None) -> bool:
        """ClearChargingProfile: by id alone, or by whatever is given of the rest. False when nothing fitted."""
        found = False
        for number, profiles in self.installed.items():
            kept = []
            for profile in profiles:
                if profile_id is not None:
                    gone = profile.profile_id == profile_id
                else:
                    fits = (connector_id in (None, number), purpose in (None, profile.purpose))
                    gone = all(fits) and stack in (None, profile.stack_level)
                found = found or gone
                kept += [] if gone else [profile]
            self.installed[number] = kept
        self.refresh()
        return found

    def session_changed(self, connector: Connector) -> None:
        """A transaction has begun here or ended: profiles of a transaction come and go with it."""
        number = connector.connector_id
        awaited = None if connector.awaited_tag else self.awaited.pop(number, None)
        if connector.session is not None and awaited is not None:
            self.installed.setdefault(number, []).append(replace(awaited, transaction_id=None))
        elif connector.session is None and number in self.installed:
            self.installed[number] = [p for p in self.installed[number] if p.purpose is not Purpose.TRANSACTION]
        if self.installed:
            self.refresh()

    def refresh(self) -> None:
        """Put the limits of this moment into force, and come back when they change."""
        moment = [(connector, self._now(connector)) for connector in self._board.connectors.values()]
        for connector, now in moment:
            self._board.settle(connector)
            connector.profile_w = self._limit_w(connector, now) if connector.session is not None else None
            self._board.settle(connector)
        next_s = self._next_change_s(moment)
        if math.isfinite(next_s):
            self._schedule.after("profiles", min(next_s, 86_400.0), self.refresh)
        else:
            self._schedule.cancel("profiles")

    def composite(self, connector_id: int, duration_s: int, unit: str) -> Payload:
        """The chargingSchedule of the next `duration_s` seconds: all profiles and the ratings taken together."""
        outlets = [self._board.find(connector_id)] if connector_id else list(self._board.connectors.values())
        start = [(connector, self._now(connector)) for connector in outlets]
        periods: list[Payload] = []
        at_s = 0.0
        while at_s < duration_s and len(periods) < MAX_PERIODS:
            moment = [(connector, now.later(at_s)) for connector, now in start]
            if connector_id:
                limit = self._limit(*moment[0], unit)
            else:
                total = sum(self._limit(connector, now, unit, alone=True) for connector, now in moment)
                limit = min(total, self._station_limit(moment[0][1], unit))
            if not periods or periods[-1]["limit"] != round(limit, 1):
                periods.append({"startPeriod": math.ceil(at_s), "limit": round(limit, 1)})
            at_s += max(1.0, self._next_change_s(moment))
        return {"duration": duration_s, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}

    def _next_change_s(self, moment: list[tuple[Connector, Now]]) -> float:
        changes = [p.next_change_s(now) for connector, now in moment for p in self._concerning(connector.connector_id)]
        return min(changes, default=math.inf)

    def _limit(self, connector: Connector, now: Now, unit: str, alone: bool = False) -> float:
        """What a connector may draw at a moment. `alone`: without what the charge point as a whole may."""
        limit_w = self._own_limit_w(connector, now) if alone else self._limit_w(connector, now)
        rated_w = connector.rating.kw * 1000
        watts = rated_w if limit_w is None else min(rated_w, limit_w)
        return watts if unit == "W" else watts / VOLTS / (connector.rating.phases or 3)

    def _station_limit(self, now: Now, unit: str) -> float:
        limit_w = self._of_purpose(0, Purpose.STATION, now, 3)
        if limit_w is None:
            return math.inf
        return limit_w if unit == "W" else limit_w / VOLTS / 3

    def _fits(self, connector_id: int, profile: ChargingProfile) -> bool:
        if connector_id != 0 and connector_id not in self._board.connectors:
            return False
        match profile.purpose:
            case Purpose.STATION:
                return connector_id == 0
            case Purpose.DEFAULT:
                return True
            case Purpose.TRANSACTION:
                session = self._board.connectors[connector_id].session if connector_id else None
                return session is not None and profile.transaction_id in (None, session.transaction_id)

    def _now(self, connector: Connector) -> Now:
        clock = self._schedule.clock
        session_s = clock.time() - connector.session.began if connector.session is not None else 0.0
        return Now(wall_ms() / 1000, session_s, clock.tempo)

    def _concerning(self, connector_id: int) -> list[ChargingProfile]:
        return [*self.installed.get(0, []), *self.installed.get(connector_id, [])]

    def _limit_w(self, connector: Connector, now: Now) -> float | None:
        """The lower one of what its own profiles allow and its share of what the charge point may draw."""
        station_w = self._of_purpose(0, Purpose.STATION, now, connector.rating.phases)
        if station_w is not None:
            busy = sum(other.session is not None for other in self._board.connectors.values())
            station_w /= max(1, busy)
        limits = [w for w in (station_w, self._own_limit_w(connector, now)) if w is not None]
        return min(limits, default=None)

    def _own_limit_w(self, connector: Connector, now: Now) -> float | None:
        """The transaction's profile goes before the connector's default, and that before everybody's."""
        number, phases = connector.connector_id, connector.rating.phases
        for place, purpose in ((number, Purpose.TRANSACTION), (number, Purpose.DEFAULT), (0, Purpose.DEFAULT)):
            limit_w = self._of_purpose(place, purpose, now, phases)
            if limit_w is not None:
                return limit_w
        return None

    def _of_purpose(self, place: int, purpose: Purpose, now: Now, phases: int) -> float | None:
        """What the highest profile of the stack says that says something now."""
        stack = sorted((p for p in self.installed.get(place, []) if p.purpose is purpose), key=lambda p: -p.stack_level)
        limits = (profile.limit_w(now, phases) for profile in stack)
        return next((limit for limit in limits if limit is not None), None)


def _is_replaced(old: ChargingProfile, new: ChargingProfile, same_place: bool) -> bool:
    same_rank = (old.stack_level, old.purpose) == (new.stack_level, new.purpose)
    return old.profile_id == new.profile_id or (same_place and same_rank)
