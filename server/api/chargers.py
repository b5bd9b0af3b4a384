"""Chargers and their connectors, live."""

from __future__ import annotations

import asyncio
from typing import Annotated, Any

from fastapi import FastAPI
from pydantic import Field
from starlette.requests import Request
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.access_shape import AccessShape, access_shape
from server.api.answer import NOT_DURABLE, ApiError, answer, iso, operator_of
from server.api.faults import FaultShape, fault_shape
from server.api.lookup import known_charger
from server.api.peculiarities import options_shape
from server.api.told import ToldShape, told_shape
from server.core.ports import Depot
from server.model.charger import Charger, Connector
from server.model.status import Registration

#: Chargers turned into JSON before the loop may do something else: 0.5 ms
SLICE = 50


class ConnectorShape(TypedDict):
    connectorId: int
    status: Annotated[str, Field(description="one of the nine states of OCPP 1.6, or Unknown before the first report")]
    errorCode: Annotated[str, Field(description="NoError when nothing is wrong")]
    vendorId: str | None
    vendorErrorCode: str | None
    info: str | None
    transactionId: Annotated[int | None, Field(description="the running one")]
    idTag: Annotated[str | None, Field(description="of the running transaction")]
    powerKw: Annotated[float, Field(description="drawn now, kW")]
    ratedKw: Annotated[float | None, Field(description="size of the connector, kW")]
    energyKwh: Annotated[float | None, Field(description="of the running transaction so far, kWh")]
    meterKwh: Annotated[float | None, Field(description="energy register at its last reading, kWh")]
    currentA: Annotated[float, Field(description="highest phase, A")]
    voltageV: Annotated[float | None, Field(description="mean of the phases, V")]
    socPercent: Annotated[int | None, Field(description="charge of the vehicle's battery, %")]
    since: Annotated[str | None, Field(description="since when it is in this state, UTC")]


class ChargerShape(TypedDict):
    chargerId: str
    alias: str | None
    model: str | None
    vendor: str | None
    serial: str | None
    firmware: str | None
    ocppVersion: Annotated[str | None, Field(description="of its last link, '1.6'")]
    registration: Annotated[str, Field(description="Accepted, Pending (not adopted yet) or Rejected")]
    status: Annotated[str, Field(description="Faulted, Occupied, Preparing, Available or Unavailable")]
    isOnline: bool
    onlineSince: Annotated[str | None, Field(description="since when isOnline has its value, UTC")]
    offlineReason: str | None
    lastHeartbeat: Annotated[str | None, Field(description="last sign of life of any kind, UTC")]
    powerKw: Annotated[float, Field(description="drawn now by all connectors, kW")]
    connectors: list[ConnectorShape]
    options: Annotated[dict[str, Any], Field(description="what is done otherwise for it, as it holds")]
    ownOptions: Annotated[dict[str, Any], Field(description="what an operator set of it")]


class ChargerDetailShape(ChargerShape):
    main: Annotated[ConnectorShape, Field(description="connector 0: the charger's own controller")]
    iccid: str | None
    imsi: str | None
    meterType: str | None
    meterSerial: str | None
    peer: Annotated[str | None, Field(description="address of its link")]
    isSecure: Annotated[bool, Field(description="the link is TLS")]
    firstSeen: str | None
    lastBoot: str | None
    heartbeatInterval: Annotated[int, Field(description="what it was told, s")]
    clockSkewMs: Annotated[int, Field(description="its clock minus ours, ms")]
    rebootNeeded: Annotated[bool, Field(description="a configuration change waits for a reboot")]
    reconnects: int
    openFaults: list[FaultShape]
    told: Annotated[ToldShape, Field(description="what it told in answer to operations")]
    access: AccessShape


class ChargersShape(TypedDict):
    count: int
    chargers: list[ChargerShape]


def connector_shape(c: Connector) -> ConnectorShape:
    running = c.transaction
    return {
        "connectorId": c.connector_id,
        "status": c.status.value,
        "errorCode": c.error_code,
        "vendorId": c.vendor_id or None,
        "vendorErrorCode": c.vendor_error_code or None,
        "info": c.info or None,
        "transactionId": running.transaction_id if running else None,
        "idTag": running.id_tag if running else None,
        "powerKw": c.power_w / 1000,
        "ratedKw": c.rated_w / 1000 if c.rated_w else None,
        "energyKwh": running.energy_wh / 1000 if running else None,
        "meterKwh": c.register_wh / 1000 if c.register_wh is not None else None,
        "currentA": c.current_ma / 1000,
        "voltageV": c.voltage_mv / 1000 if c.voltage_mv else None,
        "socPercent": c.soc_percent,
        "since": iso(c.status_at),
    }


def charger_shape(c: Charger) -> ChargerShape:
    return {
        "chargerId": c.charger_id,
        "alias": c.alias or None,
        "model": c.model or None,
        "vendor": c.vendor or None,
        "serial": c.serial or None,
        "firmware": c.firmware or None,
        "ocppVersion": c.ocpp_version or None,
        "registration": c.registration.value,
        "status": c.status.value,
        "isOnline": c.online,
        "onlineSince": iso(c.online_at),
        "offlineReason": (c.offline_reason or None) if not c.online else None,
        "lastHeartbeat": iso(c.seen_at),
        "powerKw": c.power_w / 1000,
        "connectors": [connector_shape(x) for x in c.connectors.values()],
        "options": options_shape(c),
        "ownOptions": dict(c.own_options),
    }


def detail_shape(depot: Depot, c: Charger) -> ChargerDetailShape:
    return {
        **charger_shape(c),
        "main": connector_shape(c.main),
        "iccid": c.iccid or None,
        "imsi": c.imsi or None,
        "meterType": c.meter_type or None,
        "meterSerial": c.meter_serial or None,
        "peer": c.peer or None,
        "isSecure": c.secure,
        "firstSeen": iso(c.first_seen_at),
        "lastBoot": iso(c.booted_at),
        "heartbeatInterval": c.heartbeat_s,
        "clockSkewMs": c.clock_skew_ms,
        "rebootNeeded": c.reboot_needed,
        "reconnects": c.reconnects,
        "openFaults": [fault_shape(f) for f in c.open_faults()],
        "told": told_shape(c),
        "access": access_shape(depot, c),
    }


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/chargers", response_model=ChargersShape, summary="All chargers with their connectors, live")
    async def list_chargers() -> Response:
        shapes: list[ChargerShape] = []
        for charger in list(depot.chargers.values()):
            shapes.append(charger_shape(charger))
            if len(shapes) % SLICE == 0:
                await asyncio.sleep(0)
        return answer({"count": len(shapes), "chargers": shapes})

    @app.get("/api/chargers/{charger_id:path}", response_model=ChargerDetailShape, summary="One charger with details")
    async def get_charger(charger_id: str) -> Response:
        return answer(detail_shape(depot, known_charger(depot, charger_id)))

    @app.post(
        "/api/chargers/{charger_id:path}/adopt",
        response_model=ChargerDetailShape,
        summary="Let an unknown charger in; it is accepted at its next boot",
    )
    async def adopt_charger(charger_id: str, request: Request) -> Response:
        charger = known_charger(depot, charger_id)
        if charger.registration is Registration.REJECTED:
            raise ApiError(409, "blocked", f"charger {charger.charger_id!r} is rejected")
        if charger.registration is Registration.PENDING:
            depot.adopt(charger.charger_id, operator_of(request))
            if not await depot.flush():
                raise NOT_DURABLE
        return answer(detail_shape(depot, charger))
