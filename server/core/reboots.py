"""Chargers that boot again and again (rule BOOT-11): a warning of our own, which no report of theirs clears."""

from __future__ import annotations

from math import ceil

from server.core.bus import Bus
from server.core.fleet import Fleet
from server.model.charger import Charger
from server.model.event import EventKind
from server.model.fault import Fault
from server.model.status import Severity

CODE = "RebootLoop"
LIMIT = 8  #: boots within the window
WINDOW_MS = 3_600_000


def count(fleet: Fleet, bus: Bus, charger: Charger, at: int) -> None:
    """One more boot. At the limit the warning opens; from then on each boot counts it up."""
    boots = [t for t in charger.boots if at - t < WINDOW_MS]
    charger.boots = [*boots, at][-LIMIT:]
    if charger.alarm is None:
        if len(charger.boots) < LIMIT:
            return
        charger.alarm = Fault(
            fleet.next_fault_id,
            charger.charger_id,
            0,
            CODE,
            Severity.WARNING,
            opened_at=at,
            seen_at=at,
            info=_told(1, charger.boots),
        )
        fleet.next_fault_id += 1
        bus.emit(EventKind.FAULT_OPENED, at, charger.charger_id, charger.alarm)
    else:
        charger.alarm.count += 1
        charger.alarm.seen_at = at
        charger.alarm.info = _told(charger.alarm.count, charger.boots)
        bus.emit(EventKind.FAULT_UPDATED, at, charger.charger_id, charger.alarm)


def _told(count: int, boots: list[int]) -> str:
    """`26 boots, the last 8 within 10 min`: all of the loop, and how fast they come now. A restart forgets `boots`."""
    total, minutes = LIMIT - 1 + count, ceil((boots[-1] - boots[0]) / 60_000)
    if len(boots) == 1:
        return f"{total} boots"
    last = f", the last {len(boots)}" if len(boots) < total else ""
    return f"{total} boots{last} within {max(1, minutes)} min"


def restore(fleet: Fleet) -> None:
    """After a restart the open warning is among the faults of the main controller: take it back."""
    for charger in fleet.chargers.values():
        found = charger.main.warning
        if found is not None and found.error_code == CODE:
            charger.alarm, charger.main.warning = found, None


def settle(fleet: Fleet, bus: Bus, at: int) -> None:
    """Clear the warning of chargers that have stayed up for the whole window."""
    for charger in fleet.chargers.values():
        alarm = charger.alarm
        if alarm is not None and at - charger.booted_at >= WINDOW_MS:
            charger.alarm = None
            alarm.cleared_at = at
            bus.emit(EventKind.FAULT_CLEARED, at, charger.charger_id, alarm)
