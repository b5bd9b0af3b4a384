"""The desk: every command ends in a state, in order per charger, and is recorded before it is sent."""

from __future__ import annotations

import asyncio

import pytest

from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    RemoteStart,
    Reply,
    Reset,
    Step,
    StepState,
)
from server.model.configuration import ConfigItem
from server.operations.desk import KEPT, LONGEST_QUEUE
from server.operations.effects import Limits
from server.operations.parts import joined

from .bench import ACCEPTED, Bench, ScriptedSender, steps


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_command_is_recorded_before_it_is_sent(bench: Bench) -> None:
    """The audit row is out when submit returns; the call is made later, with the configured timeout."""
    bench.charger()
    async with bench.desk() as desk:
        command = desk.submit("CP-1", GetConfiguration(), "ana")
        assert bench.told == [(501, CommandState.QUEUED, ("running", "open"))]
        assert bench.sender.calls.empty()
        call = await bench.sender.calls.get()
        assert (call.command, call.timeout, command.state) == (command, 30, CommandState.SENT)
        assert (command.operator, command.created_at, command.sent_at) == ("ana", 1_000_000, 1_000_000)


async def test_answer_fills_the_command(bench: Bench) -> None:
    """Everything that the reply says stands in the command, with the time it took."""
    bench.charger()
    items = (ConfigItem("HeartbeatInterval", "300", readonly=False),)
    async with bench.desk() as desk:
        command = desk.submit("CP-1", GetConfiguration(), "ana")
        call = await bench.sender.calls.get()
        bench.clock += 210
        call.answer(Reply(CommandState.ACCEPTED, "", {"configurationKey": []}, items=items))
        assert await desk.wait(command, 1)
    assert command.state is CommandState.ACCEPTED and command.is_finished
    assert (command.items, command.response, command.message_id) == (items, {"configurationKey": []}, "m501")
    assert command.answered_at == 1_000_210 and command.latency_ms is not None
    assert [(s.name, s.state) for s in command.steps] == [("sent", StepState.DONE), ("answered", StepState.DONE)]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(CommandState.REJECTED, "NotSupported"), "the charger answered NotSupported"),
        (Reply(CommandState.REJECTED), "the charger answered Rejected"),
        (Reply(CommandState.ERROR), "the answer means nothing"),
        (Reply(CommandState.ERROR, error="FormationViolation: no"), "FormationViolation: no"),
        (Reply(CommandState.TIMED_OUT), "no answer within 30 s"),
        (Reply(CommandState.OFFLINE), "the link closed before the answer"),
    ],
)
async def test_every_other_outcome_is_a_value_and_ends_the_steps(bench: Bench, reply: Reply, error: str) -> None:
    """A refusal, an error and silence are told in one sentence; no step is waited for any more."""
    bench.charger()
    async with bench.desk() as desk:
        command = desk.submit("CP-1", ChangeConfiguration("MeterValueSampleInterval", "10"), "ana")
        (await bench.sender.calls.get()).answer(reply)
        await desk.wait(command, 1)
    assert (command.state, command.error) == (reply.state, error)
    told = ["sent done", f"accepted missing {error}", "read back missing", "confirmed missing"]
    assert steps(command) == told and command.is_finished
    silent = reply.state in (CommandState.TIMED_OUT, CommandState.OFFLINE)
    assert (command.latency_ms is None) == silent
    assert bench.lines() == ([f"WARNING ChangeConfiguration {error} #501 ana"] if silent else [])


async def test_latency_is_what_the_link_measured(bench: Bench) -> None:
    """From the wire to the answer, as the log tells it, all parts together; not what it waited for its turn here."""
    bench.charger()
    async with bench.desk() as desk:
        command = desk.submit("CP-1", GetConfiguration(), "ana")
        call = await bench.sender.calls.get()
        call.answer(Reply(CommandState.ACCEPTED, latency_ms=3))
        await desk.wait(command, 1)
        assert command.latency_ms == 3
    both = joined([Reply(CommandState.ACCEPTED, latency_ms=3), Reply(CommandState.ACCEPTED, latency_ms=4)])
    assert both.latency_ms == 7


async def test_unknown_charger_is_a_key_error(bench: Bench) -> None:
    """Nothing is recorded for a charger that does not exist."""
    async with bench.desk() as desk:
        with pytest.raises(KeyError):
            desk.submit("nobody", Reset(), "ana")
        assert not desk.commands and not bench.told


async def test_guard_blocks_with_its_words_and_is_recorded(bench: Bench) -> None:
    """A blocked command has a number, a row and a log line, and never reaches the links."""
    bench.charger().online = False
    async with bench.desk() as desk:
        command = await desk.execute("CP-1", Reset(), "ana")
        assert (command.state, command.error) == (CommandState.BLOCKED, "charger is offline")
        assert bench.told == [(501, CommandState.BLOCKED, ("missing",) * 5)]
        assert bench.lines() == ["WARNING Reset not sent: charger is offline #501 ana"]
        assert bench.sender.calls.empty() and command.sent_at == 0


async def test_guard_is_asked_again_before_sending(bench: Bench) -> None:
    """What became impossible while the command waited is not sent."""
    charger = bench.charger()
    async with bench.desk() as desk:
        first, second = (desk.submit("CP-1", GetConfiguration(), "ana") for _ in range(2))
        call = await bench.sender.calls.get()
        charger.online = False
        call.answer(Reply(CommandState.OFFLINE))
        await desk.wait(second, 1)
        del bench.chargers["CP-1"]
    assert (first.state, second.state) == (CommandState.OFFLINE, CommandState.BLOCKED)
    assert second.error == "charger is offline" and bench.sender.calls.empty()


async def test_removed_charger_blocks_what_waits_for_it(bench: Bench) -> None:
    """A charger that goes away takes its queue with it, in words."""
    bench.charger()
    async with bench.desk() as desk:
        desk.submit("CP-1", GetConfiguration(), "ana")
        second = desk.submit("CP-1", GetConfiguration(), "ana")
        call = await bench.sender.calls.get()
        del bench.chargers["CP-1"]
        call.answer(Reply(CommandState.OFFLINE))
        await desk.wait(second, 1)
    assert (second.state, second.error) == (CommandState.BLOCKED, "charger was removed")


async def test_rpc01_one_call_at_a_time_in_order_for_a_charger(bench: Bench) -> None:
    """RPC-01: five commands leave one after the other, each after the answer of the one before."""
    bench.charger()
    async with bench.desk() as desk:
        commands = [desk.submit("CP-1", GetConfiguration((f"k{n}",)), "ana") for n in range(5)]
        for n, command in enumerate(commands):
            call = await bench.sender.calls.get()
            assert call.command is command and desk.waiting("CP-1") == 4 - n
            await asyncio.sleep(0)
            assert bench.sender.calls.empty()
            call.answer()
        assert await desk.wait(commands[-1], 1)


async def test_chargers_do_not_wait_for_each_other(bench: Bench) -> None:
    """A silent charger keeps nobody else's command."""
    for n in range(20):
        bench.charger(f"CP-{n}")
    async with bench.desk() as desk:
        commands = [desk.submit(charger_id, GetConfiguration(), "ana") for charger_id in bench.chargers]
        calls = [await bench.sender.calls.get() for _ in commands]
        for call in calls[1:]:
            call.answer()
        for command in commands[1:]:
            assert await desk.wait(command, 1)
        assert commands[0].state is CommandState.SENT


async def test_queue_of_a_charger_is_bounded(bench: Bench) -> None:
    """One in the air, fifty behind it; the next is refused at once."""
    bench.charger()
    async with bench.desk() as desk:
        desk.submit("CP-1", GetConfiguration(), "ana")
        await bench.sender.calls.get()
        waiting = [desk.submit("CP-1", GetConfiguration(), "ana") for _ in range(LONGEST_QUEUE)]
        refused = desk.submit("CP-1", GetConfiguration(), "ana")
        assert refused.state is CommandState.BLOCKED
        assert refused.error == "50 commands are already waiting for this charger"
        assert all(c.state is CommandState.QUEUED for c in waiting)


async def test_waiting_in_the_queue_has_an_end(bench: Bench) -> None:
    """A command that waits too long behind a slow one times out there, and is never sent."""
    bench.charger()
    async with bench.desk(limits=Limits(queued=0.3)) as desk:
        desk.submit("CP-1", GetConfiguration(), "ana")
        call = await bench.sender.calls.get()
        late = desk.submit("CP-1", Reset(), "ana")
        assert await desk.wait(late, 10)
        assert (late.state, late.sent_at) == (CommandState.TIMED_OUT, 0)
        assert late.error == "not sent within 0.3 s: the charger is busy with other commands"
        after = desk.submit("CP-1", GetConfiguration(), "ana")
        call.answer()
        assert (await bench.sender.calls.get()).command is after


async def test_wait_has_its_own_limit(bench: Bench) -> None:
    """The one who waits goes away; the command goes on, and all who wait for it are told."""
    bench.charger()
    async with bench.desk() as desk:
        command = await desk.execute("CP-1", GetConfiguration(), "ana", wait=0.05)
        assert command.state is CommandState.SENT
        waiters = [asyncio.create_task(desk.wait(command, 2)) for _ in range(3)]
        await asyncio.sleep(0)
        (await bench.sender.calls.get()).answer()
        assert await asyncio.gather(*waiters) == [True, True, True]
        assert await desk.wait(command, 0)


async def test_rpc06_late_answer_is_told_and_stays_timed_out(bench: Bench) -> None:
    """RPC-06: the answer after its time is shown, with its words, and changes no outcome."""
    bench.charger()
    async with bench.desk() as desk:
        command = desk.submit("CP-1", ChangeConfiguration("k", "v"), "ana")
        (await bench.sender.calls.get()).answer(Reply(CommandState.TIMED_OUT))
        await desk.wait(command, 1)
        bench.clock += 61_000
        desk.answered_late(command, Reply(CommandState.ACCEPTED, "RebootRequired", {"status": "RebootRequired"}))
        assert bench.told[-1][:2] == (501, CommandState.TIMED_OUT)
        desk.answered_late(command, ACCEPTED)
    assert (command.answered_late, command.status, command.latency_ms) == (True, "RebootRequired", 61_000)
    assert steps(command)[1] == "accepted missing answered late, after 61 s: RebootRequired"
    assert bench.reboots == ["CP-1"]


async def test_cfg05_reboot_required_is_a_success_and_is_passed_on(bench: Bench) -> None:
    """CFG-05: RebootRequired counts as accepted and lights the charger's badge."""
    bench.charger()
    async with bench.desk() as desk:
        command = desk.submit("CP-1", ChangeConfiguration("k", "v"), "ana")
        (await bench.sender.calls.get()).answer(Reply(CommandState.ACCEPTED, "RebootRequired"))
        await desk.wait(command, 1)
    assert command.state is CommandState.ACCEPTED and bench.reboots == ["CP-1"]
    assert command.steps[1].note.endswith("ms RebootRequired")


async def test_defect_of_the_links_ends_one_command_only(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A sender that raises costs its own command; the ones behind it are sent."""
    bench.charger()
    real = ScriptedSender.call

    async def broken(self: ScriptedSender, *args: object) -> Reply:
        raise ZeroDivisionError("oops")

    async with bench.desk() as desk:
        monkeypatch.setattr(ScriptedSender, "call", broken)
        first = await desk.execute("CP-1", Reset(), "ana", 1)
        monkeypatch.setattr(ScriptedSender, "call", real)
        second = desk.submit("CP-1", GetConfiguration(), "ana")
        (await bench.sender.calls.get()).answer()
        assert await desk.wait(second, 1)
    assert (first.state, first.error) == (CommandState.ERROR, "internal error: ZeroDivisionError('oops')")
    assert first.is_finished and second.state is CommandState.ACCEPTED
    assert "Reset for CP-1 failed" in caplog.text


async def test_newest_commands_are_kept(bench: Bench) -> None:
    """The list at hand is bounded, oldest first."""
    bench.charger().online = False
    async with bench.desk() as desk:
        for _ in range(KEPT + 3):
            desk.submit("CP-1", Reset(), "ana")
        assert len(desk.commands) == KEPT
        assert (desk.commands[0].command_id, desk.commands[-1].command_id) == (504, 1003)


async def test_restart_closes_what_was_open_and_keeps_the_rest(bench: Bench) -> None:
    """After a restart nothing hangs: open commands say why they end, finished ones are as they were."""
    done = Command(1, "CP-1", Reset(), "ana", 1, CommandState.REJECTED, steps=[Step("sent", StepState.DONE)])
    queued = Command(2, "CP-1", Reset(), "ana", 2, steps=[Step("sent", StepState.RUNNING), Step("accepted")])
    sent = Command(3, "CP-1", Reset(), "ana", 3, CommandState.SENT, steps=[Step("accepted", StepState.RUNNING)])
    booting = Command(
        4,
        "CP-1",
        Reset(),
        "ana",
        4,
        CommandState.ACCEPTED,
        steps=[Step("accepted", StepState.DONE), Step("BootNotification", StepState.RUNNING), Step("confirmed")],
    )
    bench.charger()
    async with bench.desk([done, queued, sent, booting]) as desk:
        assert [c.command_id for c in desk.commands] == [1, 2, 3, 4]
        assert all(c.is_finished for c in desk.commands)
        assert [told[0] for told in bench.told] == [2, 3, 4]
        assert desk.submit("CP-1", Reset(), "ana").command_id == 501
    assert (queued.state, queued.error) == (CommandState.OFFLINE, "the server was restarted before it was sent")
    assert (sent.state, sent.error) == (CommandState.OFFLINE, "the server was restarted before the answer")
    assert booting.state is CommandState.ACCEPTED and done.state is CommandState.REJECTED
    assert steps(booting)[1:] == ["BootNotification missing the server was restarted", "confirmed missing"]


async def test_stop_ends_every_open_command(bench: Bench) -> None:
    """When the server stops, nobody is left waiting and each open command is recorded with its end."""
    bench.charger()
    bench.charger("CP-2")
    async with bench.desk() as desk:
        promised = desk.submit("CP-2", Reset(), "ana")
        (await bench.sender.calls.get()).answer()
        await desk.wait(promised, 1)
        sent, queued = (desk.submit("CP-1", Reset(), "ana") for _ in range(2))
        await bench.sender.calls.get()
        waiter = asyncio.create_task(desk.wait(queued, 5))
        await asyncio.sleep(0)
    assert await waiter
    assert sent.error == "the server was stopped before the answer"
    assert queued.error == "the server was stopped before it was sent"
    assert promised.state is CommandState.ACCEPTED
    assert all(c.is_finished for c in desk.commands)
    assert {told[0] for told in bench.told[-3:]} == {501, 502, 503}
    assert desk.submit("CP-1", Reset(), "ana").error == "the server is stopping"


async def test_remote_start_is_refused_while_a_transaction_runs(bench: Bench) -> None:
    """The guard of the model speaks: its words are the error."""
    charger = bench.charger()
    bench.starts(charger, 1, "AA")
    async with bench.desk() as desk:
        command = desk.submit("CP-1", RemoteStart("BB", 1), "ana")
    assert (command.state, command.error) == (CommandState.BLOCKED, "transaction 987 is running")
