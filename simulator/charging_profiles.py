"""Charging profiles: read from the wire, and what one of them allows at a moment. Values only, no clock, no state."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple

from simulator.standard_keys import MAX_PERIODS, MAX_STACK_LEVEL
from simulator.words import Payload

VOLTS = 230.0
_EARLY_S = 0.01  #: timers may be a little early
_RECURRENCE_S = {"Daily": 86_400.0, "Weekly": 7 * 86_400.0}


class Purpose(StrEnum):
    STATION = "ChargePointMaxProfile"
    DEFAULT = "TxDefaultProfile"
    TRANSACTION = "TxProfile"


class Unfit(ValueError):
    """This is no usable charging profile; the text says why."""


class Period(NamedTuple):
    start_s: float
    limit: float
    phases: int | None = None


class Now(NamedTuple):
    """A moment: true time, s since the epoch, and how long the session runs, s of the clock."""

    wall_s: float
    session_s: float
    tempo: float = 1.0

    def later(self, seconds: float) -> Now:
        return Now(self.wall_s + seconds / self.tempo, self.session_s + seconds, self.tempo)

    def since(self, at_s: float) -> float:
        """How long ago that was, s of the clock: an hour of a schedule is as long as any other hour."""
        return (self.wall_s - at_s) * self.tempo


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    profile_id: int
    stack_level: int
    purpose: Purpose
    unit: str  #: W or A
    periods: tuple[Period, ...]
    duration_s: float | None = None
    start_s: float | None = None  #: since the epoch; None: relative to the start of the session
    repeats_s: float | None = None
    valid_from_s: float = float("-inf")
    valid_to_s: float = float("inf")
    transaction_id: int | None = None

    def limit_w(self, now: Now, phases: int) -> float | None:
        """What it allows on an outlet with `phases` (0: DC); None where it says nothing."""
        elapsed_s = self._elapsed_s(now)
        if elapsed_s is None:
            return None
        period = next((p for p in reversed(self.periods) if p.start_s <= elapsed_s), None)
        if period is None:
            return None
        if self.unit == "W":
            return period.limit
        return period.limit * VOLTS * min(period.phases or 3, phases or 3)

    def next_change_s(self, now: Now) -> float:
        """Seconds until what it says may be different; infinite when never."""
        ahead = [-now.since(at_s) for at_s in (self.valid_from_s, self.valid_to_s)]
        elapsed_s = self._since_start(now)
        if self.repeats_s is not None and elapsed_s >= 0:
            elapsed_s %= self.repeats_s
            ahead.append(self.repeats_s - elapsed_s)
        ahead += [period.start_s - elapsed_s for period in self.periods]
        if self.duration_s is not None:
            ahead.append(self.duration_s - elapsed_s)
        return min((seconds for seconds in ahead if seconds > _EARLY_S), default=float("inf"))

    def _since_start(self, now: Now) -> float:
        return now.session_s if self.start_s is None else now.since(self.start_s)

    def _elapsed_s(self, now: Now) -> float | None:
        """Seconds into the schedule; None when it is not in force."""
        if now.since(self.valid_from_s) < -_EARLY_S or now.since(self.valid_to_s) >= -_EARLY_S:
            return None
        elapsed_s = self._since_start(now) + _EARLY_S
        if elapsed_s < 0:
            return None
        if self.repeats_s is not None:
            elapsed_s %= self.repeats_s
        if self.duration_s is not None and elapsed_s >= self.duration_s:
            return None
        return elapsed_s


def read_profile(payload: Payload) -> ChargingProfile:
    """A csChargingProfiles object. `Unfit` when it breaks a rule or a limit of this charge point."""
    try:
        return _read(payload)
    except (KeyError, TypeError, ValueError) as error:
        raise Unfit(str(error)) from None


def _read(payload: Payload) -> ChargingProfile:
    schedule = payload["chargingSchedule"]
    kind = payload["chargingProfileKind"]
    periods = tuple(
        Period(float(row["startPeriod"]), float(row["limit"]), row.get("numberPhases"))
        for row in schedule["chargingSchedulePeriod"]
    )
    _check(payload, schedule, periods)
    return ChargingProfile(
        int(payload["chargingProfileId"]),
        int(payload["stackLevel"]),
        Purpose(payload["chargingProfilePurpose"]),
        schedule["chargingRateUnit"],
        periods,
        duration_s=_number(schedule.get("duration")),
        start_s=_time(schedule.get("startSchedule")) if kind != "Relative" else None,
        repeats_s=_RECURRENCE_S[payload["recurrencyKind"]] if kind == "Recurring" else None,
        valid_from_s=_time(payload.get("validFrom")) or float("-inf"),
        valid_to_s=_time(payload.get("validTo")) or float("inf"),
        transaction_id=payload.get("transactionId"),
    )


def _check(payload: Payload, schedule: Payload, periods: Sequence[Period]) -> None:
    starts = [period.start_s for period in periods]
    if not 0 <= payload["stackLevel"] <= MAX_STACK_LEVEL:
        raise Unfit("stack level")
    if not 0 < len(periods) <= MAX_PERIODS or starts[0] != 0 or starts != sorted(set(starts)):
        raise Unfit("periods")
    if any(period.limit < 0 for period in periods) or schedule["chargingRateUnit"] not in ("W", "A"):
        raise Unfit("limits")
    if payload["chargingProfileKind"] not in ("Absolute", "Recurring", "Relative"):
        raise Unfit("kind")
    if payload["chargingProfileKind"] == "Recurring" and "startSchedule" not in schedule:
        raise Unfit("a recurring schedule needs a start")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, int | float) else None


def _time(text: object) -> float | None:
    return datetime.fromisoformat(text).timestamp() if isinstance(text, str) else None
