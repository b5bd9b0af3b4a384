"""Charging profiles and schedules (OCPP 1.6 edition 2, section 3.13 and 7.8 to 7.16)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Literal


class ProfilePurpose(StrEnum):
    CHARGE_POINT_MAX = "ChargePointMaxProfile"
    TX_DEFAULT = "TxDefaultProfile"
    TX = "TxProfile"


class RateUnit(StrEnum):
    """Unit of limits; a charger names what it takes in `ChargingScheduleAllowedChargingRateUnit` (SC-03)."""

    WATT = "W"
    AMPERE = "A"


@dataclass(frozen=True, slots=True)
class SchedulePeriod:
    """From `start_s` seconds after the start of the schedule. `limit` in tenths of the unit: one decimal (SC-02)."""

    start_s: int
    limit_x10: int
    phases: int | None = None


@dataclass(frozen=True, slots=True)
class ChargingSchedule:
    unit: RateUnit
    periods: tuple[SchedulePeriod, ...]
    duration_s: int | None = None
    start_at: int | None = None
    min_rate_x10: int | None = None


@dataclass(frozen=True, slots=True)
class ChargingProfile:
    """At most one for each purpose and stack level on a connector (SC-02)."""

    profile_id: int
    stack_level: int
    purpose: ProfilePurpose
    kind: Literal["Absolute", "Recurring", "Relative"]
    schedule: ChargingSchedule
    transaction_id: int | None = None
    recurrency: Literal["Daily", "Weekly"] | None = None
    valid_from: int | None = None
    valid_to: int | None = None


#: Of all profiles in one slot the charger keeps the last: connector, purpose, stack level (SC-02).
Slot = tuple[int, ProfilePurpose, int]


@dataclass(frozen=True, slots=True)
class InstalledProfile:
    """A profile that a charger accepted, as it was sent. A TxProfile without a transaction waits for its session."""

    charger_id: str
    connector_id: int
    profile: ChargingProfile
    installed_at: int

    @property
    def slot(self) -> Slot:
        return self.connector_id, self.profile.purpose, self.profile.stack_level


@dataclass(frozen=True, slots=True)
class AwaitedProfile:
    """The profile of a remote start that left the connector to the charger: its session shows where it belongs."""

    id_tag: str  #: of the remote start
    profile: ChargingProfile
    asked_at: int


@dataclass(frozen=True, slots=True)
class CompositeSchedule:
    """What a charger answered that it will do, all of its profiles together, when it was asked the last time."""

    charger_id: str
    connector_id: int
    schedule: ChargingSchedule
    told_at: int
