"""GetCompositeSchedule (OCPP 1.6 edition 2, section 5.7)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.normalise import normalise
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, present
from server.links.v16.times import read_time
from server.model.command import Reply
from server.model.operations import GetCompositeSchedule
from server.model.profile import ChargingSchedule, RateUnit, SchedulePeriod

ACTION = "GetCompositeSchedule"
MOST = 1e9  #: of a limit, in its unit


def write(operation: GetCompositeSchedule) -> Payload:
    return present(
        connectorId=operation.connector_id,
        duration=operation.duration_s,
        chargingRateUnit=None if operation.unit is None else operation.unit.value,
    )


def read(payload: Payload) -> GetCompositeSchedule:
    at_least(0, payload, "connectorId")
    at_least(1, payload, "duration")
    unit = payload.get("chargingRateUnit")
    return GetCompositeSchedule(payload["connectorId"], payload["duration"], None if unit is None else RateUnit(unit))


def tell(operation: GetCompositeSchedule) -> str:
    return f"c{operation.connector_id}  next {operation.duration_s} s"


_by_status = by_status(accepted=["Accepted"], rejected=["Rejected"])


def reply(payload: Payload) -> Reply:
    """The facts are the schedule: "starts 2026-11-21T10:00:00Z", "from 0 s: 16 A", "from 3600 s: 8.5 A, 1 phase"."""
    fitted, _ = normalise(f"{ACTION}Response", payload)
    schedule = fitted.get("chargingSchedule", {})
    starts = fitted.get("scheduleStart") or schedule.get("startSchedule")
    facts = [f"starts {starts[:40]}"] if starts else []
    facts += [_period(p, schedule.get("chargingRateUnit", "")) for p in schedule.get("chargingSchedulePeriod", ())]
    return _by_status(payload)._replace(facts=tuple(facts), schedule=_schedule(schedule, starts))


def _schedule(told: Payload, starts: str | None) -> ChargingSchedule | None:
    """The schedule as a charger tells it: finer than a tenth is rounded, a period without start or limit left out."""
    periods = [
        SchedulePeriod(p["startPeriod"], _tenths(p["limit"]), p.get("numberPhases"))
        for p in told.get("chargingSchedulePeriod", ())
        if "startPeriod" in p and "limit" in p
    ]
    if not periods or told.get("chargingRateUnit") not in tuple(RateUnit):
        return None
    least = told.get("minChargingRate")
    return ChargingSchedule(
        RateUnit(told["chargingRateUnit"]),
        tuple(periods),
        told.get("duration"),
        read_time(starts) if starts else None,
        None if least is None else _tenths(least),
    )


def _tenths(limit: float) -> int:
    """Within what a number of a schedule can mean: a charger may write 1e308."""
    return round(max(-MOST, min(limit, MOST)) * 10)


def _period(period: Payload, unit: str) -> str:
    limit, phases = period.get("limit"), period.get("numberPhases")
    told = f"from {period.get('startPeriod', '?')} s: {'?' if limit is None else f'{limit:g}'} {unit}"
    return told if phases is None else f"{told}, {phases} phase{'' if phases == 1 else 's'}"
