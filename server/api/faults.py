"""Faults and warnings, open and cleared, with what they mean and what to do first."""

from __future__ import annotations

from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.fault import Fault
from server.model.fault_help import help_for


class FaultShape(TypedDict):
    faultId: int
    chargerId: str
    connectorId: Annotated[int, Field(description="0: the charger's own controller")]
    errorCode: str
    vendorId: str | None
    vendorErrorCode: str | None
    info: str | None
    severity: Annotated[str, Field(description="fault: it cannot charge; warning: it still can; info")]
    openedAt: str | None
    lastSeenAt: Annotated[str | None, Field(description="last report of it, UTC")]
    clearedAt: Annotated[str | None, Field(description="null while it is open, UTC")]
    count: Annotated[int, Field(description="reports while it was open")]
    transactionId: Annotated[int | None, Field(description="the one that ran when it opened")]
    meaning: str
    firstAction: str
    acknowledgedBy: str | None
    acknowledgedAt: str | None
    note: str | None


class FaultsShape(TypedDict):
    count: int
    faults: list[FaultShape]


def fault_shape(f: Fault) -> FaultShape:
    told = help_for(f.error_code, f.vendor_id, f.vendor_error_code)
    return {
        "faultId": f.fault_id,
        "chargerId": f.charger_id,
        "connectorId": f.connector_id,
        "errorCode": f.error_code,
        "vendorId": f.vendor_id or None,
        "vendorErrorCode": f.vendor_error_code or None,
        "info": f.info or None,
        "severity": f.severity.value,
        "openedAt": iso(f.opened_at),
        "lastSeenAt": iso(f.seen_at),
        "clearedAt": iso(f.cleared_at),
        "count": f.count,
        "transactionId": f.transaction_id,
        "meaning": told.meaning,
        "firstAction": told.first_action,
        "acknowledgedBy": f.acknowledged_by or None,
        "acknowledgedAt": iso(f.acknowledged_at),
        "note": f.note or None,
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/faults", response_model=FaultsShape, summary="Faults and warnings, newest first")
    async def list_faults(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        only_open: Annotated[bool, Query(alias="open", description="true: only those not cleared yet")] = False,
        limit: Annotated[int, Query(ge=1, le=1000)] = 200,
        before: Annotated[Id | None, Query(description="a faultId: older ones only")] = None,
    ) -> Response:
        found = await depot.find_faults(as_stored(depot, charger), only_open, limit, before)
        return answer({"count": len(found), "faults": [fault_shape(f) for f in found]})
