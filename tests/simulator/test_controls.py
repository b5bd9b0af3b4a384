"""The table of controls: what is typed, what is refused, and that a row is all it takes to add one."""

from __future__ import annotations

import pytest

from simulator import ChargePoint, Profile, Refused
from simulator.controls import CONTROLS, Control, Field, Group, perform, read
from simulator.link import Reply
from simulator.operations import OPERATIONS, Route, answer
from simulator.words import Payload
from tests.simulator.conftest import Make


async def test_a_row_adds_a_control(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 176: it can be typed with its values, and its checks are those of all the others."""

    def knock(station: ChargePoint, values: dict[str, str]) -> str:
        return f"knocked {values['times']} times on {station.charger_id}"

    row = Control("knock", Group.CHARGE_POINT, "Knock", knock, (Field("times", "How often", "2", ("1", "2")),))  # type: ignore[arg-type]
    monkeypatch.setitem(CONTROLS, "knock", row)
    async with make() as point:
        assert perform(point, *read("knock")) == f"knocked 2 times on {point.charger_id}"
        assert perform(point, *read("knock 1")) == perform(point, *read("knock times=1"))
        with pytest.raises(Refused, match="times is one of 1, 2"):
            perform(point, *read("knock 3"))


async def test_a_row_adds_an_operation(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    """Row 176: the table of operations is all that answers the CSMS."""

    def sing(station: object, payload: Payload) -> Reply:
        return Reply({"song": payload["title"]})

    monkeypatch.setitem(OPERATIONS, "Sing", Route(Profile.CORE, sing))
    async with make() as point:
        assert (await answer(point, "Sing", {"title": "aria"})).payload == {"song": "aria"}
        assert (await answer(point, "Dance", {})).error_code == "NotImplemented"


async def test_what_does_not_exist_is_refused_with_a_sentence(make: Make) -> None:
    """Row 175: an unknown control, a missing value, one too many."""
    async with make() as point:
        with pytest.raises(Refused, match="fault needs a value for code"):
            perform(point, "fault", {})
        with pytest.raises(Refused, match=r"takes .*, not 'colour'"):
            perform(point, "plug-in", {"colour": "red"})
        with pytest.raises(Refused, match="one too many"):
            read("plug-in 1 2")
        with pytest.raises(Refused, match="whole number"):
            perform(point, "plug-in", {"connector": "one"})
