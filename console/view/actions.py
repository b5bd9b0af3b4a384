"""Which operations are possible on the selection, and in which words they are not.

The guard is the server's own: the key that is dim here is refused there with the same sentence.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

from console.keys import READ_ONLY
from console.view.forms import FORMS
from server.model.charger import Charger
from server.model.command import (
    ChangeConfiguration,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
)
from server.model.operations import ClearCache
from server.model.status import Registration
from server.model.transaction import Transaction


class Guard(Protocol):
    """The part of the site that is asked."""

    def why_not(self, charger_id: str, operation: Operation) -> str | None: ...


class Possible(NamedTuple):
    """One operation on one connector. `reason` is empty when it can be done; `note` says what it would touch."""

    kind: str
    key: str
    text: str
    reason: str = ""


def stop_target(charger: Charger, connector_id: int) -> Transaction | None:
    """What "stop" means here: the transaction of the connector, else the only one of the charger."""
    connector = charger.connectors.get(connector_id)
    if connector is not None and connector.transaction is not None:
        return connector.transaction
    running = charger.open_transactions()
    return running[0] if len(running) == 1 else None


def operation_for(kind: str, charger: Charger, connector_id: int) -> Operation | None:
    """A typed operation of that kind to ask the guard about; None when there is nothing to do it to."""
    match kind:
        case "start":
            return RemoteStart("?", connector_id)
        case "stop":
            target = stop_target(charger, connector_id)
            return None if target is None else RemoteStop(target.charger_calls_it)
        case "reset":
            return Reset("Soft")
        case "get_configuration":
            return GetConfiguration()
        case "change_configuration":
            return ChangeConfiguration("?", "?")
    if kind in FORMS:  # what else is in the way depends on what is filled in, and the dialog says it
        return ClearCache()
    raise KeyError(kind)


def is_for_many(kind: str) -> bool:
    """Does the same for several chargers at once make sense?"""
    form = FORMS.get(kind)
    return kind in ("reset", "change_configuration") if form is None else form.for_many


def why_not(site: Guard, kind: str, charger: Charger, connector_id: int) -> str:
    """The guard's words, or an empty text."""
    operation = operation_for(kind, charger, connector_id)
    if operation is None:
        return "no transaction is running"
    return site.why_not(charger.charger_id, operation) or ""


def possibilities(site: Guard, charger: Charger, connector_id: int, *, read_only: bool = False) -> list[Possible]:
    """Everything that keys do to the selection, in the order in which it helps: what can be done and what cannot.

    `read_only`: nothing can, from this terminal.
    """
    found = _possibilities(site, charger, connector_id)
    return [item._replace(reason=READ_ONLY) for item in found] if read_only else found


def _possibilities(site: Guard, charger: Charger, connector_id: int) -> list[Possible]:
    found = [
        Possible(kind, key, text, why_not(site, kind, charger, connector_id))
        for kind, key, text in (
            ("reset", "r", "reset"),
            ("start", "s", f"start c{connector_id}"),
            ("get_configuration", "c", "config"),
            ("UnlockConnector", "u", "unlock"),
            ("ChangeAvailability", "A", "availability"),
            ("TriggerMessage", "t", "trigger"),
            ("GetDiagnostics", "D", "diagnostics"),
            ("change_configuration", "C", "change"),
        )
    ]
    target = stop_target(charger, connector_id)
    if target is not None:
        text = f"stop tx {target.transaction_id}"
        found.insert(2, Possible("stop", "x", text, why_not(site, "stop", charger, connector_id)))
    if charger.registration is Registration.PENDING:
        found.insert(0, Possible("adopt", "+", "let it in"))
    if any(not f.acknowledged_by for f in charger.open_faults()):
        found.append(Possible("acknowledge", "a", "acknowledge"))
    return found
