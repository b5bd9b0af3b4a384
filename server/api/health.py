"""How the server does: for people, load balancers and supervisors."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import answer, iso
from server.core.ports import Depot


class HealthShape(TypedDict):
    status: Annotated[Literal["healthy", "degraded"], Field(description="degraded: it works, see reasons")]
    reasons: Annotated[list[str], Field(description="why it is degraded, in words; empty when healthy")]
    cloudConnected: bool
    lastSyncTime: Annotated[str | None, Field(description="UTC; null: never")]
    activeChargers: Annotated[int, Field(description="chargers online")]
    activeTransactions: int
    unsynchronizedEvents: Annotated[int, Field(description="events the cloud has not got yet; 0 without a cloud")]
    chargers: Annotated[int, Field(description="chargers known")]
    openFaults: Annotated[int, Field(description="open faults without warnings")]
    powerKw: Annotated[float, Field(description="drawn by the whole depot now, kW")]
    startedAt: Annotated[str | None, Field(description="start of the server, UTC")]
    ocppUrl: Annotated[str, Field(description="what a charger must be told; its id is appended")]


def health_shape(depot: Depot) -> HealthShape:
    health, totals = depot.health, depot.totals
    return {
        "status": "degraded" if health.degraded else "healthy",
        "reasons": list(health.degraded),
        "cloudConnected": False,  # there is no cloud to connect to yet: nothing waits for it either
        "lastSyncTime": None,
        "activeChargers": totals.online,
        "activeTransactions": totals.open_transactions,
        "unsynchronizedEvents": 0,
        "chargers": totals.chargers,
        "openFaults": totals.faults,
        "powerKw": totals.power_w / 1000,
        "startedAt": iso(health.started_at),
        "ocppUrl": health.ocpp_url,
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/health", response_model=HealthShape, summary="The same as /api/health, without a token")
    @app.get("/api/health", response_model=HealthShape, summary="Condition of the server; no token needed")
    async def get_health() -> Response:
        return answer(health_shape(depot))

    @app.get("/livez", summary="Answers as long as the server runs, degraded or not; no token needed")
    async def get_livez() -> Response:
        return answer({"status": "alive"})
