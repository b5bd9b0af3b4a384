"""Who tried to connect, and the sentence that says what to change at the charger."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.connection import Cause, ConnectionAttempt


class ConnectionShape(TypedDict):
    connectionId: int
    time: Annotated[str | None, Field(description="the last of these tries, UTC")]
    firstTime: Annotated[str | None, Field(description="the first of them, UTC")]
    count: Annotated[int, Field(description="alike tries, each within 15 minutes of the one before")]
    peer: Annotated[str, Field(description="address of the last one; many:0 stands for too many to tell apart")]
    chargerId: Annotated[str | None, Field(description="as the URL said; null: it did not")]
    cause: Annotated[str, Field(description=f"one of {', '.join(Cause)}")]
    detail: Annotated[str | None, Field(description="what was seen")]
    fix: Annotated[str | None, Field(description="what to do, in a sentence; null: nothing")]
    securityProfile: Annotated[int | None, Field(description="OCPP security profile it reached; null: not let in")]
    isOpen: Annotated[bool, Field(description="the link stands")]
    lastedSeconds: Annotated[float | None, Field(description="the last link, when it is over")]
    closedBecause: str | None


class ConnectionsShape(TypedDict):
    count: int
    connections: list[ConnectionShape]


def connection_shape(a: ConnectionAttempt) -> ConnectionShape:
    return {
        "connectionId": a.attempt_id,
        "time": iso(a.seen_at),
        "firstTime": iso(a.at),
        "count": a.count,
        "peer": a.peer,
        "chargerId": a.charger_id or None,
        "cause": a.cause.value,
        "detail": a.detail or None,
        "fix": a.fix or None,
        "securityProfile": a.profile if a.cause.is_connection else None,
        "isOpen": a.is_open,
        "lastedSeconds": round((a.ended_at - a.seen_at) / 1000, 1) if a.ended_at else None,
        "closedBecause": a.ended or None,
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/connections", response_model=ConnectionsShape, summary="Who tried to connect, newest first")
    async def list_connections(
        charger: Annotated[str, Query(description="with this id only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="a connectionId: older ones only")] = None,
    ) -> Response:
        found = await depot.find_connections(as_stored(depot, charger), limit, before)
        return answer({"count": len(found), "connections": [connection_shape(a) for a in found]})
