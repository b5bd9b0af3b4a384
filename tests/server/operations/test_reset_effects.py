"""What must follow the acceptance of a reset."""

from __future__ import annotations

import asyncio

import pytest

from server.model.command import (
    CommandState,
    GetConfiguration,
    Reply,
    Reset,
    StepState,
)
from server.model.event import EventKind
from server.model.status import ConnectorStatus
from server.operations.effects import Limits

from .bench import SHORT, Bench, asked, finished, states, steps


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_reset_is_confirmed_step_by_step(bench: Bench) -> None:
    """Stop of the running transaction, boot, a report of each connector, confirmed: one change each."""
    charger = bench.charger()
    transaction = bench.starts(charger, 2, "AA")
    async with asked(bench, Reset("Soft")) as a:
        assert states(a.command) == {
            "sent": "done",
            "accepted": "running",
            "transaction 987 stopped": "open",
            "BootNotification": "open",
            "connectors reported": "open",
            "confirmed": "open",
        }
        await a.answered()
        assert a.command.state is CommandState.ACCEPTED and not a.command.is_finished
        assert states(a.command)["transaction 987 stopped"] == "running"
        bench.clock += 2_000
        bench.stops(charger, transaction, "SoftReset")
        await bench.changed()
        assert steps(a.command)[2:4] == ["transaction 987 stopped done SoftReset", "BootNotification running"]
        bench.clock += 38_000
        bench.boots(charger)
        bench.reports(charger, 1, ConnectorStatus.AVAILABLE)
        await bench.changed()
        assert states(a.command)["connectors reported"] == "running"
        bench.clock += 7_000
        bench.reports(charger, 2, ConnectorStatus.AVAILABLE)
        await finished(bench, a.command)
    assert set(states(a.command).values()) == {"done"}
    assert [s.at - 1_000_000 for s in a.command.steps[2:]] == [2_000, 40_000, 47_000, 47_000]
    assert bench.lines() == ["INFO Reset confirmed after 47 s #501 ana"]


async def test_reports_before_the_boot_do_not_count(bench: Bench) -> None:
    """A connector has to speak after the boot; a second boot starts the count anew."""
    charger = bench.charger()
    async with asked(bench, Reset()) as a:
        await a.answered()
        for connector_id in (1, 2):
            bench.reports(charger, connector_id, ConnectorStatus.UNAVAILABLE)
        bench.boots(charger)
        assert states(a.command)["connectors reported"] == "running"
        bench.reports(charger, 1, ConnectorStatus.AVAILABLE)
        bench.boots(charger)
        bench.reports(charger, 2, ConnectorStatus.AVAILABLE)
        assert states(a.command)["connectors reported"] == "running"
        bench.reports(charger, 1, ConnectorStatus.AVAILABLE)
        assert a.command.is_finished


async def test_hard_reset_may_stop_its_transaction_after_the_boot(bench: Bench) -> None:
    """RST-01: the order is the charger's; all of it has to be seen."""
    charger = bench.charger(connectors=1)
    transaction = bench.starts(charger, 1, "AA")
    async with asked(bench, Reset("Hard")) as a:
        await a.answered()
        bench.boots(charger)
        bench.reports(charger, 1, ConnectorStatus.AVAILABLE)
        assert states(a.command)["transaction 987 stopped"] == "running" and not a.command.is_finished
        bench.stops(charger, transaction, "HardReset")
        assert a.command.steps[-1].state is StepState.DONE


async def test_missing_boot_is_told_with_what_is_seen_instead(bench: Bench) -> None:
    """The time for the boot is over: the step says so, the rest is missing, the log has one warning."""
    charger = bench.charger()
    async with asked(bench, Reset(), SHORT) as a:
        await a.answered()
        charger.online = False
        bench.emit(EventKind.CHARGER_DISCONNECTED, charger)
        await finished(bench, a.command)
    sentence = "accepted, but no BootNotification within 0.3 s: charger is offline"
    assert steps(a.command)[2:] == [
        f"BootNotification missing {sentence}",
        "connectors reported missing",
        "confirmed missing",
    ]
    assert bench.lines() == [f"WARNING Reset {sentence} #501 ana"]
    assert (a.command.state, a.command.error) == (CommandState.ACCEPTED, "")


async def test_silent_connector_is_named(bench: Bench) -> None:
    """After the boot each connector has its own time; the one that keeps silent is told."""
    charger = bench.charger(connectors=3)
    async with asked(bench, Reset(), SHORT) as a:
        await a.answered()
        bench.boots(charger)
        bench.reports(charger, 2, ConnectorStatus.AVAILABLE)
        await finished(bench, a.command)
    note = "accepted, but not every connector reported within 0.3 s: connector 1, 3 is silent"
    assert a.command.steps[3].note == note


@pytest.mark.parametrize("outcome", [CommandState.OFFLINE, CommandState.TIMED_OUT])
async def test_reset_without_an_answer_is_still_followed(bench: Bench, outcome: CommandState) -> None:
    """A charger that reboots before it answers: once the boot is seen, journal and log say that it did it."""
    charger = bench.charger(connectors=1)
    async with asked(bench, Reset("Hard")) as a:
        await a.answered(Reply(outcome))
        assert states(a.command)["BootNotification"] == "running"
        bench.boots(charger)
        bench.reports(charger, 1, ConnectorStatus.AVAILABLE)
        await finished(bench, a.command)
        assert (a.command.state, a.command.error) == (CommandState.ACCEPTED, "")
    assert steps(a.command)[1] == "accepted done not answered, shown by what it did"
    assert a.command.steps[-1].state is StepState.DONE
    assert bench.lines()[-1] == "INFO Reset confirmed after 0 s, without an answer #501 ana"


async def test_reset_that_never_got_on_the_wire_is_not_followed(bench: Bench) -> None:
    """Offline before anything was written: no boot is expected."""
    bench.charger()
    bench.sender.writes = False
    async with asked(bench, Reset()) as a:
        await a.answered(Reply(CommandState.OFFLINE))
        assert a.command.is_finished and a.command.steps[-1].state is StepState.MISSING


async def test_charger_without_known_connectors_is_confirmed_by_its_boot(bench: Bench) -> None:
    """There is nobody to wait for after the boot."""
    charger = bench.charger(connectors=0)
    async with asked(bench, Reset()) as a:
        await a.answered()
        bench.boots(charger)
        assert list(states(a.command)) == ["sent", "accepted", "BootNotification", "confirmed"]
        assert a.command.is_finished


async def test_later_step_does_not_prolong_the_one_that_is_waited_for(bench: Bench) -> None:
    """The boot is seen while the stop is missing: the stop has no more time for that."""
    charger = bench.charger()
    bench.starts(charger, 1, "AA")
    async with asked(bench, Reset("Hard"), Limits(boot=1)) as a:
        loop = asyncio.get_running_loop()
        await a.answered()
        began = loop.time()
        await asyncio.sleep(0.7)
        bench.boots(charger)
        await finished(bench, a.command)
        assert loop.time() - began < 1.6
    assert a.command.steps[2].note == "accepted, but transaction 987 was not stopped within 1 s"


async def test_steps_are_laid_out_when_the_command_is_sent(bench: Bench) -> None:
    """A transaction that starts while the reset waits in the queue has to stop as well."""
    charger = bench.charger()
    async with asked(bench, GetConfiguration()) as a:
        reset = a.desk.submit("CP-1", Reset(), "ana")
        assert "transaction 987 stopped" not in states(reset)
        bench.starts(charger, 1, "AA")
        a.call.answer()
        await bench.sender.calls.get()
        assert states(reset)["transaction 987 stopped"] == "open"


async def test_two_commands_are_followed_side_by_side(bench: Bench) -> None:
    """The second command may be sent while the first still waits for its effect; one boot confirms both."""
    charger = bench.charger(connectors=0)
    async with asked(bench, Reset()) as a:
        await a.answered()
        second = a.desk.submit("CP-1", Reset("Hard"), "tom")
        (await bench.sender.calls.get()).answer()
        await a.desk.wait(second, 1)
        bench.boots(charger)
        await finished(bench, second)
        assert a.command.is_finished
