"""How much is asked before something is sent."""

from __future__ import annotations

import pytest

from console.view.confirming import changed_since, level_of, target_state
from server.model.command import ChangeConfiguration, GetConfiguration, Operation, RemoteStart, RemoteStop, Reset
from server.model.operations import (
    ChangeAvailability,
    ClearCache,
    DataTransfer,
    DeleteCertificate,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    SendLocalList,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.status import ConnectorStatus
from tests.console.depot_fixture import DepotFixture


@pytest.mark.parametrize(
    ("operation", "charger_id", "level"),
    [
        (GetConfiguration(), "CP-0003", 0),
        (RemoteStart("A", 2), "CP-0002", 1),
        (RemoteStop(987), "CP-0003", 2),
        (Reset("Soft"), "CP-0003", 2),
        (Reset("Hard"), "CP-0002", 2),
        (Reset("Hard"), "CP-0003", 3),
        (ChangeConfiguration("HeartbeatInterval", "60"), "CP-0002", 2),
        (ChangeConfiguration("authorizationkey", "secret"), "CP-0002", 3),
        (GetLocalListVersion(), "CP-0002", 0),
        (GetInstalledCertificateIds("CentralSystemRootCertificate"), "CP-0002", 0),
        (TriggerMessage("Heartbeat"), "CP-0003", 0),
        (ClearCache(), "CP-0002", 1),
        (GetDiagnostics(), "CP-0003", 1),
        (UnlockConnector(1), "CP-0003", 1),
        (UnlockConnector(2), "CP-0003", 2),
        (ChangeAvailability(2, True), "CP-0003", 1),
        (ChangeAvailability(1, False), "CP-0003", 1),
        (ChangeAvailability(0, False), "CP-0003", 2),
        (SendLocalList(1), "CP-0002", 2),
        (DataTransfer("ACME"), "CP-0002", 2),
        (UpdateFirmware("http://h/f", 0), "CP-0002", 3),
        (DeleteCertificate("SHA256", "a", "b", "c"), "CP-0002", 3),
    ],
)
def test_level_follows_the_harm(operation: Operation, charger_id: str, level: int) -> None:
    """A hard reset that ends a session, and passwords, must be typed."""
    charger = DepotFixture().chargers[charger_id]
    assert level_of(charger, operation) == level
    raised = min(3, level + 1) if level else 0
    assert level_of(charger, operation, [0]) == raised


def test_power_is_no_change_but_state_is() -> None:
    """What must not change is status, session and presence."""
    charger = DepotFixture().chargers["CP-0003"]
    before = target_state(charger)
    charger.connectors[2].power_w += 500
    assert changed_since(before, charger) == set()
    charger.connectors[2].status = ConnectorStatus.SUSPENDED_EV
    assert changed_since(before, charger) == {2}
    charger.online = False
    assert changed_since(before, charger) == {0, 2}
