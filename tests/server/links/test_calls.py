"""Our calls to chargers: one at a time, one deadline, and every way in which they end."""

from __future__ import annotations

import asyncio
import json

import pytest

from server.core.ports import InvalidPayload
from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
)
from server.model.configuration import ConfigItem
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, eventually


async def ask(depot: Depot, client: RawClient, operation: Operation, answer: object) -> tuple[list[object], Reply]:
    """Send an operation; the charger answers with this payload. The CALL it got, and the reply."""
    command, waiting = depot.start_call(operation)
    call = await client.receive()
    assert command.message_id == call[1]
    client.send([3, call[1], answer])
    return call, await waiting


@pytest.mark.parametrize(
    ("operation", "action", "payload"),
    [
        (Reset("Hard"), "Reset", {"type": "Hard"}),
        (GetConfiguration(), "GetConfiguration", {}),
        (GetConfiguration(("A", "B")), "GetConfiguration", {"key": ["A", "B"]}),
        (ChangeConfiguration("K", "V"), "ChangeConfiguration", {"key": "K", "value": "V"}),
        (RemoteStart("A1", 2), "RemoteStartTransaction", {"connectorId": 2, "idTag": "A1"}),
        (RemoteStart("A1"), "RemoteStartTransaction", {"idTag": "A1"}),
        (RemoteStop(984), "RemoteStopTransaction", {"transactionId": 984}),
    ],
)
async def test_operations_on_the_wire(depot: Depot, operation: Operation, action: str, payload: object) -> None:
    """CFG-01, TX-21, RPC-05: the exact frame, a UUID as id, the same as the preview and as what `parse` reads."""
    async with await depot.connect() as client:
        call, reply = await ask(depot, client, operation, {"status": "Accepted", "configurationKey": []})
        assert call == [2, call[1], action, payload]
        assert len(str(call[1])) == 36
        assert reply.state is CommandState.ACCEPTED
        assert json.loads(depot.links.preview("CP-1", operation)) == [2, "…", action, payload]
        assert depot.links.parse(action, json.loads(json.dumps(payload))) == operation
        assert depot.disk.frames[-2].direction == "out" and depot.disk.frames[-2].action == action
        assert depot.disk.frames[-1].direction == "in" and depot.disk.frames[-1].action == action


@pytest.mark.parametrize(
    ("operation", "answer", "state", "status"),
    [
        (Reset(), {"status": "Accepted"}, CommandState.ACCEPTED, "Accepted"),
        (Reset(), {"status": "Rejected"}, CommandState.REJECTED, "Rejected"),
        (Reset(), {"status": "accepted"}, CommandState.ACCEPTED, "Accepted"),
        (Reset(), {"status": "Maybe"}, CommandState.ERROR, "Maybe"),
        (Reset(), {"status": 7}, CommandState.ERROR, ""),
        (Reset(), {}, CommandState.ERROR, ""),
        (Reset(), None, CommandState.ERROR, ""),
        (Reset(), [], CommandState.ERROR, ""),
        (Reset(), "Accepted", CommandState.ERROR, ""),
        (ChangeConfiguration("K", "V"), {"status": "RebootRequired"}, CommandState.ACCEPTED, "RebootRequired"),
        (ChangeConfiguration("K", "V"), {"status": "NotSupported"}, CommandState.REJECTED, "NotSupported"),
        (RemoteStart("A"), {"status": "Rejected"}, CommandState.REJECTED, "Rejected"),
        (RemoteStop(1), {"status": "Accepted"}, CommandState.ACCEPTED, "Accepted"),
        (GetConfiguration(), {}, CommandState.ERROR, ""),
    ],
)
async def test_meaning_of_answers(
    depot: Depot, operation: Operation, answer: object, state: CommandState, status: str
) -> None:
    """CFG-05, RPC-19: the charger's own word is kept; senseless answers are errors with a sentence."""
    async with await depot.connect() as client:
        _, reply = await ask(depot, client, operation, answer)
        assert (reply.state, reply.status) == (state, status)
        assert bool(reply.error) == (state is CommandState.ERROR)
        assert reply.response is not None


async def test_configuration_of_real_chargers_is_read(depot: Depot) -> None:
    """RPC-19: numbers as text, `readonly` as text or 0, over-long and missing values; nothing is lost."""
    async with await depot.connect() as client:
        keys = [
            {"key": "A", "readonly": False, "value": "1"},
            {"key": "B", "readonly": "true", "value": 5},
            {"key": "C", "readonly": 0},
            {"key": "D", "readonly": True, "value": "v" * 501},
        ]
        _, reply = await ask(depot, client, GetConfiguration(), {"configurationKey": keys, "unknownKey": ["E"]})
        assert reply.state is CommandState.ACCEPTED
        assert reply.items == (
            ConfigItem("A", "1", False),
            ConfigItem("B", "5", True),
            ConfigItem("C", None, False),
            ConfigItem("D", "v" * 501, True),
            ConfigItem("E", None, False, known=False),
        )


@pytest.mark.parametrize(
    ("rest", "status", "error"),
    [
        (["NotSupported", "no such thing", {"a": 1}], "NotSupported", "NotSupported: no such thing"),
        (["WeirdCode", ""], "WeirdCode", "WeirdCode"),
        (["X"], "X", "X"),
    ],
)
async def test_callerror_is_an_outcome(depot: Depot, rest: list[object], status: str, error: str) -> None:
    """RPC-10, RPC-18: code verbatim, also unknown ones; three and four elements are enough."""
    async with await depot.connect() as client:
        _, waiting = depot.start_call(Reset())
        call = await client.receive()
        client.send([4, call[1], *rest])
        reply = await waiting
        assert (reply.state, reply.status, reply.error) == (CommandState.ERROR, status, error)


async def test_one_call_at_a_time_in_order(depot: Depot) -> None:
    """RPC-01: never two unanswered; the others follow in their order, ids are unique."""
    async with await depot.connect() as client:
        waiting = [depot.start_call(RemoteStop(i))[1] for i in range(5)]
        ids = set()
        for i in range(5):
            call = await client.receive()
            assert call[3] == {"transactionId": i}
            ids.add(call[1])
            await client.nothing_arrives(0.02)
            client.send([3, call[1], {"status": "Accepted"}])
        assert [r.state for r in await asyncio.gather(*waiting)] == [CommandState.ACCEPTED] * 5
        assert len(ids) == 5


async def test_calls_cross(depot: Depot) -> None:
    """RPC-02: the charger's CALL is answered while one of ours is pending."""
    async with await depot.connect() as client:
        _, waiting = depot.start_call(Reset())
        call = await client.receive()
        assert await client.is_alive()
        client.send([3, call[1], {"status": "Accepted"}])
        assert (await waiting).state is CommandState.ACCEPTED


async def test_answer_leaves_before_our_next_call(depot: Depot) -> None:
    """RPC-04: a call that was asked for while an answer waits for the disk leaves after it."""
    async with await depot.connect() as client:
        depot.disk.is_held = True
        client.send([2, "1", "MeterValues", {"connectorId": 1, "meterValue": []}])
        await eventually(lambda: depot.disk.waiting)
        _, waiting = depot.start_call(Reset())
        await client.nothing_arrives(0.05)
        depot.disk.commit()
        assert (await client.receive())[:2] == [3, "1"]
        call = await client.receive()
        assert call[2] == "Reset"
        client.send([3, call[1], {"status": "Accepted"}])
        await waiting


async def test_time_out_includes_the_wait_in_the_queue(depot: Depot) -> None:
    """RPC-06: one deadline; the sentence says whether it was sent."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(Reset(), timeout=0.4)
        command, unsent = depot.start_call(Reset(), timeout=0.05, command_id=2)
        assert (await unsent).state is CommandState.TIMED_OUT
        assert "not sent" in (await unsent).error and command.message_id == ""
        assert (await sent).state is CommandState.TIMED_OUT
        assert (await sent).error == "no answer within 0.4 s"
        assert await client.receive() and await client.is_alive()


async def test_late_answer_is_told_and_never_taken_for_another(depot: Depot) -> None:
    """RPC-06, RPC-07: matched to its own command, counted, and the next call waits for its own answer."""
    late: list[tuple[Command, Reply]] = []
    depot.links.on_late = lambda command, reply: late.append((command, reply))
    async with await depot.connect() as client:
        first, waiting = depot.start_call(Reset("Hard"), timeout=0.05)
        first_call = await client.receive()
        assert (await waiting).state is CommandState.TIMED_OUT
        _, waiting = depot.start_call(RemoteStop(5), command_id=2)
        second_call = await client.receive()
        client.send([3, first_call[1], {"status": "Accepted"}])
        await eventually(lambda: late)
        assert late[0][0] is first and late[0][1].status == "Accepted"
        assert depot.health.stray_answers == 1
        assert not waiting.done()
        client.send([3, second_call[1], {"status": "Rejected"}])
        assert (await waiting).state is CommandState.REJECTED
        client.send([3, second_call[1], {"status": "Accepted"}])  # and again: a stray
        assert await client.is_alive()
        assert depot.health.stray_answers == 2


async def test_lost_link_fails_pending_calls_at_once(depot: Depot) -> None:
    """RPC-08: the outstanding one and those behind it, long before their time-out."""
    client = await depot.connect()
    waiting = [depot.start_call(Reset(), timeout=30)[1] for _ in range(3)]
    await client.receive()
    client.abort()
    replies = await asyncio.wait_for(asyncio.gather(*waiting), 10)
    assert {r.state for r in replies} == {CommandState.OFFLINE}
    assert all(r.error for r in replies)
    assert (await depot.start_call(Reset())[1]).state is CommandState.OFFLINE


async def test_unknown_charger_is_offline(depot: Depot) -> None:
    """Never an exception."""
    assert (await depot.start_call(Reset(), charger_id="NOBODY")[1]).state is CommandState.OFFLINE


async def test_cancelled_call_makes_room(depot: Depot) -> None:
    """A caller that gives up does not block the charger for the next one."""
    async with await depot.connect() as client:
        _, given_up = depot.start_call(Reset(), timeout=30)
        await client.receive()
        given_up.cancel()
        _, waiting = depot.start_call(RemoteStop(1))
        call = await client.receive()
        client.send([3, call[1], {"status": "Accepted"}])
        assert (await waiting).state is CommandState.ACCEPTED


async def test_queue_is_bounded(depot: Depot) -> None:
    """A charger that never answers does not collect calls without end."""
    async with await depot.connect():
        waiting = [depot.start_call(Reset(), timeout=0.2)[1] for _ in range(40)]
        replies = await asyncio.gather(*waiting)
        assert sum(r.state is CommandState.ERROR for r in replies) == 7  # 1 is out, 32 wait
        assert sum(r.state is CommandState.TIMED_OUT for r in replies) == 33


async def test_call_and_answer_are_told_in_the_log(depot: Depot) -> None:
    """`Soft  #7 ana` out, `Accepted  N ms  #7` in; a secret value is not told."""
    async with await depot.connect() as client:
        for operation in (Reset(), ChangeConfiguration("AuthorizationKey", "4f43415f")):
            _, waiting = depot.start_call(operation, command_id=7)
            call = await client.receive()
            client.send([3, call[1], {"status": "Accepted"}])
            await waiting
        assert call[3]["value"] == "4f43415f"
    out, answered = depot.lines("Reset")
    assert (out.direction, out.text) == ("out", "Soft  #7 ana")
    assert answered.direction == "in" and answered.text.startswith("Accepted  ") and answered.text.endswith(" ms  #7")
    assert depot.lines("ChangeConfiguration")[0].text == "AuthorizationKey = ***  #7 ana"
    assert not any("4f43415f" in str(f.raw) for f in depot.disk.frames)  # SEC-07, CFG-09
    assert "4f43415f" not in depot.links.preview("CP-1", ChangeConfiguration("authorizationkey", "4f43415f"))


@pytest.mark.parametrize(
    ("action", "payload", "field"),
    [
        ("Reset", {"type": "Firm"}, "type"),
        ("Reset", {}, "type"),
        ("Reset", {"type": "Soft", "x": 1}, "x"),
        ("ChangeConfiguration", {"key": "k" * 51, "value": "v"}, "key"),
        ("GetConfiguration", {"key": [1]}, "key[0]"),
        ("RemoteStartTransaction", {"idTag": "A", "connectorId": 0}, "connectorId"),
        ("RemoteStartTransaction", {"idTag": "x" * 21}, "idTag"),
        ("RemoteStopTransaction", {"transactionId": "1"}, "transactionId"),
        ("Heartbeat", {}, ""),
        ("Fly", {}, ""),
    ],
)
async def test_payload_that_does_not_fit_names_the_field(
    depot: Depot, action: str, payload: dict[str, object], field: str
) -> None:
    """What programs write is checked against the schema before anything is sent."""
    with pytest.raises(InvalidPayload) as refused:
        depot.links.parse(action, payload)
    assert refused.value.field == field and refused.value.message


async def test_choice_is_named(depot: Depot) -> None:
    """Who writes a wrong word is told the right ones."""
    with pytest.raises(InvalidPayload, match="type: must be one of Hard, Soft"):
        depot.links.parse("Reset", {"type": "Warm"})


async def test_actions_are_those_that_can_be_sent(depot: Depot) -> None:
    """All 26 of 1.6 with its security extension."""
    actions = depot.links.actions()
    assert len(actions) == 26 and actions == sorted(actions)
    assert {"Reset", "SendLocalList", "SignedUpdateFirmware"} <= set(actions)


async def test_disconnect_closes_the_link(depot: Depot) -> None:
    """The operator's way to make a deaf charger come again; the reason is shown."""
    async with await depot.connect() as client:
        depot.links.disconnect("CP-1", "asked for by ana")
        assert (await client.closing()).code == 1000
        await eventually(lambda: not depot.charger().online)
        assert "asked for by ana" in depot.charger().offline_reason
