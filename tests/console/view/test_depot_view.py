"""The view of the depot: filter, order, marks, and the cursor with its side."""

from __future__ import annotations

import pytest

from console.view.depot import DepotView
from server.model.charger import Charger
from server.model.status import Registration
from tests.console.depot_fixture import DepotFixture, fault_on


@pytest.fixture
def depot() -> DepotFixture:
    return DepotFixture()


@pytest.fixture
def view(depot: DepotFixture) -> DepotView:
    found = DepotView(depot.chargers)
    found.rows.resize(13)
    return found


def test_rows_are_in_natural_order() -> None:
    """CP-2 comes before CP-10, whatever the order of arrival."""
    chargers = {name: Charger(name, i) for i, name in enumerate(("CP-10", "CP-2", "cp-1"))}
    assert DepotView(chargers).rows.keys == ["cp-1", "CP-2", "CP-10"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("groundfailure", ["CP-0003"]),
        ("GROUND", ["CP-0003"]),
        ("c0ffee", ["CP-0007"]),
        ("offline", ["CP-0006", "CP-0023"]),
        ("terra !ground", ["CP-0021"]),
        ("/cp-00(01|02) /", ["CP-0001", "CP-0002"]),
        ("faulted", ["CP-0003", "CP-0011"]),
        ("nothing like this", []),
    ],
)
def test_filter_looks_at_identity_model_status_fault_and_tag(view: DepotView, text: str, expected: list[str]) -> None:
    """Words are all needed, ! excludes, /.../ is a regular expression; case does not matter."""
    assert view.set_filter(text) == ""
    assert view.rows.keys == expected


def test_broken_pattern_is_told_and_hides_nothing(view: DepotView) -> None:
    """A typing error must not empty the list."""
    assert "regular expression" in view.set_filter("/cp-(/")
    assert len(view.rows) == 24


def test_charger_that_begins_to_match_appears_and_the_cursor_stays(depot: DepotFixture, view: DepotView) -> None:
    """The filter is live."""
    view.set_filter("faulted")
    view.select("CP-0003")
    fault_on(depot.chargers["CP-0001"], 1, "GroundFailure")
    depot.chargers["CP-0001"].status = depot.chargers["CP-0003"].status
    assert view.pull({"CP-0001"})
    assert view.rows.keys == ["CP-0001", "CP-0003", "CP-0011"]
    assert view.rows.cursor == "CP-0003"


def test_new_charger_is_shown_without_being_marked_dirty(depot: DepotFixture, view: DepotView) -> None:
    """Also one that connected before anybody listened."""
    view.select("CP-0005")
    depot.core.fleet.new_charger("AA-1", depot.now(), Registration.PENDING)
    assert view.pull(set())
    assert view.rows.keys[0] == "AA-1"
    assert view.rows.cursor == "CP-0005"


def test_order_by_power_puts_the_strongest_first(view: DepotView) -> None:
    """`o` goes through the orders; the cursor stays on its charger."""
    view.select("CP-0010")
    while view.next_sort() != "power":
        pass
    assert view.rows.keys[:3] == ["CP-0021", "CP-0007", "CP-0016"]
    assert view.rows.cursor == "CP-0010"


def test_marks_hidden_by_the_filter_do_not_count(view: DepotView) -> None:
    """What is acted on is what is seen."""
    for charger_id in ("CP-0003", "CP-0004"):
        view.select(charger_id)
        view.toggle_mark()
    view.set_filter("cp-0004")
    assert view.marked() == ["CP-0004"]


def test_side_stays_within_the_connectors_of_the_charger(depot: DepotFixture, view: DepotView) -> None:
    """Moving to a charger without connector 2 selects one that it has."""
    del depot.chargers["CP-0002"].connectors[2]
    view.select("CP-0001", 2)
    view.move(1)
    assert view.connector is not None and view.connector.connector_id == 1
    view.move_side(5)
    assert view.connector_id == 1


def test_next_fault_goes_round_and_selects_the_faulted_side(view: DepotView) -> None:
    """`]` finds faults and warnings."""
    found = []
    for _ in range(4):
        assert view.next_fault(1)
        found.append((view.rows.cursor, view.connector_id))
    assert found == [("CP-0003", 1), ("CP-0011", 2), ("CP-0021", 2), ("CP-0003", 1)]
    view.next_fault(-1)
    assert view.rows.cursor == "CP-0021"
