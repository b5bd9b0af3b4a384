"""What can be done with the selection, in the words of the guard."""

from __future__ import annotations

from console.view.actions import possibilities, stop_target, why_not
from server.model.status import Registration
from tests.console.depot_fixture import DepotFixture


def test_faulted_connector_cannot_start_and_says_so_as_the_server_would() -> None:
    """The greyed key and the refusal have the same words."""
    depot = DepotFixture()
    charger = depot.chargers["CP-0003"]
    assert why_not(depot, "start", charger, 1) == "connector is faulted"
    assert why_not(depot, "reset", charger, 1) == ""


def test_stop_means_the_connector_then_the_only_transaction() -> None:
    """On the faulted side, stop offers the session beside it; with two of them it must be chosen."""
    chargers = DepotFixture().chargers
    target = stop_target(chargers["CP-0003"], 1)
    assert target is not None and target.transaction_id == 987
    assert stop_target(chargers["CP-0002"], 1) is None


def test_nothing_can_be_sent_to_an_offline_charger() -> None:
    """All five with one reason."""
    depot = DepotFixture()
    possible = possibilities(depot, depot.chargers["CP-0006"], 1)
    assert {p.reason for p in possible} == {"charger is offline"}


def test_pending_charger_can_be_let_in() -> None:
    """The first of all possibilities."""
    depot = DepotFixture()
    charger = depot.chargers["CP-0002"]
    charger.registration = Registration.PENDING
    first, *rest = possibilities(depot, charger, 1)
    assert (first.kind, first.reason) == ("adopt", "")
    assert {p.reason for p in rest if p.kind == "start"} == {"charger is not adopted yet"}
