"""Faults for list and card."""

from __future__ import annotations

from console.view.faultlist import DAY, closest, day_slots, lines_around, merged, same_cause
from server.model.fault import Fault
from server.model.log import Level, LogLine
from server.model.status import Severity

NOW = 100 * DAY


def fault(number: int, opened: int, cleared: int = 0, vendor_code: str = "", charger: str = "CP-1") -> Fault:
    return Fault(
        number, charger, 1, "GroundFailure", Severity.FAULT, opened, opened, "", vendor_code, cleared_at=cleared
    )


def test_open_faults_come_first_and_live_objects_win() -> None:
    """The database may be a moment behind: a fault that is open here is not shown as cleared, nor twice."""
    live = fault(3, NOW - 10)
    stale = fault(3, NOW - 10, cleared=NOW - 5)
    old, older = fault(2, NOW - DAY, NOW - 9), fault(1, NOW - 2 * DAY, NOW - 9)
    shown = merged([live], [older, stale, old])
    assert [f.fault_id for f in shown] == [3, 2, 1]
    assert shown[0] is live


def test_same_cause_is_connector_and_vendor_code() -> None:
    """Another vendor code is another fault (SN-04)."""
    this = fault(5, NOW, vendor_code="E-113")
    others = [
        this,
        fault(4, NOW - DAY, 1, "E-113"),
        fault(3, NOW - DAY, 1, "E-114"),
        fault(2, NOW, 1, "E-113", "CP-2"),
    ]
    assert [f.fault_id for f in same_cause(this, others)] == [5, 4]


def test_days_fall_into_cells() -> None:
    """Today is the last cell; what is older than the line is not on it."""
    times = [fault(1, NOW), fault(2, NOW - 15 * DAY, 1), fault(3, NOW - 31 * DAY, 1)]
    assert day_slots(times, NOW, 60) == [30, 59]


def lines_at(*offsets_s: int, charger: str = "CP-1") -> list[LogLine]:
    return [LogLine(i, NOW + s * 1000, Level.INFO, charger, "in", "X", "") for i, s in enumerate(offsets_s)]


def test_log_around_a_fault_is_of_its_charger() -> None:
    """Ten minutes before and after."""
    this = fault(1, NOW)
    assert [line.seq for line in lines_around(lines_at(-601, -600, 0, 599, 601), this)] == [1, 2, 3]
    assert lines_around(lines_at(0, charger="CP-2"), this) == []


def test_half_minute_around_is_told_even_where_there_is_no_room() -> None:
    """The card scrolls; its story must not be cut."""
    assert [line.seq for line in closest(lines_at(-31, -30, 0, 30, 31), NOW, 1)] == [1, 2, 3]


def test_more_of_the_log_comes_in_where_there_is_room() -> None:
    """The nearest first, in the order in which it was said."""
    assert [line.seq for line in closest(lines_at(-90, -60, 0, 40, 300), NOW, 4)] == [0, 1, 2, 3]
