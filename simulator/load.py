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
        self.awaited: dict[
            int, ChargingProfile
        ] = {}  #: by connector, comes with the transaction that is about to start
        self._board, self._schedule = board, schedule

    def install(self, connector_id: int, profile: ChargingProfile) -> str:
        """SetChargingProfile: Accepted or Rejected. Replaces the same id, and the same place in the stack."""
        if not self._fits(connector_id, profile):
            return "Rejected"
        for number, profiles in self.installed.items():
            self.installed[number] = [p for p in profiles if not _is_replaced(p, profile, number == connector_id)]
        if sum(len(profiles) for profiles in self.installed.values()) >= MAX_PROFILES:
            return "Rejected"
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
        number, awaited = connector.connector_id, None
        if not connector.awaited_tag:
            awaited = self.awaited.pop(number, None)
        if connector.session is None:
            kept = [p for p in self.installed.get(number, []) if p.purpose is not Purpose.TRANSACTION]
            if number in self.installed:
                self.installed[number] = kept
        elif awaited is not None:
            self.installed.setdefault(number, []).append(replace(awaited, transaction_id=None))
        if self.installed:
            self.refresh()

    def refresh(self) -> None:
        """Put the limits of this moment into force, and come back when they change."""
        now_by = {number: self._now(connector) for number, connector in self._board.connectors.items()}
        for number, connector in self._board.connectors.items():
            self._board.settle(connector)
            connector.profile_w = self._limit_w(connector, now_by[number]) if connector.session is not None else None
            self._board.settle(connector)
        changes = [p.next_change_s(now) for n, now in now_by.items() for p in self._concerning(n)]
        next_s = min(changes, default=math.inf)
        if math.isfinite(next_s):
            self._schedule.after("profiles", min(next_s, 86_400.0), self.refresh)
        else:
            self._schedule.cancel("profiles")

    def composite(self, connector_id: int, duration_s: int, unit: str) -> Payload:
        """The chargingSchedule of the next `duration_s` seconds: all profiles and the rating taken together."""
        outlets = [self._board.find(connector_id)] if connector_id else list(self._board.connectors.values())
        periods: list[Payload] = []
        at_s = 0.0
        while at_s < duration_s and len(periods) < MAX_PERIODS:
            limit = sum(self._composite_limit(connector, at_s, unit, bool(connector_id)) for connector in outlets)
            if connector_id == 0:
                limit = min(limit, self._station_limit(self._now(outlets[0]).later(at_s), unit))
            if not periods or periods[-1]["limit"] != round(limit, 1):
                periods.append({"startPeriod": math.ceil(at_s), "limit": round(limit, 1)})
            steps = [
                p.next_change_s(self._now(connector).later(at_s))
                for connector in outlets
                for p in self._concerning(connector.connector_id)
            ]
            at_s += max(1.0, min(steps, default=math.inf))
        return {"duration": duration_s, "chargingRateUnit": unit, "chargingSchedulePeriod": periods}

    def _composite_limit(self, connector: Connector, at_s: float, unit: str, with_station: bool) -> float:
        now = self._now(connector).later(at_s)
        rated_w = connector.rating.kw * 1000
        limit_w = self._limit_w(connector, now) if with_station else self._own_limit_w(connector, now)
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
