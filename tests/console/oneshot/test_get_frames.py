"""`get frames`: bounded by time, action, direction and id."""

from __future__ import annotations

import json
import time
from importlib.resources import files

import pytest

from console.oneshot import get
from console.oneshot.actions import ACTIONS
from console.oneshot.client import Server
from server.model.log import Frame
from tests.console.oneshot.conftest import Ask, Said
from tests.server.api.fake_depot import T0, FakeDepot

HOUR = 3_600_000


@pytest.fixture
def depot(depot: FakeDepot, monkeypatch: pytest.MonkeyPatch) -> FakeDepot:
    """Three frames, an hour between two, the last one just now."""
    monkeypatch.setattr(get, "_now", lambda: T0)
    depot.frames = [
        (1, Frame(T0 - 2 * HOUR, 1, "CP-01", "in", "Heartbeat", "a", "[]")),
        (2, Frame(T0 - HOUR, 1, "CP-01", "out", "Reset", "b", "[]")),
        (3, Frame(T0, 1, "CP-01", "in", "Heartbeat", "c", "[]")),
    ]
    return depot


def ids(said: Said) -> list[int]:
    assert said.code == 0, said.err
    return [frame["id"] for frame in json.loads(said.out)["frames"]]


async def test_direction_and_id_bound_it(ask: Ask, server: Server) -> None:
    """As the API has them; an id bounds every list whose rows have one."""
    assert ids(await ask(get.run, "frames", server, "json", direction="in")) == [3, 1]
    assert ids(await ask(get.run, "frames", server, "json", before=3)) == [2, 1]
    assert ids(await ask(get.run, "frames", server, "json", before=3, limit=1)) == [2]
    assert len((await ask(get.run, "transactions", server, before=1)).lines) == 1


async def test_what_a_list_does_not_have_is_usage(ask: Ask, server: Server) -> None:
    """A direction is of frames, a number of rows that have one."""
    said = await ask(get.run, "faults", server, direction="in")
    assert said.code == 2 and "--direction are for frames" in said.err
    said = await ask(get.run, "tags", server, before=3)
    assert said.code == 2 and "--before" in said.err


async def test_times_are_written_as_in_the_forms(ask: Ask, server: Server) -> None:
    """A span back from now, a date; both ends included."""
    assert ids(await ask(get.run, "frames", server, "json", since="-90m")) == [3, 2]
    assert ids(await ask(get.run, "frames", server, "json", since="-1h", until="-1h")) == [2]
    assert ids(await ask(get.run, "frames", server, "json", until="-1h30m")) == [1]
    assert ids(await ask(get.run, "frames", server, "json", until="2020-01-01")) == []


async def test_a_time_of_day_ends_what_has_begun(ask: Ask, server: Server) -> None:
    """The last one; where that is before the beginning, the next one: all of today so far."""
    later = time.strftime("%H:%M", time.localtime((T0 + HOUR) / 1000))
    assert ids(await ask(get.run, "frames", server, "json", since="-90m", until=later)) == [3, 2]
    assert ids(await ask(get.run, "frames", server, "json", until=later)) == []


async def test_times_that_make_no_sense_are_usage(ask: Ask, server: Server) -> None:
    """No time at all, and an end before the beginning."""
    said = await ask(get.run, "frames", server, since="yesterday")
    assert said.code == 2 and "--since: 'yesterday' is no time: write -1h" in said.err
    said = await ask(get.run, "frames", server, since="-1h", until="-2h")
    assert said.code == 2 and "--since -1h is after --until -2h" in said.err and said.out == ""


@pytest.mark.parametrize(
    ("action", "told"),
    [
        ("Hartbeat", "no such action: did you mean Heartbeat?"),
        ("heartbeat", "no such action: did you mean Heartbeat?"),
        ("\x1b[2J", "no such action in OCPP 1.6: "),
    ],
)
async def test_an_action_that_ocpp_does_not_have_is_doubted(ask: Ask, server: Server, action: str, told: str) -> None:
    """On stderr only: a charger may have used it all the same."""
    said = await ask(get.run, "frames", server, "json", action=action)
    assert ids(said) == [] and told in said.err and "\x1b" not in said.err
    assert (await ask(get.run, "frames", server, action="Reset")).err == ""


def test_all_actions_are_known() -> None:
    """Those that have a schema."""
    names = {entry.name.removesuffix(".json") for entry in files("ocpp.v16").joinpath("schemas").iterdir()}
    assert set(ACTIONS) == {name for name in names if not name.endswith("Response") and not name.startswith("_")}
