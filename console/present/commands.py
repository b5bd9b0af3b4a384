"""A command in words: what was asked, how it goes, what came of it. Pure."""

from __future__ import annotations

from dataclasses import fields

from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
    Step,
    StepState,
)

#: Keys whose value is a password: never painted (SEC-07).
SECRET_KEYS = frozenset({"authorizationkey"})
HIDDEN = "***"

#: state -> word and role, for lists
STATES: dict[CommandState, tuple[str, str]] = {
    CommandState.QUEUED: ("queued", "muted"),
    CommandState.SENT: ("sent", "sky"),
    CommandState.ACCEPTED: ("accepted", "text"),
    CommandState.REJECTED: ("rejected", "amber"),
    CommandState.ERROR: ("error", "fault_text"),
    CommandState.TIMED_OUT: ("no answer", "fault_text"),
    CommandState.OFFLINE: ("offline", "amber"),
    CommandState.BLOCKED: ("blocked", "dim"),
}


def is_secret(key: str) -> bool:
    return key.strip().casefold() in SECRET_KEYS


def arguments_of(operation: Operation) -> str:
    """What the operation is told, short: `Soft`, `c2 A1B2C3`, `HeartbeatInterval = 300`."""
    match operation:
        case Reset(kind=kind):
            return kind
        case GetConfiguration(keys=keys):
            return " ".join(keys) if keys else "all keys"
        case ChangeConfiguration(key=key, value=value):
            return f"{key} = {HIDDEN if is_secret(key) else value}"
        case RemoteStart(id_tag=id_tag, connector_id=connector_id):
            return f"c{connector_id} {id_tag}" if connector_id is not None else id_tag
        case RemoteStop(transaction_id=transaction_id):
            return f"tx {transaction_id}"
    return " ".join(f"{f.name}={getattr(operation, f.name)}" for f in fields(operation))


def expectation_of(operation: Operation) -> str:
    """What follows when all goes well."""
    match operation:
        case Reset():
            return "Accepted, then BootNotification within 120 s"
        case RemoteStart():
            return "Accepted, then StartTransaction and Charging"
        case RemoteStop():
            return "Accepted, then StopTransaction"
        case ChangeConfiguration():
            return "Accepted, or RebootRequired"
    return "an answer"


def state_of(command: Command) -> tuple[str, str]:
    """Word and role of the outcome: the charger's own word where it says more than ours."""
    word, role = STATES[command.state]
    if command.state in (CommandState.ACCEPTED, CommandState.REJECTED) and command.status not in ("", "Accepted"):
        return command.status, "amber"
    if command.state is CommandState.ACCEPTED and _missing(command) is not None:
        return "no effect", "amber"
    if command.state is CommandState.TIMED_OUT and command.answered_late:
        return "late", "amber"
    return word, role


def step_in_words(command: Command) -> tuple[str, str]:
    """The step a list shows: what is waited for, what is missing, or the last one that was done."""
    if not command.steps:
        return "", "dim"
    for step in command.steps:
        if step.state is StepState.RUNNING:
            return waiting_for(step), "sky"
    missing = _missing(command)
    if missing is not None:
        return (missing.note or f"{missing.name} is missing"), "amber"
    return command.steps[-1].name, "muted"


def waiting_for(step: Step) -> str:
    """A step that is not there yet, as something to wait for."""
    match step.name:
        case "sent":
            return "waiting to be sent"
        case "accepted" | "answered":
            return "waiting for the answer"
    return f"waiting for {step.name}"


def outcome_of(command: Command) -> tuple[str, str]:
    """One sentence about where the command stands, and its role."""
    state, status = command.state, command.status
    if not command.is_answered:
        return "", "muted"
    missing = _missing(command)
    if state is CommandState.ACCEPTED:
        if status == "RebootRequired":
            return "RebootRequired: in force after a reset. Reset now?", "amber_strong"
        if missing is not None:
            return _sentence(missing.note or f"accepted, but no {missing.name}"), "amber_strong"
        if command.is_finished:
            return _done(command), "sky_strong"
        return "", "muted"
    if state is CommandState.REJECTED:
        return _rejected(status), "amber_strong"
    if state is CommandState.TIMED_OUT and command.answered_late:
        return _sentence(f"no answer in time; later the charger said {status or 'something'}"), "amber_strong"
    role = "amber_strong" if state in (CommandState.OFFLINE, CommandState.BLOCKED) else "fault_strong"
    return _sentence(command.error or STATES[state][0]), role


def _rejected(status: str) -> str:
    match status:
        case "NotSupported":
            return "NotSupported: the charger does not know this key."
        case "" | "Rejected":
            return "Rejected: the charger says no, and gives no reason."
    return f"{status}: the charger says no."


def _done(command: Command) -> str:
    match command.operation:
        case GetConfiguration():
            return f"{len(command.items)} keys."
        case ChangeConfiguration():
            return "Accepted: the new value is in force."
        case Reset():
            return "Confirmed: the charger is back."
        case RemoteStart():
            return "Confirmed: it is charging."
        case RemoteStop():
            return "Confirmed: the transaction has ended."
    return "Done."


def _missing(command: Command) -> Step | None:
    """The missing step that says why, else the first one."""
    missing = [s for s in command.steps if s.state is StepState.MISSING]
    return next((s for s in missing if s.note), missing[0] if missing else None)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
