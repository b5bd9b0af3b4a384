"""What chargers say of their connectors: kept, judged, and noted where it cannot be (rules SN-03 to SN-11)."""

from __future__ import annotations

from server.core import faults, reservations, station, transitions
from server.core.bus import Bus
from server.core.clock import plausible
from server.core.fleet import Fleet
from server.core.peculiarities import Peculiarities
from server.model.charger import Charger, Connector
from server.model.event import EventKind
from server.model.observation import StatusReported
from server.model.status import ConnectorStatus

#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
CHARGING = ConnectorStatus.CHARGING


def reported(fleet: Fleet, bus: Bus, peculiar: Peculiarities, charger: Charger, report: StatusReported) -> None:
    connector = fleet.connector(charger, report.connector_id, report.at)
    if report.station_at is not None and plausible(report.station_at, report.at):
        if report.station_at < connector.reported_at:
            return  # SN-08: a queued report must not overwrite a newer one
        connector.reported_at = report.station_at
    if charger.reservations:
        reservations.status_reported(bus, charger, report.connector_id, connector.status, report.status, report.at)
    _note_what_is_odd(peculiar, charger, connector, report)
    if report.status is not connector.status:
        connector.status = report.status
        connector.status_at = report.at
    connector.error_code = report.error_code
    connector.vendor_id = report.vendor_id
    connector.vendor_error_code = report.vendor_error_code
    connector.info = report.info
    if report.status is not CHARGING:
        connector.power_w = 0
        connector.current_ma = 0
    faults.judge(fleet, bus, connector, report)
    charger.status = station.derive(charger)
    bus.emit(EventKind.CONNECTOR_CHANGED, report.at, charger.charger_id, connector)


def _note_what_is_odd(peculiar: Peculiarities, charger: Charger, connector: Connector, report: StatusReported) -> None:
    before, after = connector.status, report.status
    if connector is charger.main:
        if after not in transitions.OF_MAIN and after is not ConnectorStatus.UNKNOWN:
            peculiar.note(charger, report.at, "SN-10", f"connector 0 is {after.value}")
        return
    if transitions.may_follow(before, after):
        return
    if connector.status_at >= max(charger.online_at, charger.booted_at):  # else the line was down meanwhile
        peculiar.note(charger, report.at, "SN-11", f"{before.value} to {after.value}")
