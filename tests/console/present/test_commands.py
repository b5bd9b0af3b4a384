"""Commands in words."""

from __future__ import annotations

import pytest

from console.present.commands import arguments_of, expectation_of, outcome_of, state_of, step_in_words
from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    Operation,
    RemoteStart,
    Reset,
    Step,
    StepState,
)
from server.model.operations import (
    ClearChargingProfile,
    GetDiagnostics,
    GetLocalListVersion,
    SendLocalList,
    TriggerMessage,
    UnlockConnector,
)
from tests.server.links.v16.outbound.cases import CASES, Case

CHANGE = ChangeConfiguration("HeartbeatInterval", "60")


def command(state: CommandState, status: str = "", error: str = "", operation: Operation = CHANGE) -> Command:
    done = [Step("sent", StepState.DONE, 1), Step("accepted", StepState.DONE, 2)]
    return Command(1, "CP-1", operation, "ana", 0, state=state, status=status, error=error, steps=done)


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        (command(CommandState.ACCEPTED, "Accepted"), "Accepted: the new value is in force."),
        (command(CommandState.ACCEPTED, "RebootRequired"), "RebootRequired: in force after a reset. Reset now?"),
        (command(CommandState.REJECTED, "NotSupported"), "NotSupported: the charger does not know this key."),
        (command(CommandState.REJECTED, "Rejected"), "Rejected: the charger says no, and gives no reason."),
        (command(CommandState.TIMED_OUT, error="no answer within 30 s"), "No answer within 30 s."),
        (
            command(CommandState.OFFLINE, error="the link closed before the answer"),
            "The link closed before the answer.",
        ),
        (command(CommandState.BLOCKED, error="charger is offline"), "Charger is offline."),
        (command(CommandState.SENT), ""),
    ],
)
def test_outcome_has_the_charger_s_own_word(given: Command, sentence: str) -> None:
    """One sentence a person can act on."""
    assert outcome_of(given)[0] == sentence


def test_accepted_without_effect_is_no_success() -> None:
    """The missing step is named in the list and in the sentence."""
    given = command(CommandState.ACCEPTED, "Accepted", operation=Reset())
    given.steps.append(
        Step("BootNotification", StepState.MISSING, note="accepted, but no BootNotification within 120 s")
    )
    assert outcome_of(given) == ("Accepted, but no BootNotification within 120 s.", "amber_strong")
    assert state_of(given) == ("no effect", "amber")
    assert step_in_words(given)[0] == "accepted, but no BootNotification within 120 s"


def remote_start(charging: StepState, note: str) -> Command:
    given = command(CommandState.ACCEPTED, "Accepted", operation=RemoteStart("A1", 1))
    end = StepState.OPEN if charging is StepState.RUNNING else charging
    given.steps += [
        Step("Preparing", StepState.DONE),
        Step("StartTransaction", StepState.DONE, note="transaction 5, id tag Blocked"),
        Step("Charging", charging, note=note),
        Step("confirmed", end),
    ]
    return given


def test_a_session_with_a_refused_tag_is_no_plain_success() -> None:
    """It charges, but the charger may stop it: sentence, list and mark of the row say so."""
    note = "charging, but its tag is Blocked: it may stop"
    given = remote_start(StepState.DONE, note)
    assert outcome_of(given) == (f"{note.capitalize().replace('blocked', 'Blocked')}.", "amber_strong")
    assert (state_of(given), step_in_words(given)) == (("accepted", "amber"), (note, "amber"))
    plain = remote_start(StepState.DONE, "")
    assert outcome_of(plain) == ("Confirmed: it is charging.", "sky_strong")
    assert (state_of(plain), step_in_words(plain)) == (("accepted", "text"), ("confirmed", "muted"))


def test_a_session_without_energy_is_not_without_effect() -> None:
    """It has begun: while it is waited for and afterwards the car is told, not an absence."""
    note = "started, the car takes no energy yet"
    waiting = remote_start(StepState.RUNNING, note)
    assert step_in_words(waiting) == (note, "sky")
    over = remote_start(StepState.MISSING, note)
    assert outcome_of(over) == ("Started, the car takes no energy yet.", "amber_strong")
    assert (state_of(over), step_in_words(over)) == (("no energy", "amber"), (note, "amber"))


def test_late_answer_is_told() -> None:
    """RPC-06: it stays timed out."""
    given = command(CommandState.TIMED_OUT, "Accepted")
    given.answered_late = True
    assert "later the charger said Accepted" in outcome_of(given)[0]


def test_passwords_are_never_shown() -> None:
    """SEC-07."""
    assert arguments_of(ChangeConfiguration("AuthorizationKey", "geheim")) == "AuthorizationKey = ***"


@pytest.mark.parametrize("case", CASES, ids=lambda c: c.action)
def test_every_operation_has_short_words(case: Case) -> None:
    """All 26: arguments without Python's own notation, an expectation, and an outcome for yes and no."""
    words = arguments_of(case.operation)
    assert len(words) <= 90 and not set("()[]") & set(words) and "BEGIN CERTIFICATE" not in words
    assert words or case.action == "ClearCache" or "Version" in case.action
    assert expectation_of(case.operation)
    for state, status in ((CommandState.ACCEPTED, "Accepted"), (CommandState.REJECTED, "Rejected")):
        sentence = outcome_of(command(state, status, operation=case.operation))[0]
        assert sentence.endswith((".", "?"))


@pytest.mark.parametrize(
    ("operation", "state", "status", "sentence"),
    [
        (UnlockConnector(1), CommandState.ACCEPTED, "Accepted", "does not say whether it unlocked"),
        (UnlockConnector(1), CommandState.REJECTED, "NotSupported", "no lock there"),
        (ClearChargingProfile(), CommandState.ACCEPTED, "Unknown", "nothing to clear"),
        (SendLocalList(1), CommandState.REJECTED, "VersionMismatch", "send the full list"),
        (TriggerMessage("Heartbeat"), CommandState.REJECTED, "NotImplemented", "does not send this message"),
    ],
)
def test_words_of_answers_are_explained(operation: Operation, state: CommandState, status: str, sentence: str) -> None:
    """UNL-01, SC-06, LL-01, TRG-02."""
    assert sentence in outcome_of(command(state, status, operation=operation))[0]


def test_facts_of_an_answer_are_told() -> None:
    """GetCompositeSchedule and others: what the answer says is the outcome."""
    given = command(CommandState.ACCEPTED, operation=GetLocalListVersion())
    given.facts = ("version 7",)
    assert outcome_of(given)[0] == "Version 7."


def test_passwords_in_addresses_are_never_shown() -> None:
    """SEC-07."""
    assert arguments_of(GetDiagnostics("ftp://ana:geheim@h/x")) == "ftp://***@h/x"
