"""A command in words: what was asked, how it goes, what came of it. Pure."""

from __future__ import annotations

from console.present.arguments import arguments_of
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
from server.model.operations import (
    ChangeAvailability,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetLog,
    ReserveNow,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.secret import HIDDEN, is_secret

__all__ = [
    "HIDDEN",
    "arguments_of",
    "expectation_of",
    "is_secret",
    "outcome_of",
    "state_of",
    "step_in_words",
    "waiting_for",
]

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
            return "Accepted, or RebootRequired; then it is read back"
        case ChangeAvailability():
            return "Accepted, then the new status; Scheduled while a transaction runs"
        case UnlockConnector():
            return "Unlocked"
        case TriggerMessage(message=message) | ExtendedTriggerMessage(message=message):
            return f"Accepted, then {message}"
        case ReserveNow():
            return "Accepted, then Reserved"
        case GetDiagnostics():
            return "a file name, then DiagnosticsStatusNotification"
        case GetLog():
            return "Accepted, then LogStatusNotification"
        case UpdateFirmware():
            return "an answer, then FirmwareStatusNotification"
        case SignedUpdateFirmware():
            return "Accepted, then SignedFirmwareStatusNotification"
        case GetLocalListVersion():
            return "a version; 0 is an empty list, -1 none at all"
        case GetCompositeSchedule():
            return "Accepted, with the schedule"
    return "Accepted, or a word for why not"


def state_of(command: Command) -> tuple[str, str]:
    """Word and role of the outcome: the charger's own word where it says more than ours."""
    word, role = STATES[command.state]
    if command.state in (CommandState.ACCEPTED, CommandState.REJECTED) and command.status not in ("", "Accepted"):
        return command.status, "amber"
    if command.state is CommandState.ACCEPTED:
        if _missing(command) is not None:
            return "no energy" if _has_begun(command) else "no effect", "amber"
        if _caveat(command):
            return word, "amber"
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
    if caveat := _caveat(command):
        return caveat, "amber"
    return command.steps[-1].name, "muted"


def waiting_for(step: Step) -> str:
    """A step that is not there yet: what the charger does meanwhile, or as something to wait for."""
    if step.note:
        return step.note
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
            caveat = _caveat(command)
            return (_sentence(caveat), "amber_strong") if caveat else (_done(command), "sky_strong")
        return "", "muted"
    if state is CommandState.REJECTED:
        return _rejected(command), "amber_strong"
    if state is CommandState.TIMED_OUT and command.answered_late:
        return _sentence(f"no answer in time; later the charger said {status or 'something'}"), "amber_strong"
    role = "amber_strong" if state in (CommandState.OFFLINE, CommandState.BLOCKED) else "fault_strong"
    return _sentence(command.error or STATES[state][0]), role


#: What a word of refusal means, by operation where it means something else there.
_REFUSALS: dict[str, str] = {
    "": "the charger says no, and gives no reason",
    "Rejected": "the charger says no, and gives no reason",
    "NotSupported": "the charger does not have this function",
    "NotSupported ChangeConfiguration": "the charger does not know this key",
    "NotSupported UnlockConnector": "it has no lock there, or no such connector",
    "UnlockFailed": "the lock did not open: look for strain or dirt at the plug, then try again",
    "NotImplemented": "the charger does not send this message when asked",
    "Occupied": "the connector is in use",
    "Faulted": "the connector has a fault",
    "Unavailable": "the connector is out of service",
    "Failed": "the charger could not do it",
    "Failed SendLocalList": "the list was not taken: send the full list",
    "VersionMismatch": "its list is newer or another one: send the full list",
    "UnknownVendorId": "the charger knows no messages of this vendor",
    "UnknownMessageId": "the charger does not know this message of the vendor",
    "NotFound": "the charger has no such certificate",
    "InvalidCertificate": "the signing certificate is not valid for this charger",
    "RevokedCertificate": "the signing certificate is revoked",
}
#: Words of acceptance that say more than yes.
_ACCEPTANCES: dict[str, str] = {
    "Accepted UnlockConnector": "Accepted: it does not say whether it unlocked. Look at the plug.",  # UNL-01
    "Unlocked UnlockConnector": "Unlocked.",
    "Unknown ClearChargingProfile": "Unknown: no profile matched, there was nothing to clear.",  # SC-06
    "NotFound GetInstalledCertificateIds": "NotFound: none is installed.",
    "AcceptedCanceled GetLog": "AcceptedCanceled: the upload before was given up for this one.",
    "AcceptedCanceled SignedUpdateFirmware": "AcceptedCanceled: the update before was given up for this one.",
}


def _rejected(command: Command) -> str:
    status, name = command.status, command.operation.name
    if not status and command.error and not command.error.startswith("the charger answered"):
        return _sentence(command.error)
    told = _REFUSALS.get(f"{status} {name}") or _REFUSALS.get(status, "the charger says no")
    return f"{status or 'Rejected'}: {told}."


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
        case GetCompositeSchedule() if command.facts or command.schedule:
            return "This is what it will do, all profiles together."
        case GetInstalledCertificateIds() if command.facts and command.facts[0].startswith("serialNumber"):
            count = len(command.facts)
            return f"{count} {'is' if count == 1 else 'are'} installed."
    said = _ACCEPTANCES.get(f"{command.status} {command.operation.name}")
    if said is not None:
        return said
    if command.facts:
        return _sentence("; ".join(command.facts))
    return f"Confirmed: {command.steps[-2].name}." if len(command.steps) > 2 else "Done."


def _has_begun(command: Command) -> bool:
    """A session that was asked for is there, whether it charges or not."""
    is_start = isinstance(command.operation, RemoteStart)
    return is_start and any(s.name == "StartTransaction" and s.state is StepState.DONE for s in command.steps)


def _caveat(command: Command) -> str:
    """What an operator must know of a session that does charge."""
    if not isinstance(command.operation, RemoteStart):
        return ""
    return next((s.note for s in command.steps if s.name == "Charging" and s.state is StepState.DONE), "")


def _missing(command: Command) -> Step | None:
    """The missing step that says why, else the first one."""
    missing = [s for s in command.steps if s.state is StepState.MISSING]
    return next((s for s in missing if s.note), missing[0] if missing else None)


def _sentence(text: str) -> str:
    return text[:1].upper() + text[1:] + ("" if text.endswith((".", "?", "!")) else ".")
