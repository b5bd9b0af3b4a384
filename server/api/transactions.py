"""Charging transactions, open and ended."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso, one_of
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.status import TransactionState
from server.model.transaction import Transaction


class TransactionShape(TypedDict):
    transactionId: int
    chargerTransactionId: Annotated[int, Field(description="the id that the charger uses, mostly the same")]
    chargerId: str
    connectorId: Annotated[int, Field(description="0: the charger told a stop without a start")]
    idTag: str
    tagStatus: Annotated[str, Field(description="verdict on the tag at the start")]
    status: Literal["IN_PROGRESS", "COMPLETED"]
    state: Annotated[str, Field(description="ongoing, completed, terminated, orphaned or ghost")]
    meterStartKwh: Annotated[float, Field(description="energy register at the start, kWh")]
    meterStopKwh: Annotated[float | None, Field(description="energy register at the end, kWh")]
    energyConsumedKwh: Annotated[float, Field(description="so far, or in the end, kWh")]
    estimated: Annotated[str | None, Field(description="why the energy is an estimate; null: it is measured")]
    missingKwh: Annotated[float, Field(description="energy that flowed since the session before, kWh")]
    startTime: Annotated[str | None, Field(description="the charger's own time where it is plausible, UTC")]
    endTime: str | None
    durationSeconds: Annotated[int | None, Field(description="null while it runs, s")]
    stopReason: Annotated[str | None, Field(description="the charger's word: Local, Remote, EVDisconnected, ...")]
    stopIdTag: str | None
    closedBy: Annotated[str | None, Field(description="charger or csms; null while it runs")]


class TransactionsShape(TypedDict):
    count: int
    transactions: list[TransactionShape]


def transaction_shape(t: Transaction) -> TransactionShape:
    return {
        "transactionId": t.transaction_id,
        "chargerTransactionId": t.charger_calls_it,
        "chargerId": t.charger_id,
        "connectorId": t.connector_id,
        "idTag": t.id_tag,
        "tagStatus": t.tag_status.value,
        "status": "IN_PROGRESS" if t.is_open else "COMPLETED",
        "state": t.state.value,
        "meterStartKwh": t.meter_start_wh / 1000,
        "meterStopKwh": None if t.is_open else t.meter_stop_wh / 1000,
        "energyConsumedKwh": t.energy_wh / 1000,
        "estimated": t.estimated or None,
        "missingKwh": t.missing_wh / 1000,
        "startTime": iso(t.started_at),
        "endTime": iso(t.stopped_at),
        "durationSeconds": (t.stopped_at - t.started_at) // 1000 if t.stopped_at else None,
        "stopReason": t.stop_reason or None,
        "stopIdTag": t.stop_id_tag or None,
        "closedBy": t.closed_by or None,
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/transactions", response_model=TransactionsShape, summary="Transactions, newest first")
    async def list_transactions(
        state: Annotated[str, Query(description="ongoing, completed, terminated, orphaned or ghost")] = "",
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="a transactionId: older ones only")] = None,
    ) -> Response:
        one_of("state", state, TransactionState)
        found = await depot.find_transactions(state, as_stored(depot, charger), limit, before)
        return answer({"count": len(found), "transactions": [transaction_shape(t) for t in found]})
