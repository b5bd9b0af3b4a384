"""Reports that come out of order: a queue that is emptied late, or a clock that was set back."""

from __future__ import annotations

import pytest

from server.core.core import Core
from server.model.charger import Charger
from server.model.observation import Booted, Connected, Disconnected
from server.model.status import ConnectorStatus
from tests.server.core.conftest import MINUTE, SECOND, T0, Report

S = ConnectorStatus
HOUR = 60 * MINUTE
YEARS = 6 * 365 * 24 * HOUR


def left_out(core: Core) -> int:
    """How many reports the ledger says were left out."""
    return core.peculiar.ledger.rules("CP-0001").get("SN-08", 0)


def test_a_queue_that_is_emptied_after_the_present_state_changes_nothing(
    core: Core, charger: Charger, report: Report
) -> None:
    """SN-08: reports of the time without a line, told after the newest one, are noted and left out."""
    report(S.AVAILABLE, at=T0 + 9, station_at=T0 + 9)
    core.disconnected(Disconnected("CP-0001", T0 + MINUTE, "link lost"))
    core.connected(Connected("CP-0001", T0 + HOUR, "", "1.6"))
    report(S.CHARGING, at=T0 + HOUR + 100, station_at=T0 + HOUR + 50)
    queued = [S.PREPARING, S.CHARGING, S.FINISHING, S.AVAILABLE]
    for n, status in enumerate(queued):
        report(status, at=T0 + HOUR + 200 + n, station_at=T0 + (10 + 5 * n) * MINUTE)

    assert charger.connectors[1].status is S.CHARGING
    assert left_out(core) == len(queued)


def test_both_connectors_of_a_queue_are_left_out(core: Core, charger: Charger, report: Report) -> None:
    """SN-08: what was told of all connectors at the same moment is as old for each of them."""
    for connector_id in (1, 2):
        report(S.AVAILABLE, connector_id=connector_id, at=T0 + SECOND, station_at=T0)
    for connector_id in (1, 2):
        report(S.UNAVAILABLE, connector_id=connector_id, at=T0 + 2 * SECOND, station_at=T0 - HOUR)

    assert [c.status for c in charger.connectors.values()] == [S.AVAILABLE, S.AVAILABLE]


@pytest.mark.parametrize("back", [YEARS, HOUR, 4 * MINUTE])
def test_after_a_boot_the_newest_arrival_counts(core: Core, charger: Charger, report: Report, back: int) -> None:
    """SN-08, HB-04: a clock that fell back at the boot hides no fault."""
    report(S.AVAILABLE, at=T0, station_at=T0)
    core.booted(Booted("CP-0001", T0 + SECOND))
    report(S.FAULTED, "GroundFailure", at=T0 + 2 * SECOND, station_at=T0 - back)

    assert charger.connectors[1].status is S.FAULTED
    assert [f.error_code for f in charger.open_faults()] == ["GroundFailure"]
    assert left_out(core) == 0


@pytest.mark.parametrize("after", [1, HOUR])
def test_a_report_made_on_this_link_is_no_queued_one(core: Core, charger: Charger, report: Report, after: int) -> None:
    """SN-08: a clock that was ahead and is set right later hides nothing, told in whole seconds as it may be."""
    report(S.AVAILABLE, at=T0 + after, station_at=T0 + after + 4 * MINUTE)
    report(S.FAULTED, "GroundFailure", at=T0 + after + 10, station_at=(T0 + after + 10 - 900) // SECOND * SECOND)

    assert charger.connectors[1].status is S.FAULTED


@pytest.mark.parametrize("back", [2 * HOUR, YEARS])
@pytest.mark.parametrize("later", [SECOND, MINUTE])
def test_a_clock_set_back_hides_one_report_at_most(
    core: Core, charger: Charger, report: Report, back: int, later: int
) -> None:
    """SN-08, HB-03: what looks queued is left out once, and noted; a queue would come faster than it was made."""
    report(S.AVAILABLE, at=T0 + MINUTE, station_at=T0 + MINUTE)
    seen: list[S] = []
    for n, status in enumerate((S.PREPARING, S.CHARGING), start=1):
        at = T0 + MINUTE + n * later
        report(status, at=at, station_at=at - back)
        seen.append(charger.connectors[1].status)

    report(S.FINISHING, at=T0 + HOUR, station_at=T0 + HOUR - back)
    seen.append(charger.connectors[1].status)
    assert seen[1:] == [S.CHARGING, S.FINISHING]
    assert left_out(core) <= 1


def test_a_clock_that_stands_still_hides_one_report_at_most(core: Core, charger: Charger, report: Report) -> None:
    """SN-08: the same old time again and again is no queue either."""
    report(S.AVAILABLE, at=T0 + MINUTE, station_at=T0 + MINUTE)
    for n, status in enumerate((S.PREPARING, S.CHARGING), start=1):
        report(status, at=T0 + MINUTE + n * HOUR, station_at=T0 - HOUR)

    assert charger.connectors[1].status is S.CHARGING
