"""The table of forms."""

from __future__ import annotations

import pytest

from console.view.forms import FORMS
from console.view.forms.form import Form, Kind
from console.view.menu import menu_of
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.schemas import schema
from tests.console.depot_fixture import DepotFixture


def test_menu_has_every_operation_that_the_server_can_send() -> None:
    """None is forgotten, none is there twice."""
    depot = DepotFixture()
    names = [item.name for item in menu_of(depot, depot.chargers["CP-0002"], 1)]
    assert sorted(names) == sorted(OUTBOUND) and len(names) == 26


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.operation)
def test_form_has_what_the_schema_asks_for_and_nothing_else(form: Form) -> None:
    """Each path exists in the request; each required field has a row, or the server fills it in."""
    request = schema(form.operation)
    for field in form.fields:
        node = request
        for part in field.path.split("."):
            assert part in node["properties"], field.path
            node = node["properties"][part]
    tops = {field.path.partition(".")[0] for field in form.fields}
    assert set(request.get("required", ())) <= tops | set(OUTBOUND[form.operation].filled)


@pytest.mark.parametrize("form", FORMS.values(), ids=lambda form: form.operation)
def test_labels_fit_their_column(form: Form) -> None:
    """What belongs to a label begins in one column; no label is there twice."""
    labels = [field.label for field in form.fields]
    assert len(set(labels)) == len(labels)
    assert len(form.words) <= 36  # of a line of the menu
    assert all(len(field.label) <= (9 if field.kind is Kind.CHOICE else 8) for field in form.fields)
