"""StatusNotification (OCPP 1.6 edition 2, section 4.9)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.rpc import ErrorCode, Problem, RpcError
from server.links.v16.clock import station_time
from server.links.v16.schemas import schema
from server.links.v16.values import connector_id
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import StatusReported
from server.model.status import ConnectorStatus

ACTION = "StatusNotification"

#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
INFO, FAULTED = Level.INFO, ConnectorStatus.FAULTED
NO_CONNECTOR = Problem(ErrorCode.PROPERTY_CONSTRAINT, "connectorId: is not the number of a connector")
_STATUS = {status.value: status for status in ConnectorStatus}
#: States of OCPP 1.5 and of vendors (SN-07).
_FOREIGN_STATUS = {
    "Occupied": ConnectorStatus.CHARGING,
    "Error": ConnectorStatus.FAULTED,
    "Suspended": ConnectorStatus.SUSPENDED_EV,
    "SuspendedEVS": ConnectorStatus.SUSPENDED_EVSE,
}
_ERROR_CODES = frozenset(schema(ACTION)["properties"]["errorCode"]["enum"])
#: What chargers write where they mean nothing (SN-07).
_NOTHING = frozenset({"null", "None", "0x0000"})


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Always answered `{}` (SN-01), unless it names no connector."""
    get = payload.get
    connector = connector_id(get("connectorId"))
    if connector is None:
        raise RpcError(NO_CONNECTOR)
    status = get("status", "")
    error_code = get("errorCode", "NoError")
    vendor_code = get("vendorErrorCode", "")
    info = get("info", "")
    if info in _NOTHING or vendor_code in _NOTHING:
        core.peculiar.note(charger, at, "SN-07", "a word for nothing")
        info, vendor_code = ("" if text in _NOTHING else text for text in (info, vendor_code))
    if error_code not in _ERROR_CODES:  # the code itself is all we know: it becomes the vendor's
        vendor_code = vendor_code or error_code
        error_code = "OtherError" if error_code else "NoError"
    report = StatusReported(
        charger.charger_id,
        at,
        connector,
        _STATUS.get(status) or _FOREIGN_STATUS.get(status, ConnectorStatus.UNKNOWN),
        error_code,
        get("vendorId", ""),
        vendor_code,
        info,
        station_time(core, charger, at, get("timestamp")),
    )
    _log(core, report)
    core.status_reported(report)
    return "{}"


def _log(core: Core, report: StatusReported) -> None:
    level = INFO
    if report.status is FAULTED:
        level = Level.ERROR
    elif report.error_code != "NoError":
        level = Level.WARNING
    template = "c%d %s  %s"
    args: tuple[object, ...] = (report.connector_id, report.status, report.error_code)
    if report.vendor_error_code:
        template += "  vendor %s"
        args += (report.vendor_error_code,)
    if report.info:
        template += "  '%s'"
        args += (report.info,)
    core.log.add(report.at, level, report.charger_id, "in", ACTION, template, args)
