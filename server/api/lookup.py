"""Chargers by the id that somebody wrote: in any case (WS-13)."""

from __future__ import annotations

from server.api.answer import unknown
from server.core.ports import Depot
from server.model.charger import Charger


def known_charger(depot: Depot, charger_id: str) -> Charger:
    """The charger; 404 when there is none."""
    charger = depot.find_charger(charger_id)
    if charger is None:
        raise unknown(f"charger {charger_id!r}")
    return charger


def as_stored(depot: Depot, charger_id: str) -> str:
    """The id as the depot spells it; one that it does not know stays as it is: history may."""
    charger = depot.find_charger(charger_id) if charger_id else None
    return charger.charger_id if charger is not None else charger_id
