"""`do`: one operation, one line, and an exit code that a script can rely on."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from console.oneshot import do
from console.oneshot.client import Server, Trouble
from console.oneshot.do import payload_of
from server.model.command import ChangeConfiguration, CommandState, GetConfiguration, RemoteStart, Reply
from server.model.observation import Connected
from tests.console.oneshot.conftest import Ask
from tests.server.api.fake_depot import T0, FakeDepot


async def test_accepted_is_0_and_one_line(ask: Ask, server: Server) -> None:
    """The only way to exit code 0."""
    said = await ask(do.run, "Reset", "CP-01", ["type=Hard"], server)
    assert (said.code, said.err) == (0, "")
    assert said.lines == ["CP-01 Reset: accepted (42 ms)"]


@pytest.mark.parametrize(
    ("reply", "line"),
    [
        (Reply(CommandState.REJECTED, "Rejected", None, "it answered Rejected"), "Reset: the charger says no (42 ms)"),
        (Reply(CommandState.REJECTED, "NotSupported"), "the charger says no: NotSupported"),
        (Reply(CommandState.ERROR, "", None, "InternalError: \x1b[2J"), "answered with an error: InternalError: ␛[2J"),
        (Reply(CommandState.TIMED_OUT, "", None, "no answer within 30 s"), "CP-01 Reset: no answer within 30 s"),
        (Reply(CommandState.OFFLINE), "the charger is offline"),
    ],
)
async def test_everything_else_is_1(ask: Ask, server: Server, depot: FakeDepot, reply: Reply, line: str) -> None:
    """Rejected, failed, silent and offline: exit code 1 and the reason, foreign text made safe."""
    depot.reply = reply
    said = await ask(do.run, "Reset", "CP-01", ["type=Soft"], server)
    assert said.code == 1
    assert len(said.lines) == 1 and line in said.lines[0]


async def test_not_answered_in_time_is_1(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """The command goes on; this one is told that nobody knows yet."""
    depot.never_answers = True
    said = await ask(do.run, "Reset", "CP-01", ["type=Soft"], server, wait=0.05)
    assert said.code == 1 and "not answered yet" in said.out


async def test_blocked_is_1_with_the_reason(ask: Ask, server: Server) -> None:
    """The words of the guard."""
    said = await ask(do.run, "Reset", "CP-02", ["type=Soft"], server)
    assert said.code == 1
    assert said.lines == ["CP-02 Reset: not sent: charger is offline"]


async def test_unknown_charger_is_1_and_bad_payload_2(ask: Ask, server: Server) -> None:
    """What the server refuses is told on stderr, with the field."""
    said = await ask(do.run, "Reset", "NOPE", ["type=Soft"], server)
    assert said.code == 1 and "NOPE" in said.err
    said = await ask(do.run, "Reset", "CP-01", ["type=Warm"], server)
    assert said.code == 2 and "type: must be Soft or Hard" in said.err
    said = await ask(do.run, "Explode", "CP-01", [], server)
    assert said.code == 2 and "GetConfiguration" in said.err


async def test_bad_payload_names_its_option(ask: Ask, server: Server) -> None:
    """What is told to be wrong is called as on the command line."""
    for arguments, text in (([], "{"), ([], "[]"), (["a=b"], "{}")):
        said = await ask(do.run, "Reset", "CP-01", arguments, server, json_text=text)
        assert said.code == 2 and "--payload" in said.err and "--json" not in said.err


@pytest.mark.parametrize(
    ("charger", "argument"),
    [
        pytest.param("CP\udcff", "type=Soft", id="id that is no UTF-8"),
        pytest.param("CP-01", "type=\udcff", id="value that is no UTF-8"),
        pytest.param("x" * 100_000, "type=Soft", id="id of 100 kB"),
        pytest.param("CP-01", "a:=NaN", id="no number"),
        pytest.param("CP-01", "a:=1e999", id="infinity"),
        pytest.param("CP-01", "a:=" + "[" * 50_000, id="nested without end"),
    ],
)
async def test_what_cannot_be_sent_is_a_usage_error(ask: Ask, server: Server, charger: str, argument: str) -> None:
    """One sentence and 2, whatever somebody pastes into the command line."""
    said = await ask(do.run, "Reset", charger, [argument], server)
    assert (said.code, said.out) == (2, "")
    assert said.err.startswith("ocpp-console: ") and len(said.err.splitlines()) == 1


async def test_ids_of_any_spelling_are_found(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """WS-09: a slash, dots or a question mark in an id are no parts of an address."""
    for name in ("a/b", "..", ".", "a?b#c%2F", "[red]x[/]", "x/operations/y"):
        depot.core.connected(Connected(name, T0, "10.0.4.13:50512", "1.6"))
        depot.core.adopt(depot.core.fleet.chargers[name], T0)
        said = await ask(do.run, "Reset", name, ["type=Soft"], server)
        assert (said.code, said.err) == (0, ""), name
        assert depot.asked[-1][0] == name


async def test_unreachable_is_69(ask: Ask, tmp_path: Path) -> None:
    """Not the same as a refused operation."""
    said = await ask(do.run, "Reset", "CP-01", ["type=Soft"], Server(tmp_path / "none"))
    assert said.code == 69 and "ocpp-console serve" in said.err


async def test_values_reach_the_charger_as_they_must(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """connectorId is a number, a configuration value stays text, a key is a list."""
    await ask(do.run, "RemoteStartTransaction", "CP-01", ["idTag=0042", "connectorId=1"], server)
    await ask(do.run, "ChangeConfiguration", "CP-01", ["key=HeartbeatInterval", "value=60"], server)
    await ask(do.run, "getconfiguration", "CP-01", ["key=A"], server)
    await ask(do.run, "ChangeConfiguration", "CP-01", [], server, json_text='{"key": "K", "value": "a=b"}')
    assert [operation for _, operation, _ in depot.asked] == [
        RemoteStart("0042", 1),
        ChangeConfiguration("HeartbeatInterval", "60"),
        GetConfiguration(("A",)),
        ChangeConfiguration("K", "a=b"),
    ]


async def test_configuration_is_shown_below_the_outcome(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """Sorted, read-only told, passwords hidden, unknown keys told."""
    items = [
        {"key": "HeartbeatInterval", "value": "300", "readonly": False},
        {"key": "AuthorizationKey", "value": "secret", "readonly": False},
        {"key": "a\x1b[2J", "readonly": True},
    ]
    depot.reply = Reply(CommandState.ACCEPTED, "", {"configurationKey": items, "unknownKey": ["Nope"]})
    said = await ask(do.run, "GetConfiguration", "CP-01", [], server)
    assert said.lines[1:] == [
        "a␛[2J =   (read only)",
        "AuthorizationKey = ***",
        "HeartbeatInterval = 300",
        "Nope: unknown to the charger",
    ]


async def test_json_output_is_the_answer_of_the_api(ask: Ask, server: Server) -> None:
    """For scripts that want more than a line."""
    said = await ask(do.run, "Reset", "CP-01", ["type=Soft"], server, output="json")
    assert json.loads(said.out)["response"] == {"status": "Accepted"}
    said = await ask(do.run, "Reset", "CP-02", ["type=Soft"], server, output="json")
    assert said.code == 1 and json.loads(said.out)["state"] == "blocked"


def test_arguments_become_a_payload() -> None:
    """Text, numbers, JSON, lists; the first = divides."""
    assert payload_of("X", ["value=60", "retries=3", "data=a=b", "empty="]) == {
        "value": "60",
        "retries": 3,
        "data": "a=b",
        "empty": "",
    }
    assert payload_of("X", ["a:=[1, null]", "b:=true", 'c:={"d": "="}']) == {"a": [1, None], "b": True, "c": {"d": "="}}
    assert payload_of("GetConfiguration", ["key=A", "key=B"]) == {"key": ["A", "B"]}
    assert payload_of("GetConfiguration", ['key:=["A"]']) == {"key": ["A"]}


@pytest.mark.parametrize("argument", ["Soft", "=x", ":=1", "connectorId=one", "a:={"])
def test_argument_that_does_not_fit_is_usage(argument: str) -> None:
    """Told before anything is sent."""
    with pytest.raises(Trouble) as told:
        payload_of("Reset", [argument])
    assert told.value.code == 2


@pytest.mark.parametrize(("text", "arguments"), [("{", []), ("[1]", []), ('{"type":"Soft"}', ["type=Soft"])])
async def test_bad_json_is_usage(ask: Ask, server: Server, depot: FakeDepot, text: str, arguments: list[str]) -> None:
    """Not JSON, no object, or both ways at once."""
    said = await ask(do.run, "Reset", "CP-01", arguments, server, json_text=text)
    assert said.code == 2 and said.err and depot.asked == []
