"""Our words are those of the specification: compared with the enums of the `ocpp` package."""

from __future__ import annotations

import subprocess
import sys
from enum import Enum

import pytest
from ocpp.v16 import enums

from server.links.v16 import meter, routing
from server.links.v16.inbound.status_notification import _FOREIGN_STATUS
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.schemas import actions, schema, validator
from server.model.command import CommandState
from server.model.status import ConnectorStatus, Registration, TagStatus


def values(enum: type[Enum]) -> set[str]:
    return {str(member.value) for member in enum}


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (ConnectorStatus, enums.ChargePointStatus),
        (Registration, enums.RegistrationStatus),
        (TagStatus, enums.AuthorizationStatus),
    ],
)
def test_states_are_those_of_the_specification(ours: type[Enum], theirs: type[Enum]) -> None:
    """Every word a charger may send or must be sent exists in the model; `Unknown` is our own."""
    assert values(ours) - {"Unknown"} == values(theirs)


def test_the_package_itself_is_not_loaded() -> None:
    """Only its schema files are read: it would slow the first paint down."""
    probe = "import sys, server.links.listener; sys.exit('ocpp' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", probe], check=False).returncode == 0


def test_all_39_actions_are_known() -> None:
    """RPC-09: known-but-unhandled is told apart from unknown; what is handled is known."""
    assert actions() == values(enums.Action)
    assert len(actions()) == 39
    assert set(routing.INBOUND) | set(OUTBOUND) <= actions()


def test_every_schema_compiles() -> None:
    """Requests and answers of all actions."""
    for action in actions():
        for name in (action, f"{action}Response"):
            assert validator(name).is_valid({}) == (not schema(name).get("required"))


def test_measurands_with_a_column_are_of_the_specification() -> None:
    """A typing error here would send a value to `extra` for ever."""
    assert set(meter._COLUMN_OF) <= values(enums.Measurand)
    units = {unit.lower() for unit in values(enums.UnitOfMeasure)}
    assert {"wh", "kwh", "w", "kw", "a", "v", "percent", "celsius", "fahrenheit", "k"} <= units
    phases = {phase.removesuffix("-N") for phase in values(enums.Phase)} | {""}
    assert all(set(columns) <= phases for columns in meter._COLUMN_OF.values())


def test_foreign_states_are_foreign() -> None:
    """None of them hides a word of the specification."""
    assert not set(_FOREIGN_STATUS) & values(enums.ChargePointStatus)


@pytest.mark.parametrize(
    ("action", "enum"),
    [
        ("Reset", enums.ResetStatus),
        ("ChangeConfiguration", enums.ConfigurationStatus),
        ("RemoteStartTransaction", enums.RemoteStartStopStatus),
        ("RemoteStopTransaction", enums.RemoteStartStopStatus),
    ],
)
def test_every_status_of_an_answer_has_a_meaning(action: str, enum: type[Enum]) -> None:
    """No word of the specification ends as a senseless answer."""
    for word in values(enum):
        assert OUTBOUND[action].reply({"status": word}).state is not CommandState.ERROR
