"""Messages on demand."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from simulator.connector import Connector
from simulator.link import Reply
from simulator.operations.replies import connector_id, status, text
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station

_Send = Callable[["Station", list[Connector]], None]


def trigger_message(station: Station, payload: Payload) -> Reply:
    return _trigger(station, payload, _MESSAGES)


def extended_trigger_message(station: Station, payload: Payload) -> Reply:
    return _trigger(station, payload, _EXTENDED)


def _trigger(station: Station, payload: Payload, known: Mapping[str, _Send]) -> Reply:
    send = known.get(text(payload, "requestedMessage"))
    if send is None:
        return status("NotImplemented")
    connectors = list(station.board)
    if "connectorId" in payload:
        wanted = connector_id(station, payload)
        if wanted is None or (wanted == 0 and send is _meter_values):  # there is no main meter
            return status("Rejected")
        connectors = [station.board.find(wanted)]
    return status("Accepted", then=lambda: send(station, connectors))


def _boot(station: Station, _: list[Connector]) -> None:
    station.boot_again()


def _heartbeat(station: Station, _: list[Connector]) -> None:
    station.outbox.put("Heartbeat", {})


def _meter_values(station: Station, connectors: list[Connector]) -> None:
    for connector in connectors:
        if connector.connector_id:
            station.metering.trigger(connector)


def _status(station: Station, connectors: list[Connector]) -> None:
    for connector in connectors:
        station.board.tell(connector)


def _diagnostics(station: Station, _: list[Connector]) -> None:
    station.diagnostics.tell()


def _log(station: Station, _: list[Connector]) -> None:
    station.diagnostics.tell_log()


def _firmware(station: Station, _: list[Connector]) -> None:
    station.firmware.tell()


def _sign(station: Station, _: list[Connector]) -> None:
    csr = station.certificates.request(station.charger_id, station.configuration.text("CpoName"))
    station.notify("SignCertificate", {"csr": csr})


_COMMON: dict[str, _Send] = {
    "BootNotification": _boot,
    "FirmwareStatusNotification": _firmware,
    "Heartbeat": _heartbeat,
    "MeterValues": _meter_values,
    "StatusNotification": _status,
}
_MESSAGES = _COMMON | {"DiagnosticsStatusNotification": _diagnostics}
_EXTENDED = _COMMON | {"LogStatusNotification": _log, "SignChargePointCertificate": _sign}
