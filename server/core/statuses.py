"""What chargers say of their connectors: kept, judged, and noted where it cannot be (rules SN-03 to SN-11)."""

from __future__ import annotations

from server.core import faults, reservations, station, transitions
from server.core.bus import Bus
from server.core.clock import SAME_SKEW, plausible
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
        if report.station_at < connector.reported_at and _waited(charger, connector, report.station_at, report.at):
            peculiar.note(charger, report.at, "SN-08", f"{report.status.value} came late")
            return
        connector.reported_at = report.station_at
    connector.left_out = None
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


def booted(charger: Charger) -> None:
    """Its clock may have fallen back with the boot, and it reports anew: what comes now counts."""
    for connector in (charger.main, *charger.connectors.values()):
        connector.reported_at = 0
        connector.left_out = None


def _waited(charger: Charger, connector: Connector, station_at: int, at: int) -> bool:
    """Is a report that is older than the newest one from the queue of a time without a line (SN-08)?

    Else the clock was set back. A queue is of the time before this link, and is emptied faster than it was filled:
    what comes no faster than it was made, is made now. So a clock hides one report of a connector at most.
    """
    if station_at - charger.clock_skew_ms > charger.online_at - SAME_SKEW:  # many tell whole seconds
        return False
    before, connector.left_out = connector.left_out, (station_at, at)
    return before is None or station_at - before[0] > at - before[1] + SAME_SKEW


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
