"""One status for a whole charger out of its connectors (capabilities, rows 2-11)."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.status import OCCUPIED, ChargerStatus, ConnectorStatus

#: What a connector's state makes of its charger; those that are not here: Unavailable.
_MAKES = {
    ConnectorStatus.FAULTED: ChargerStatus.FAULTED,
    **dict.fromkeys(OCCUPIED, ChargerStatus.OCCUPIED),
    ConnectorStatus.PREPARING: ChargerStatus.PREPARING,
    ConnectorStatus.AVAILABLE: ChargerStatus.AVAILABLE,
}
_BY_PRIORITY = tuple(ChargerStatus)
_PLACE = {state: _BY_PRIORITY.index(_MAKES.get(state, ChargerStatus.UNAVAILABLE)) for state in ConnectorStatus}
_FAULTED = _PLACE[ConnectorStatus.FAULTED]
_AVAILABLE = _PLACE[ConnectorStatus.AVAILABLE]
_UNAVAILABLE = _PLACE[ConnectorStatus.UNAVAILABLE]


def derive(charger: Charger) -> ChargerStatus:
    """Faulted > Occupied > Preparing > Available > Unavailable.

    Only the status `Faulted` makes a charger faulted; an error code beside another status is a warning, charging is
    still possible (OCPP 1.6 edition 2, section 4.9; rule SN-03). The main controller counts for Faulted and
    Unavailable, it has no other states (SN-02).
    """
    first = _UNAVAILABLE
    for connector in charger.connectors.values():
        place = _PLACE[connector.status]
        if place < first:
            first = place
    if _PLACE[charger.main.status] == _FAULTED:
        first = _FAULTED
    elif first == _AVAILABLE and charger.main.status is ConnectorStatus.UNAVAILABLE:
        first = _UNAVAILABLE
    return _BY_PRIORITY[first]
