"""What must follow acceptance of a start or a stop: seen, missing, out of order, or of somebody else."""

from __future__ import annotations

import asyncio

import pytest

from server.model.command import (
    CommandState,
    RemoteStart,
    RemoteStop,
    Reply,
    StepState,
)
from server.model.event import EventKind
from server.model.status import ConnectorStatus, TagStatus, TransactionState
from server.model.transaction import Transaction
from server.operations.effects import Limits

from .bench import SHORT, Bench, asked, finished, states, steps

HOUR = 3_600_000  #: ms


@pytest.fixture
def bench() -> Bench:
    return Bench()


async def test_remote_start_is_confirmed_by_charging(bench: Bench) -> None:
    """sent, accepted, Preparing, StartTransaction, Charging; tags compare case-insensitively (AUTH-02)."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("04a7", 1)) as a:
        await a.answered()
        bench.reports(charger, 1, ConnectorStatus.PREPARING)
        assert states(a.command)["StartTransaction"] == "running"
        bench.starts(charger, 1, "04A7")
        assert states(a.command)["Charging"] == "running"
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        await finished(bench, a.command)
    assert steps(a.command)[2:] == [
        "Preparing done",
        "StartTransaction done transaction 987",
        "Charging done",
        "confirmed done",
    ]


async def test_preparing_counts_when_it_was_before_or_is_skipped(bench: Bench) -> None:
    """Plugged in before: done with the answer. Never reported: done with the start."""
    charger = bench.charger()
    charger.connectors[1].status = ConnectorStatus.PREPARING
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        assert states(a.command)["Preparing"] == "done"
    other = Bench()
    charger = other.charger()
    async with asked(other, RemoteStart("AA", 1)) as a:
        await a.answered()
        other.starts(charger, 1, "AA")
        assert steps(a.command)[2] == "Preparing done not reported"


async def test_effect_before_the_answer_counts(bench: Bench) -> None:
    """Many chargers report Charging and start before they answer the command."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        bench.starts(charger, 1, "AA")
        assert a.command.state is CommandState.SENT and states(a.command)["accepted"] == "running"
        await a.answered()
        assert a.command.is_finished and a.command.steps[-1].state is StepState.DONE


async def test_start_of_another_tag_or_connector_is_not_ours(bench: Bench) -> None:
    """A driver who starts beside us does not confirm our command."""
    charger = bench.charger(connectors=3)
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        bench.starts(charger, 1, "OTHER", 1)
        bench.starts(charger, 2, "AA", 2)
        for connector_id in (1, 2):
            bench.reports(charger, connector_id, ConnectorStatus.CHARGING)
        assert states(a.command)["StartTransaction"] == "open"
        assert states(a.command)["Charging"] == "open"


@pytest.mark.parametrize(
    ("asked_for", "told"),
    [("AABBCCDD", "AA:BB:CC:DD"), ("20:69:C0:21", "2069c021"), ("X" * 20, "x" * 20 + "0"), ("AA", " aa ")],
)
async def test_auth02_start_with_another_spelling_of_the_tag_is_ours(bench: Bench, asked_for: str, told: str) -> None:
    """AUTH-02, Q42: separators of hex digits and blanks do not count, nor what a charger adds to a full length."""
    charger = bench.charger()
    async with asked(bench, RemoteStart(asked_for, 1)) as a:
        await a.answered()
        bench.starts(charger, 1, told)
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        assert a.command.is_finished and a.command.steps[-1].state is StepState.DONE


@pytest.mark.parametrize(("asked_for", "told"), [("X" * 19, "X" * 20), ("X" * 20, "X" * 22), ("X" * 20, "Y" * 21)])
async def test_a_longer_tag_is_another_one(bench: Bench, asked_for: str, told: str) -> None:
    """Q42: one character, behind a tag of full length, and no more."""
    charger = bench.charger()
    async with asked(bench, RemoteStart(asked_for, 1)) as a:
        await a.answered()
        bench.starts(charger, 1, told)
        assert states(a.command)["StartTransaction"] == "open"


async def test_start_without_a_connector_takes_the_one_of_the_charger(bench: Bench) -> None:
    """The charger chose connector 2: charging is awaited there, whatever connector 1 does with the same tag."""
    charger = bench.charger()
    bench.starts(charger, 1, "AA", 1)
    charger.connectors[1].status = ConnectorStatus.CHARGING
    async with asked(bench, RemoteStart("AA")) as a:
        await a.answered()
        bench.reports(charger, 2, ConnectorStatus.PREPARING)
        bench.starts(charger, 2, "AA", 2)
        assert states(a.command)["Charging"] == "running"
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        assert states(a.command)["Charging"] == "running"
        bench.reports(charger, 2, ConnectorStatus.CHARGING)
        assert a.command.is_finished


async def test_a_start_that_waited_in_the_charger_is_not_ours(bench: Bench) -> None:
    """TX-08: begun offline, before it was asked for; told as such. A clock that is behind is no reason."""
    charger = bench.charger()
    bench.clock = charger.online_at = 1_800_000_000_000
    async with asked(bench, RemoteStart("AA", 1), SHORT) as a:
        await a.answered()
        bench.starts(charger, 1, "AA", 5, claimed_at=bench.clock - 2 * HOUR)
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        await finished(bench, a.command)
    note = (
        "accepted, but no StartTransaction within 0.3 s: transaction 5 of its tag began 120 min before it was asked for"
    )
    assert a.command.steps[3].note == note
    for charger.clock_skew_ms, charger.online_at in ((-2 * HOUR, bench.clock), (0, bench.clock - 3 * HOUR)):
        async with asked(bench, RemoteStart("BB", 2)) as a:
            bench.starts(charger, 2, "BB", 6, claimed_at=bench.clock - 2 * HOUR)
            assert states(a.command)["StartTransaction"] == "done"
        charger.connectors[2].transaction = None


async def test_one_start_confirms_one_remote_start(bench: Bench) -> None:
    """The one that names its connector, then the older one; not one that nobody knows to be accepted."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA")) as a:
        await a.answered(Reply(CommandState.TIMED_OUT))
        commands = [a.command]
        for connector_id in (None, None, 2):
            commands.append(a.desk.submit("CP-1", RemoteStart("AA", connector_id), "ana"))
            (await bench.sender.calls.get()).answer()
            await a.desk.wait(commands[-1], 1)
        for connector_id, confirmed in ((2, [3]), (1, [1, 3])):
            bench.starts(charger, connector_id, "AA", connector_id)
            bench.reports(charger, connector_id, ConnectorStatus.CHARGING)
            assert [i for i, c in enumerate(commands) if c.steps[-1].state is StepState.DONE] == confirmed


async def test_tx20_accepted_and_not_started_is_told(bench: Bench) -> None:
    """TX-20: the missing StartTransaction is named, with what the connector does meanwhile."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1), SHORT) as a:
        await a.answered()
        bench.reports(charger, 1, ConnectorStatus.PREPARING)
        await finished(bench, a.command)
    sentence = "accepted, but no StartTransaction within 0.3 s: connector 1 is Preparing"
    assert a.command.steps[3].note == sentence
    assert bench.lines() == [f"WARNING RemoteStartTransaction {sentence} #501 ana"]


REFUSED = [status for status in TagStatus if status is not TagStatus.ACCEPTED]


@pytest.mark.parametrize("status", REFUSED)
async def test_start_with_a_refused_tag_is_told_with_the_tag(bench: Bench, status: TagStatus) -> None:
    """It charges, and yet it may end at any moment: the note says so, in 60 columns (AUTH-02)."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        bench.starts(charger, 1, "AA", 5, status)
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        assert a.command.is_finished
    note = f"charging, but its tag is {status}: it may stop"
    assert len(note) < 52
    assert steps(a.command)[3:] == [
        f"StartTransaction done transaction 5, id tag {status}",
        f"Charging done {note}",
        "confirmed done",
    ]


@pytest.mark.parametrize(
    ("tag", "reported", "note"),
    [
        (TagStatus.ACCEPTED, ConnectorStatus.SUSPENDED_EV, "started, the car takes no energy yet"),
        (TagStatus.ACCEPTED, ConnectorStatus.SUSPENDED_EVSE, "started, the charger gives no energy yet"),
        (TagStatus.BLOCKED, ConnectorStatus.SUSPENDED_EVSE, "started, but its tag is Blocked: not charging"),
        (
            TagStatus.ACCEPTED,
            ConnectorStatus.PREPARING,
            "accepted, but no Charging within 0.3 s: connector 1 is Preparing",
        ),
    ],
)
async def test_started_and_not_charging_is_told_as_it_is(
    bench: Bench, tag: TagStatus, reported: ConnectorStatus, note: str
) -> None:
    """A car that does not draw, a charger that holds back, a refused tag: told at once, and when the time is over."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1), SHORT) as a:
        await a.answered()
        bench.starts(charger, 1, "AA", 5, tag)
        bench.reports(charger, 1, reported)
        if note.startswith("started"):
            assert steps(a.command)[4] == f"Charging running {note}"
            await bench.changed()
        await finished(bench, a.command)
    assert steps(a.command)[4:] == [f"Charging missing {note}", "confirmed missing"]


async def test_a_car_that_draws_later_confirms_all_the_same(bench: Bench) -> None:
    """SuspendedEV first, then Charging: nothing is left of the note."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        bench.starts(charger, 1, "AA")
        bench.reports(charger, 1, ConnectorStatus.SUSPENDED_EV)
        bench.reports(charger, 1, ConnectorStatus.CHARGING)
        assert steps(a.command)[4:] == ["Charging done", "confirmed done"]


@pytest.mark.parametrize(
    ("tag", "note"),
    [
        (TagStatus.BLOCKED, "its tag is Blocked: the charger stopped it"),
        (TagStatus.ACCEPTED, "it ended before it charged: DeAuthorized"),
    ],
)
async def test_a_session_that_ends_before_it_charges_ends_the_waiting(bench: Bench, tag: TagStatus, note: str) -> None:
    """Nobody waits a minute for what cannot come any more; a stop beside it is not its own."""
    charger = bench.charger()
    other = bench.starts(charger, 2, "AA", 4)
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        mine = bench.starts(charger, 1, "AA", 5, tag)
        bench.stops(charger, other, "Local")
        assert states(a.command)["Charging"] == "running"
        bench.stops(charger, mine, "DeAuthorized")
        assert a.command.is_finished
    assert steps(a.command)[4:] == [f"Charging missing {note}", "confirmed missing"]


async def test_each_step_has_its_own_time(bench: Bench) -> None:
    """The time of a step begins with the end of the one before it."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1), Limits(start=0.3, charging=10)) as a:
        await a.answered()
        bench.starts(charger, 1, "AA")
        await asyncio.sleep(0.4)
        assert states(a.command)["Charging"] == "running"


async def test_remote_stop_is_confirmed_by_stop_and_free_connector(bench: Bench) -> None:
    """The transaction's own stop counts, then the connector's state, in either order."""
    charger = bench.charger()
    other, wanted = bench.starts(charger, 1, "AA", 1), bench.starts(charger, 2, "BB", 2)
    charger.connectors[2].status = ConnectorStatus.CHARGING
    async with asked(bench, RemoteStop(2)) as a:
        await a.answered()
        bench.stops(charger, other, "Local")
        orphan = Transaction(988, "CP-1", 0, "", TagStatus.ACCEPTED, 0, 0, 0, TransactionState.ORPHANED)
        bench.stops(charger, orphan, "Remote")
        assert states(a.command)["StopTransaction"] == "running"
        bench.reports(charger, 2, ConnectorStatus.FINISHING)
        assert states(a.command)["connector free"] == "open"
        bench.stops(charger, wanted, "Remote")
        assert a.command.is_finished
    assert steps(a.command)[2:] == ["StopTransaction done Remote", "connector free done Finishing", "confirmed done"]


async def test_remote_stop_waits_for_the_connector_and_says_what_it_does(bench: Bench) -> None:
    """Stopped, and still Charging: that is what the operator must know."""
    charger = bench.charger()
    transaction = bench.starts(charger, 1, "AA")
    charger.connectors[1].status = ConnectorStatus.CHARGING
    async with asked(bench, RemoteStop(987), SHORT) as a:
        await a.answered()
        bench.stops(charger, transaction, "Remote")
        await finished(bench, a.command)
    note = "accepted, but the connector is not free within 0.3 s: connector 1 is Charging"
    assert a.command.steps[3].note == note


async def test_tx19_stop_of_a_transaction_that_only_the_charger_knows(bench: Bench) -> None:
    """TX-19: the id is free; its stop comes as that of an orphan, which has an id of ours."""
    charger = bench.charger()
    async with asked(bench, RemoteStop(4711)) as a:
        await a.answered()
        orphan = Transaction(988, "CP-1", 0, "", TagStatus.ACCEPTED, 0, 0, 0, TransactionState.ORPHANED)
        bench.stops(charger, orphan, "Remote")
        assert a.command.is_finished and a.command.steps[-1].state is StepState.DONE


@pytest.mark.parametrize(("told", "is_it"), [(4711, True), (4712, False)])
async def test_tx19_stop_of_another_unknown_transaction_is_not_ours(bench: Bench, told: int, is_it: bool) -> None:
    """TX-09, TX-19: an orphan is known by what the charger calls it."""
    charger = bench.charger()
    async with asked(bench, RemoteStop(4711)) as a:
        await a.answered()
        orphan = Transaction(988, "CP-1", 0, "", TagStatus.ACCEPTED, 0, 0, 0, TransactionState.ORPHANED)
        orphan.claimed_id = told
        bench.stops(charger, orphan, "Remote")
        assert a.command.is_finished is is_it


async def test_missing_stop_is_told_with_what_the_connector_does(bench: Bench) -> None:
    """Accepted, and the session goes on."""
    charger = bench.charger()
    bench.starts(charger, 1, "AA")
    charger.connectors[1].status = ConnectorStatus.CHARGING
    async with asked(bench, RemoteStop(987), SHORT) as a:
        await a.answered()
        await finished(bench, a.command)
    assert a.command.steps[2].note == "accepted, but no StopTransaction within 0.3 s: connector 1 is Charging"


async def test_rejection_ends_the_chain_at_once(bench: Bench) -> None:
    """Nothing is awaited of a charger that said no, and what it does later is not ours."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered(Reply(CommandState.REJECTED, "Rejected"))
        assert set(list(states(a.command).values())[1:]) == {"missing"}
        told = len(bench.told)
        bench.starts(charger, 1, "AA")
        await asyncio.sleep(0)
        assert len(bench.told) == told


async def test_one_event_tells_a_command_once_and_not_inside_the_event(bench: Bench) -> None:
    """A listener must not emit: the change follows in the next turn of the loop, once for all steps."""
    charger = bench.charger()
    charger.connectors[1].status = ConnectorStatus.CHARGING
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        told = len(bench.told)
        bench.starts(charger, 1, "AA")
        assert len(bench.told) == told and a.command.is_finished
        await bench.changed()
        await asyncio.sleep(0)
        assert len(bench.told) == told + 1


async def test_meter_values_are_not_looked_at(bench: Bench) -> None:
    """The most frequent events cost nothing, whatever is awaited."""
    charger = bench.charger()
    async with asked(bench, RemoteStart("AA", 1)) as a:
        await a.answered()
        charger.connectors[1].status = ConnectorStatus.PREPARING
        bench.emit(EventKind.METER_RECORDED, charger)
        assert states(a.command)["Preparing"] == "running"
