"""Sums over the depot, without looking at all of it each time: thousands of chargers take longer than a handle may.

What counts is what stands in the chargers. Each adds a share; those that an event named are counted anew, and some of
the others in turn: a change that no event told of is found soon after.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from server.model.charger import Charger
from server.model.event import EventKind
from server.model.health import Totals
from server.model.status import ConnectorStatus

#: What may change the share of a charger.
KINDS = (
    EventKind.CHARGER_CONNECTED,
    EventKind.CHARGER_DISCONNECTED,
    EventKind.CHARGER_CHANGED,
    EventKind.CHARGER_REMOVED,
    EventKind.CONNECTOR_CHANGED,
    EventKind.FAULT_OPENED,
    EventKind.FAULT_UPDATED,
    EventKind.FAULT_CLEARED,
    EventKind.TRANSACTION_STARTED,
    EventKind.TRANSACTION_STOPPED,
    EventKind.METER_RECORDED,
)
IN_TURN = 50  #: of the others, each time


class Share(NamedTuple):
    """What one charger adds; the fields of `Totals`."""

    chargers: int
    online: int
    charging: int
    power_w: int
    open_transactions: int
    faults: int
    warnings: int


NOTHING = Share(0, 0, 0, 0, 0, 0, 0)


class Tally:
    def __init__(self, chargers: Mapping[str, Charger]) -> None:
        self._chargers = chargers
        self._shares: dict[str, Share] = {}
        self._sums = NOTHING
        self._changed: set[str] = set()
        self._turn: list[str] = []  #: whose turn comes, the next one last

    def changed(self, charger_id: str) -> None:
        self._changed.add(charger_id)

    def totals(self) -> Totals:
        """All but the energy of the day."""
        if not self._turn:
            self._turn = list(self._chargers)
        self._changed.update(self._turn[-IN_TURN:])
        del self._turn[-IN_TURN:]
        while self._changed:
            self._count(self._changed.pop())
        return Totals(**self._sums._asdict())

    def _count(self, charger_id: str) -> None:
        charger = self._chargers.get(charger_id)
        share = NOTHING if charger is None else share_of(charger)
        known = self._shares.get(charger_id, NOTHING)
        if share == known:
            return
        self._sums = Share(*(total + new - old for total, new, old in zip(self._sums, share, known, strict=True)))
        if share is NOTHING:
            del self._shares[charger_id]
        else:
            self._shares[charger_id] = share


def share_of(charger: Charger) -> Share:
    charging = power_w = open_transactions = faults = 0
    warnings = int(charger.alarm is not None)
    for connector in (charger.main, *charger.connectors.values()):
        power_w += connector.power_w
        open_transactions += connector.transaction is not None
        charging += charger.online and connector.status is ConnectorStatus.CHARGING
        faults += connector.fault is not None
        warnings += connector.warning is not None
    return Share(1, int(charger.online), charging, power_w, open_transactions, faults, warnings)
