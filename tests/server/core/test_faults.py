"""Faults open, count and clear as the reports of a charger tell."""

from __future__ import annotations

from server.core.core import Core
from server.model.charger import Charger
from server.model.event import Event, EventKind
from server.model.status import ChargerStatus, ConnectorStatus, Severity
from tests.server.core.conftest import T0, Report, kinds


def test_faulted_with_a_code_opens_a_fault_with_the_vendors_words(charger: Charger, report: Report) -> None:
    """SN-04, SN-05: the fault keeps vendor id, vendor code and info verbatim."""
    report(
        ConnectorStatus.FAULTED,
        "GroundFailure",
        vendor_id="com.abb",
        vendor_error_code="E-113",
        info="RCD trip",
    )

    fault = charger.connectors[1].fault

    assert fault is not None
    assert (fault.error_code, fault.vendor_id, fault.vendor_error_code, fault.info) == (
        "GroundFailure",
        "com.abb",
        "E-113",
        "RCD trip",
    )
    assert fault.severity is Severity.FAULT
    assert charger.status is ChargerStatus.FAULTED


def test_an_error_code_while_charging_is_a_warning(charger: Charger, report: Report) -> None:
    """SN-03: a status other than Faulted means that charging is still possible."""
    report(ConnectorStatus.CHARGING, "HighTemperature")

    connector = charger.connectors[1]

    assert connector.fault is None
    assert connector.warning is not None
    assert connector.warning.severity is Severity.WARNING
    assert charger.status is ChargerStatus.OCCUPIED


def test_the_same_cause_again_is_counted_not_opened(charger: Charger, report: Report, events: list[Event]) -> None:
    """SN-04: repeats update count and the time of the last report."""
    report(ConnectorStatus.FAULTED, "GroundFailure", at=T0)
    report(ConnectorStatus.FAULTED, "GroundFailure", at=T0 + 5_000)

    fault = charger.connectors[1].fault

    assert fault is not None
    assert (fault.count, fault.opened_at, fault.seen_at) == (2, T0, T0 + 5_000)
    assert kinds(events).count(EventKind.FAULT_OPENED) == 1


def test_another_vendor_code_is_another_fault(core: Core, charger: Charger, report: Report) -> None:
    """SN-04: the same error code with a different vendor code closes the first and opens a second."""
    report(ConnectorStatus.FAULTED, "OtherError", vendor_error_code="A")
    first = charger.connectors[1].fault
    report(ConnectorStatus.FAULTED, "OtherError", vendor_error_code="B")
    second = charger.connectors[1].fault

    assert first is not None
    assert second is not None
    assert not first.is_open
    assert core.fleet.open_faults() == [second]


def test_no_error_clears_fault_and_charger_status(charger: Charger, report: Report, events: list[Event]) -> None:
    """Capabilities 13, 14, 26: recovery restores connector and charger."""
    report(ConnectorStatus.FAULTED, "GroundFailure")
    report(ConnectorStatus.AVAILABLE, at=T0 + 60_000)

    assert charger.open_faults() == []
    assert charger.status is ChargerStatus.AVAILABLE
    assert EventKind.FAULT_CLEARED in kinds(events)


def test_a_warning_that_becomes_faulted_stays_one_fault(charger: Charger, report: Report) -> None:
    """The same cause goes from warning to fault and keeps its number and count."""
    report(ConnectorStatus.CHARGING, "HighTemperature")
    report(ConnectorStatus.FAULTED, "HighTemperature")

    connector = charger.connectors[1]

    assert connector.warning is None
    assert connector.fault is not None
    assert connector.fault.count == 2


def test_faulted_without_a_code_is_still_a_fault(charger: Charger, report: Report) -> None:
    """A charger that says Faulted and NoError is not fine."""
    report(ConnectorStatus.FAULTED)

    fault = charger.connectors[1].fault

    assert fault is not None
    assert fault.error_code == "OtherError"


def test_the_main_controller_faults_without_touching_connectors(charger: Charger, report: Report) -> None:
    """SN-02: connector 0 has no direct connection to the states of the connectors."""
    report(ConnectorStatus.CHARGING, connector_id=1)
    report(ConnectorStatus.FAULTED, "InternalError", connector_id=0)

    assert charger.connectors[1].status is ConnectorStatus.CHARGING
    assert charger.main.fault is not None
    assert charger.status is ChargerStatus.FAULTED


def test_an_older_queued_report_does_not_overwrite(charger: Charger, report: Report) -> None:
    """SN-08: ordered by the charger's own time when that can be true."""
    report(ConnectorStatus.CHARGING, station_at=T0 - 10_000)
    report(ConnectorStatus.AVAILABLE, station_at=T0 - 60_000)

    assert charger.connectors[1].status is ConnectorStatus.CHARGING
