"""Faults for the list and the card: open first, then history; how often the same cause came back. No textual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from server.model.fault import Fault
from server.model.log import LogLine

DAY = 86_400_000
DAYS = 30  #: that the line of a fault's history covers
AROUND_MS = 30_000  #: log lines this far before and after a fault opened belong to its story
NEAR_MS = 600_000  #: lines this far are told where there is room


def merged(open_faults: Sequence[Fault], history: Iterable[Fault]) -> list[Fault]:
    """Open ones newest first, then the cleared ones newest first. The live object wins over its copy from the disk."""
    live = {fault.fault_id for fault in open_faults}
    cleared = [fault for fault in history if fault.fault_id not in live and not fault.is_open]
    return [*open_faults, *sorted(cleared, key=lambda fault: fault.opened_at, reverse=True)]


def same_cause(fault: Fault, faults: Iterable[Fault]) -> list[Fault]:
    """The times that `fault` was there on its connector, newest first, itself included."""
    found = [
        other
        for other in faults
        if (other.charger_id, other.connector_id) == (fault.charger_id, fault.connector_id)
        and other.same_cause(fault.error_code, fault.vendor_id, fault.vendor_error_code)
    ]
    return sorted(found, key=lambda other: other.opened_at, reverse=True)


def day_slots(times: Sequence[Fault], now: int, cells: int) -> list[int]:
    """For a line of `cells` cells over the last `DAYS` days: in which of them a fault opened."""
    begin = now - DAYS * DAY
    slots = {(fault.opened_at - begin) * cells // (DAYS * DAY) for fault in times if begin <= fault.opened_at <= now}
    return sorted(min(cells - 1, slot) for slot in slots)


def lines_around(lines: Iterable[LogLine], fault: Fault) -> list[LogLine]:
    """What was said to and by the charger around the time that the fault opened, in order."""
    at, name = fault.opened_at, fault.charger_id
    return [line for line in lines if line.charger_id == name and abs(line.at - at) <= NEAR_MS]


def closest(lines: Sequence[LogLine], at: int, room: int) -> list[LogLine]:
    """The lines of the half minute before and after `at`, and as many of the others as `room` has, the nearest first
    to come in."""
    by_distance = sorted(lines, key=lambda line: abs(line.at - at))
    story = sum(abs(line.at - at) <= AROUND_MS for line in lines)
    return sorted(by_distance[: max(story, room)], key=lambda line: (line.at, line.seq))


def haystack_of(fault: Fault) -> str:
    """What the filter looks at."""
    return (
        f"{fault.charger_id} c{fault.connector_id} {fault.error_code} {fault.vendor_id} {fault.vendor_error_code}"
        f" {fault.info} {fault.severity} {'open' if fault.is_open else 'cleared'} {fault.acknowledged_by} {fault.note}"
    )
