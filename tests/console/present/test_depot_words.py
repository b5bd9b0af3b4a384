"""Chargers and connectors in few words."""

from __future__ import annotations

from console.present.depot import attention_of, energy_of, haystack_of, note_of, state_of, two_of
from server.model.charger import Connector
from server.model.status import ConnectorStatus, Registration, Severity
from tests.console.depot_fixture import NOW, DepotFixture, fault_on


def test_offline_hides_every_state() -> None:
    """What a charger said before its line dropped is old."""
    charger = DepotFixture().chargers["CP-0003"]
    charger.online = False
    assert state_of(charger, charger.connectors[1])[1] == "OFF"
    assert attention_of(charger).text == "?"


def test_fault_comes_before_warning() -> None:
    """`!` and not `~` when both are open."""
    charger = DepotFixture().chargers["CP-0021"]
    assert attention_of(charger).text == "~"
    fault_on(charger, 1, "GroundFailure")
    assert attention_of(charger).text == "!"
    assert note_of(charger, NOW, names_fault=True).text == "GroundFailure 1m +1"


def test_fault_of_the_main_controller_is_named() -> None:
    """Connector 0 has no cell: the note tells of it."""
    charger = DepotFixture().chargers["CP-0002"]
    fault_on(charger, 0, "PowerMeterFailure")
    assert note_of(charger, NOW, names_fault=True).text == "charger PowerMeterFailure 1m"


def test_old_fault_is_told_in_hours() -> None:
    """So that it fits."""
    charger = DepotFixture().chargers["CP-0003"]
    fault = charger.connectors[1].fault
    assert fault is not None
    fault.opened_at = NOW - 3 * 3_600_000
    assert note_of(charger, NOW, names_fault=False).text == "fault 3h00"


def test_new_charger_says_how_to_let_it_in() -> None:
    """The key is in the note."""
    charger = DepotFixture().chargers["CP-0002"]
    charger.registration = Registration.PENDING
    assert "+ lets it in" in note_of(charger, NOW, names_fault=True).text
    assert attention_of(charger).text == "+"


def test_warning_names_its_code() -> None:
    """Charging goes on, and something is wrong."""
    charger = DepotFixture().chargers["CP-0010"]
    fault_on(charger, 2, "WeakSignal", Severity.WARNING)
    assert note_of(charger, NOW, names_fault=True) == ("WeakSignal", "amber")


def test_row_of_two_shows_the_most_important_of_many_connectors() -> None:
    """A fault is never left out for a free connector."""
    charger = DepotFixture().chargers["CP-0002"]
    for number in (3, 4):
        charger.connectors[number] = Connector(charger.charger_id, number, ConnectorStatus.AVAILABLE)
    charger.connectors[4].status = ConnectorStatus.FAULTED
    shown, left_out = two_of(charger)
    assert ([c.connector_id for c in shown], left_out) == ([1, 4], 2)


def test_finished_session_counts_until_the_cable_is_out() -> None:
    """Finishing shows what was charged; Available does not."""
    connector = DepotFixture().chargers["CP-0008"].connectors[1]
    connector.previous, connector.transaction = connector.transaction, None
    assert energy_of(connector) == 17_900
    connector.status = ConnectorStatus.AVAILABLE
    assert energy_of(connector) is None


def test_haystack_is_casefolded() -> None:
    """The filter folds its words, so must this."""
    text = haystack_of(DepotFixture().chargers["CP-0003"])
    assert text == text.casefold()
    assert "groundfailure" in text and "tx 987" in text and "abb" in text
