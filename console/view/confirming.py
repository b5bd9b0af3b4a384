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
        case ChangeConfiguration():
            return {0}
    return None


def _level_of(charger: Charger, operation: Operation) -> int:
    match operation:
        case GetConfiguration():
            return 0
        case RemoteStart():
            return 1
        case Reset(kind="Hard") if charger.open_transactions():
            return 3
        case ChangeConfiguration(key=key) if is_secret(key) or key.casefold() == "securityprofile":
            return 3
    return 2
