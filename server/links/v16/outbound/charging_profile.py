"""Charging profiles inside messages (OCPP 1.6 edition 2, section 7.8 to 7.16)."""

from __future__ import annotations

from server.core.ports import InvalidPayload
from server.links.dialect import Payload
from server.links.v16.outbound.fields import optional_time, present, time_or_none
from server.model.profile import ChargingProfile, ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod


def write_profile(profile: ChargingProfile) -> Payload:
    return present(
        chargingProfileId=profile.profile_id,
        transactionId=profile.transaction_id,
        stackLevel=profile.stack_level,
        chargingProfilePurpose=profile.purpose.value,
        chargingProfileKind=profile.kind,
        recurrencyKind=profile.recurrency,
        validFrom=time_or_none(profile.valid_from),
        validTo=time_or_none(profile.valid_to),
        chargingSchedule=_write_schedule(profile.schedule),
    )


def read_profile(payload: Payload, where: str) -> ChargingProfile:
    """`where` is the path of `payload`: "csChargingProfiles."."""
    return ChargingProfile(
        profile_id=payload["chargingProfileId"],
        stack_level=payload["stackLevel"],
        purpose=ProfilePurpose(payload["chargingProfilePurpose"]),
        kind=payload["chargingProfileKind"],
        schedule=_read_schedule(payload["chargingSchedule"], f"{where}chargingSchedule."),
        transaction_id=payload.get("transactionId"),
        recurrency=payload.get("recurrencyKind"),
        valid_from=optional_time(payload, "validFrom", where),
        valid_to=optional_time(payload, "validTo", where),
    )


def tell_profile(profile: ChargingProfile) -> str:
    limits = ", ".join(f"{p.limit_x10 / 10:g}" for p in profile.schedule.periods[:4])
    more = " ..." if len(profile.schedule.periods) > 4 else ""
    return f"{profile.purpose} level {profile.stack_level}  {limits}{more} {profile.schedule.unit}"


def _write_schedule(schedule: ChargingSchedule) -> Payload:
    return present(
        duration=schedule.duration_s,
        startSchedule=time_or_none(schedule.start_at),
        chargingRateUnit=schedule.unit.value,
        chargingSchedulePeriod=[
            present(startPeriod=p.start_s, limit=_tenths(p.limit_x10), numberPhases=p.phases) for p in schedule.periods
        ],
        minChargingRate=None if schedule.min_rate_x10 is None else _tenths(schedule.min_rate_x10),
    )


def _read_schedule(payload: Payload, where: str) -> ChargingSchedule:
    periods = [
        SchedulePeriod(
            start_s=p["startPeriod"],
            limit_x10=_in_tenths(p["limit"], f"{where}chargingSchedulePeriod[{i}].limit"),
            phases=p.get("numberPhases"),
        )
        for i, p in enumerate(payload["chargingSchedulePeriod"])
    ]
    least = payload.get("minChargingRate")
    return ChargingSchedule(
        unit=RateUnit(payload["chargingRateUnit"]),
        periods=tuple(periods),
        duration_s=payload.get("duration"),
        start_at=optional_time(payload, "startSchedule", where),
        min_rate_x10=None if least is None else _in_tenths(least, f"{where}minChargingRate"),
    )


def _tenths(number: int) -> int | float:
    """Tenths as a JSON number with at most one decimal (SC-02)."""
    return number // 10 if number % 10 == 0 else number / 10


def _in_tenths(value: float, where: str) -> int:
    tenths = round(value * 10)
    if abs(value * 10 - tenths) > 1e-6:
        raise InvalidPayload(where, "must have at most one decimal")
    return tenths
