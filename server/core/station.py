"""One status for a whole charger out of its connectors (capabilities, rows 2-11)."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.status import OCCUPIED, ChargerStatus, ConnectorStatus


def derive(charger: Charger) -> ChargerStatus:
    """Faulted > Occupied > Preparing > Available > Unavailable.

    Only the status `Faulted` makes a charger faulted; an error code beside another status is a warning, charging is
    still possible (OCPP 1.6 edition 2, section 4.9; rule SN-03). The main controller counts for Faulted and
    Unavailable, it has no other states (SN-02).
    """
    states = {c.status for c in charger.connectors.values()}
    if charger.main.is_faulted or ConnectorStatus.FAULTED in states:
        return ChargerStatus.FAULTED
    if states & OCCUPIED:
        return ChargerStatus.OCCUPIED
    if ConnectorStatus.PREPARING in states:
        return ChargerStatus.PREPARING
    if ConnectorStatus.AVAILABLE in states and charger.main.status is not ConnectorStatus.UNAVAILABLE:
        return ChargerStatus.AVAILABLE
    return ChargerStatus.UNAVAILABLE
