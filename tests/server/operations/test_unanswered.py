"""Commands whose answer did not come, or came too late: what the charger does shows that they arrived."""

from __future__ import annotations

import pytest

from server.model.command import (
    CommandState,
    RemoteStart,
    RemoteStop,
    Reply,
    StepState,
)
from server.model.status import ConnectorStatus

from .bench import ACCEPTED, SHORT, Bench, asked, finished, states, steps


@pytest.fixture
def bench() -> Bench:
    return Bench()


@pytest.mark.parametrize("outcome", [CommandState.TIMED_OUT, CommandState.OFFLINE])
async def test_rpc06_start_without_an_answer_is_followed(bench: Bench, outcome: CommandState) -> None:
    """RPC-06: nobody knows whether it arrived; the session shows that it did, and the log says so."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered(Reply(outcome))
        assert a.command.state is outcome and states(a.command)["StartTransaction"] == "open"
        bench.starts(charger, 1, "AA")
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        await finished(bench, a.command)
    assert (a.command.state, a.command.error) == (CommandState.ACCEPTED, "")
    assert steps(a.command)[1] == "accepted done not answered, shown by what it did"
    assert bench.lines()[-1] == "INFO RemoteStartTransaction confirmed after 0 s, without an answer #501 ana"


async def test_rpc06_stop_without_an_answer_is_followed(bench: Bench) -> None:
    """RPC-06: the same for a stop; one that does not come either ends it, and stays without an answer."""
    charger = bench.charger()
    running = bench.starts(charger, 1, "AA")
    async with asked(bench, RemoteStop(987)) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        bench.stops(charger, running, "Remote")
        assert a.command.is_finished and a.command.state is CommandState.ACCEPTED
    async with asked(bench, RemoteStart("AA", 1), SHORT) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        await finished(bench, a.command)
    assert (a.command.state, a.command.error) == (CommandState.TIMED_OUT, "no answer within 30 s")
    assert a.command.steps[3].note == "no answer, and no StartTransaction within 0.3 s: connector 1 is Available"


async def test_rpc06_nothing_is_followed_that_was_not_sent(bench: Bench) -> None:
    """A call that never got on the wire has no effect."""
    bench.charger()
    bench.sender.writes = False
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        assert a.command.is_finished and states(a.command)["StartTransaction"] == "missing"


@pytest.mark.parametrize("comes", ["before", "after"])
async def test_rpc06_late_yes_and_its_effect(bench: Bench, comes: str) -> None:
    """RPC-06: the late answer and the session in either order; the answer is told, the session confirms."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        bench.clock += 60_000
        if comes == "before":
            a.desk.answered_late(a.command, ACCEPTED)
            assert not a.command.is_finished
        bench.starts(charger, 1, "AA")
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        if comes == "after":
            a.desk.answered_late(a.command, ACCEPTED)
        assert a.command.is_finished and a.command.steps[-1].state is StepState.DONE
    assert (a.command.state, a.command.answered_late) == (CommandState.ACCEPTED, True)
    assert steps(a.command)[1] == "accepted done answered late, after 60 s: Accepted"


async def test_rpc06_late_no_ends_the_waiting(bench: Bench) -> None:
    """RPC-06: refused after its time: nothing is expected any more."""
    bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        a.desk.answered_late(a.command, Reply(CommandState.REJECTED, "Rejected"))
        assert a.command.is_finished and a.command.state is CommandState.TIMED_OUT
    assert steps(a.command)[1] == "accepted missing answered late, after 0 s: Rejected"
