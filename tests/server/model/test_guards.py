"""The words that grey a key are the words that refuse."""

from __future__ import annotations

import pytest

from server.model.charger import Charger, Connector
from server.model.command import ChangeConfiguration, Operation, RemoteStart, RemoteStop, Reset
from server.model.guards import consequences, why_not
from server.model.status import ConnectorStatus, Registration, TagStatus
from server.model.transaction import Transaction


def depot_charger() -> Charger:
    """CP-0003: c1 faulted, c2 charging in transaction 987, c3 free."""
    charger = Charger("CP-0003", 3, Registration.ACCEPTED, online=True)
    running = Transaction(987, "CP-0003", 2, "A1B2C3", TagStatus.ACCEPTED, 0, 0, 0, energy_wh=6_200)
    charger.connectors = {
        1: Connector("CP-0003", 1, ConnectorStatus.FAULTED),
        2: Connector("CP-0003", 2, ConnectorStatus.CHARGING, transaction=running),
        3: Connector("CP-0003", 3, ConnectorStatus.AVAILABLE),
        4: Connector("CP-0003", 4, ConnectorStatus.UNAVAILABLE),
    }
    return charger


@pytest.mark.parametrize(
    ("operation", "reason"),
    [
        (RemoteStart("TAG", 1), "connector is faulted"),
        (RemoteStart("TAG", 2), "transaction 987 is running"),
        (RemoteStart("TAG", 3), None),
        (RemoteStart("TAG", 4), "connector is unavailable"),
        (RemoteStart("TAG", 0), "connector 0 cannot start"),
        (RemoteStart("TAG", 9), None),
        (RemoteStart("TAG"), None),
        (RemoteStart("", 3), "id tag must have 1 to 20 characters"),
        (RemoteStop(987), None),
        (RemoteStop(4711), None),
        (Reset("Hard"), None),
        (ChangeConfiguration("HeartbeatInterval", "60"), None),
    ],
)
def test_reason_or_none(operation: Operation, reason: str | None) -> None:
    """Capabilities 18, SN-06: only what cannot work is blocked, the rest of a faulted charger stays usable."""
    assert reason == why_not(depot_charger(), operation)


def test_nothing_is_sent_to_an_offline_charger() -> None:
    """The first reason wins: offline."""
    charger = depot_charger()
    charger.online = False

    assert why_not(charger, Reset()) == "charger is offline"


def test_a_pending_charger_takes_configuration_but_no_sessions() -> None:
    """BOOT-06."""
    charger = depot_charger()
    charger.registration = Registration.PENDING

    assert why_not(charger, RemoteStart("TAG", 3)) == "charger is not adopted yet"
    assert why_not(charger, ChangeConfiguration("a", "b")) is None


def test_consequences_name_what_will_stop() -> None:
    """RST-01: the dialog says what will stop before what will be sent."""
    told = consequences(depot_charger(), Reset("Hard"))

    assert told[0] == "Stops transaction 987 on c2 (6.2 kWh, tag A1B2C3)"
    assert any("lose" in sentence for sentence in told)
    assert consequences(depot_charger(), RemoteStop(987))[0].startswith("Ends transaction 987 on c2")
