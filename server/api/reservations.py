"""Reservations that chargers accepted, with what became of them."""

from __future__ import annotations

import time
from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import answer, iso, time_or_none
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.reservation import Reservation


class ReservationLineShape(TypedDict):
    chargerId: str
    reservationId: int
    connectorId: Annotated[int, Field(description="0: any connector")]
    idTag: str
    parentIdTag: str | None
    state: Literal["holds", "ended"]
    madeAt: str | None
    expiryDate: str | None
    endedAt: str | None
    endedBecause: Annotated[str | None, Field(description="used by transaction 987, cancelled, expired, ...")]


class ReservationsShape(TypedDict):
    count: int
    reservations: list[ReservationLineShape]


def reservation_shape(r: Reservation, at: int) -> ReservationLineShape:
    holds = r.holds(at)
    return {
        "chargerId": r.charger_id,
        "reservationId": r.reservation_id,
        "connectorId": r.connector_id,
        "idTag": r.id_tag,
        "parentIdTag": r.parent_id_tag or None,
        "state": "holds" if holds else "ended",
        "madeAt": iso(r.made_at),
        "expiryDate": iso(r.expires_at),
        "endedAt": None if holds else iso(r.ended_at or r.expires_at),
        "endedBecause": None if holds else r.ended_because or "expired",
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/reservations", response_model=ReservationsShape, summary="Reservations, newest first")
    async def list_reservations(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        until: Annotated[str, Query(description="made then or earlier, with zone")] = "",
    ) -> Response:
        at = time.time_ns() // 1_000_000
        found = await depot.find_reservations(as_stored(depot, charger), limit, time_or_none("until", until))
        shapes = [reservation_shape(r, at) for r in found]
        return answer({"count": len(shapes), "reservations": shapes})
