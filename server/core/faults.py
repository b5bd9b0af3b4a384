"""Faults out of status reports: opened, counted, cleared (rules SN-03 to SN-07)."""

from __future__ import annotations

from server.core.bus import Bus
from server.core.fleet import Fleet
from server.model.charger import Connector
from server.model.event import EventKind
from server.model.fault import Fault
from server.model.observation import StatusReported
from server.model.status import ConnectorStatus, Severity

NO_ERROR = "NoError"
#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
FAULTED = ConnectorStatus.FAULTED


def judge(fleet: Fleet, bus: Bus, connector: Connector, report: StatusReported) -> None:
    """Open, repeat or clear what is wrong with `connector`, as `report` tells.

    In 1.6 a report shows one error at a time and clears by silence: another cause than before closes the old fault.
    """
    faulted = report.status is FAULTED
    if report.error_code == NO_ERROR and not faulted:
        for fault in (connector.fault, connector.warning):
            if fault is not None:
                _clear(bus, connector, fault, report.at)
        return

    if report.error_code == NO_ERROR and connector.fault is not None:
        _repeat(bus, connector, connector.fault, report, Severity.FAULT)  # asked again, it says the status alone
        return
    severity = Severity.FAULT if faulted else Severity.WARNING
    code = "OtherError" if report.error_code == NO_ERROR else report.error_code
    known = None
    for fault in (connector.fault, connector.warning):
        if fault is None:
            continue
        if fault.same_cause(code, report.vendor_id, report.vendor_error_code):
            known = fault
        else:
            _clear(bus, connector, fault, report.at)
    if known is None:
        _open(fleet, bus, connector, report, code, severity)
    else:
        _repeat(bus, connector, known, report, severity)


def _open(fleet: Fleet, bus: Bus, connector: Connector, report: StatusReported, code: str, severity: Severity) -> None:
    fault = Fault(
        fleet.next_fault_id,
        connector.charger_id,
        connector.connector_id,
        code,
        severity,
        opened_at=report.at,
        seen_at=report.at,
        vendor_id=report.vendor_id,
        vendor_error_code=report.vendor_error_code,
        info=report.info,
        transaction_id=connector.transaction.transaction_id if connector.transaction else None,
    )
    fleet.next_fault_id += 1
    _attach(connector, fault)
    bus.emit(EventKind.FAULT_OPENED, report.at, connector.charger_id, fault)


def _repeat(bus: Bus, connector: Connector, fault: Fault, report: StatusReported, severity: Severity) -> None:
    fault.count += 1
    fault.seen_at = report.at
    fault.info = report.info or fault.info
    fault.severity = severity
    _attach(connector, fault)
    bus.emit(EventKind.FAULT_UPDATED, report.at, connector.charger_id, fault)


def _attach(connector: Connector, fault: Fault) -> None:
    is_fault = fault.severity is Severity.FAULT
    connector.fault = fault if is_fault else None
    connector.warning = None if is_fault else fault


def _clear(bus: Bus, connector: Connector, fault: Fault, at: int) -> None:
    fault.cleared_at = max(at, fault.opened_at + 1)  # never 0, never before it opened
    if connector.fault is fault:
        connector.fault = None
    if connector.warning is fault:
        connector.warning = None
    bus.emit(EventKind.FAULT_CLEARED, at, connector.charger_id, fault)
