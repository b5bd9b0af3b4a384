"""Limits in the unit that a charger takes (SC-03): amperes of each phase, or watts of all phases together."""

from __future__ import annotations

from dataclasses import replace

from server.model.charger import Charger
from server.model.command import Operation, RemoteStart
from server.model.operations import SetChargingProfile
from server.model.profile import ChargingProfile, ChargingSchedule, RateUnit

#: Words of ChargingScheduleAllowedChargingRateUnit for each unit; some chargers write the unit itself.
_WORDS = {RateUnit.AMPERE: ("current", "a"), RateUnit.WATT: ("power", "w")}
#: Phases of a period that names none (OCPP 1.6 edition 2, section 7.14).
PHASES = 3


def units_of(charger: Charger) -> list[RateUnit]:
    """The units that the charger said it takes; empty when it has not said, or nothing that means one."""
    told = (charger.setting("ChargingScheduleAllowedChargingRateUnit") or "").split(",")
    words = {word.strip().casefold() for word in told}
    return [unit for unit, known in _WORDS.items() if words.intersection(known)]


def fitted(charger: Charger, operation: Operation) -> Operation:
    """The operation with its limits in a unit of this charger; the very same object for nearly all."""
    match operation:
        case SetChargingProfile(profile=profile) | RemoteStart(profile=ChargingProfile() as profile):
            wanted = converted(charger, profile)
            return operation if wanted is profile else replace(operation, profile=wanted)
    return operation


def converted(charger: Charger, profile: ChargingProfile) -> ChargingProfile:
    known = units_of(charger)
    if not known or profile.schedule.unit in known:
        return profile
    return replace(profile, schedule=_in_other_unit(profile.schedule, charger.options.grid_voltage))


def _in_other_unit(schedule: ChargingSchedule, volts: int) -> ChargingSchedule:
    """Never more than was asked for: a tenth that does not come out even is dropped."""
    to_watts = schedule.unit is RateUnit.AMPERE

    def other(x10: int, phases: int | None) -> int:
        watts_per_ampere = volts * (phases or PHASES)
        return x10 * watts_per_ampere if to_watts else x10 // watts_per_ampere

    first = schedule.periods[0].phases if schedule.periods else None
    return replace(
        schedule,
        unit=RateUnit.WATT if to_watts else RateUnit.AMPERE,
        periods=tuple(replace(p, limit_x10=other(p.limit_x10, p.phases)) for p in schedule.periods),
        min_rate_x10=None if schedule.min_rate_x10 is None else other(schedule.min_rate_x10, first),
    )
