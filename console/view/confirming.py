"""How sure a person must be before an operation goes out, and whether its target is still what they looked at.

Levels: 0 nothing is asked, 1 one key, 2 a look at the consequences, 3 the charger id is typed.
"""

from __future__ import annotations

from collections.abc import Collection

from console.present.commands import is_secret
from server.model.charger import Charger
from server.model.command import (
    ChangeConfiguration,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
)
from server.model.operations import (
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ClearCache,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
    GetLog,
    InstallCertificate,
    ReserveNow,
    SetChargingProfile,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)

#: They change nothing.
_READS = (
    GetConfiguration,
    GetLocalListVersion,
    GetCompositeSchedule,
    GetInstalledCertificateIds,
    TriggerMessage,
    ExtendedTriggerMessage,
)
#: They are taken back as easily as they are done.
_EASY = (RemoteStart, ClearCache, GetDiagnostics, GetLog, ReserveNow, CancelReservation)
#: After them a charger may never be seen again.
_GRAVE = (UpdateFirmware, SignedUpdateFirmware, InstallCertificate, DeleteCertificate, CertificateSigned)

#: connector id -> status and transaction, and for 0 whether the charger is there
TargetState = dict[int, tuple[object, ...]]


def target_state(charger: Charger) -> TargetState:
    """What must not change between looking and sending."""
    state: TargetState = {0: (charger.online, charger.main.status)}
    for c in charger.connectors.values():
        state[c.connector_id] = (c.status, c.transaction.transaction_id if c.transaction else None)
    return state


def changed_since(before: TargetState, charger: Charger) -> set[int]:
    """Connector ids (0 = the charger itself) that are not as they were."""
    now = target_state(charger)
    return {key for key in before.keys() | now.keys() if before.get(key) != now.get(key)}


def level_of(charger: Charger, operation: Operation, changed: Collection[int] = ()) -> int:
    """0 to 3; one more when what the operation touches changed while the dialog was open."""
    level = _level_of(charger, operation)
    touched = _touched_by(charger, operation)
    surprises = [c for c in changed if touched is None or c in touched]
    return min(3, level + 1) if surprises and level else level


def _touched_by(charger: Charger, operation: Operation) -> set[int] | None:
    """Connector ids that matter to the operation, with 0 for the charger itself; None = all of them."""
    match operation:
        case RemoteStart(connector_id=int(connector_id)):
            return {0, connector_id}
        case RemoteStop(transaction_id=wanted):
            return {0} | {
                c.connector_id
                for c in charger.connectors.values()
                if any(t is not None and t.charger_calls_it == wanted for t in (c.transaction, c.previous))
            }
        case ChangeAvailability(connector_id=c) | UnlockConnector(connector_id=c) | ReserveNow(connector_id=c) if c:
            return {0, c}
        case SetChargingProfile(connector_id=c) if c:
            return {0, c}
        case ChangeConfiguration() | ClearCache() | GetDiagnostics() | GetLog() | CancelReservation():
            return {0}
    return None


def _level_of(charger: Charger, operation: Operation) -> int:
    if isinstance(operation, _READS):
        return 0
    if isinstance(operation, _EASY):
        return 1
    if isinstance(operation, _GRAVE):
        return 3
    match operation:
        case Reset(kind="Hard") if charger.open_transactions():
            return 3
        case ChangeConfiguration(key=key) if is_secret(key) or key.casefold() == "securityprofile":
            return 3
        case ChangeAvailability(operative=True):
            return 1
        case ChangeAvailability(connector_id=c) | UnlockConnector(connector_id=c):
            return 2 if any(c in (0, t.connector_id) for t in charger.open_transactions()) else 1
    return 2
