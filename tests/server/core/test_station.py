"""One status for a whole charger (capabilities, rows 2-11)."""

from __future__ import annotations

import pytest

from server.core.station import derive
from server.model.charger import Charger, Connector
from server.model.status import ChargerStatus, ConnectorStatus

S = ConnectorStatus


@pytest.mark.parametrize(
    ("main", "connectors", "expected"),
    [
        (S.AVAILABLE, [S.AVAILABLE, S.AVAILABLE], ChargerStatus.AVAILABLE),
        (S.AVAILABLE, [S.FAULTED, S.CHARGING], ChargerStatus.FAULTED),
        (S.FAULTED, [S.AVAILABLE], ChargerStatus.FAULTED),
        (S.AVAILABLE, [S.CHARGING, S.PREPARING], ChargerStatus.OCCUPIED),
        (S.AVAILABLE, [S.SUSPENDED_EV, S.AVAILABLE], ChargerStatus.OCCUPIED),
        (S.AVAILABLE, [S.PREPARING, S.AVAILABLE], ChargerStatus.PREPARING),
        (S.AVAILABLE, [S.AVAILABLE, S.UNAVAILABLE], ChargerStatus.AVAILABLE),
        (S.UNAVAILABLE, [S.AVAILABLE], ChargerStatus.UNAVAILABLE),
        (S.UNKNOWN, [S.AVAILABLE], ChargerStatus.AVAILABLE),
        (S.AVAILABLE, [S.UNAVAILABLE, S.UNAVAILABLE], ChargerStatus.UNAVAILABLE),
        (S.UNKNOWN, [], ChargerStatus.UNAVAILABLE),
    ],
)
def test_priority_of_connector_states(main: S, connectors: list[S], expected: ChargerStatus) -> None:
    """SN-12, rows 3-11: Faulted > Occupied > Preparing > Available > Unavailable."""
    charger = Charger("CP", 1)
    charger.main = Connector("CP", 0, main)
    charger.connectors = {i: Connector("CP", i, s) for i, s in enumerate(connectors, 1)}

    assert expected is derive(charger)
