"""Charging profiles that chargers keep, and the schedules they answered."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import answer, iso
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.charger import Charger
from server.model.profile import ChargingSchedule, CompositeSchedule, InstalledProfile


class PeriodShape(TypedDict):
    startPeriod: Annotated[int, Field(description="after the start of the schedule, s")]
    limit: float
    numberPhases: int | None


class ScheduleShape(TypedDict):
    unit: Annotated[str, Field(description="of the limits: A of each phase, or W of all together")]
    startSchedule: str | None
    duration: Annotated[int | None, Field(description="s; null: without end")]
    minChargingRate: float | None
    periods: list[PeriodShape]


class ProfileShape(ScheduleShape):
    chargerId: str
    connectorId: Annotated[int, Field(description="0: the whole charger")]
    profileId: int
    purpose: str
    stackLevel: int
    kind: str
    recurrency: str | None
    transactionId: Annotated[int | None, Field(description="null of a TxProfile: it waits for its session")]
    validFrom: str | None
    validTo: str | None
    installedAt: str | None


class CompositeShape(ScheduleShape):
    chargerId: str
    connectorId: int
    toldAt: Annotated[str | None, Field(description="when the charger answered, UTC")]


class ProfilesShape(TypedDict):
    count: int
    profiles: list[ProfileShape]


class CompositesShape(TypedDict):
    count: int
    schedules: list[CompositeShape]


def _schedule(s: ChargingSchedule) -> ScheduleShape:
    return {
        "unit": s.unit.value,
        "startSchedule": _time(s.start_at),
        "duration": s.duration_s,
        "minChargingRate": None if s.min_rate_x10 is None else s.min_rate_x10 / 10,
        "periods": [{"startPeriod": p.start_s, "limit": p.limit_x10 / 10, "numberPhases": p.phases} for p in s.periods],
    }


def profile_shape(installed: InstalledProfile) -> ProfileShape:
    p = installed.profile
    return {
        "chargerId": installed.charger_id,
        "connectorId": installed.connector_id,
        "profileId": p.profile_id,
        "purpose": p.purpose.value,
        "stackLevel": p.stack_level,
        "kind": p.kind,
        "recurrency": p.recurrency,
        "transactionId": p.transaction_id,
        "validFrom": _time(p.valid_from),
        "validTo": _time(p.valid_to),
        "installedAt": iso(installed.installed_at),
        **_schedule(p.schedule),
    }


def composite_shape(told: CompositeSchedule) -> CompositeShape:
    return {
        "chargerId": told.charger_id,
        "connectorId": told.connector_id,
        "toldAt": iso(told.told_at),
        **_schedule(told.schedule),
    }


def _time(at: int | None) -> str | None:
    return None if at is None else iso(at)


def add_routes(app: FastAPI, depot: Depot) -> None:
    def wanted(charger: str) -> list[Charger]:
        charger_id = as_stored(depot, charger)
        return [c for c in list(depot.chargers.values()) if charger_id in ("", c.charger_id)]

    @app.get("/api/charging-profiles", response_model=ProfilesShape, summary="Charging profiles that chargers keep")
    async def list_profiles(charger: Annotated[str, Query(description="of this charger only")] = "") -> Response:
        shapes = [profile_shape(kept) for c in wanted(charger) for _, kept in sorted(c.profiles.items())]
        return answer({"count": len(shapes), "profiles": shapes})

    @app.get(
        "/api/charging-schedules",
        response_model=CompositesShape,
        summary="What chargers answered that they will do, all profiles together",
    )
    async def list_schedules(charger: Annotated[str, Query(description="of this charger only")] = "") -> Response:
        shapes = [composite_shape(told) for c in wanted(charger) for _, told in sorted(c.schedules.items())]
        return answer({"count": len(shapes), "schedules": shapes})
