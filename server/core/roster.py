"""Which chargers belong to the depot: registered, renamed, switched off and on, removed."""

from __future__ import annotations

from server.core import reservations
from server.core.core import Core
from server.model.charger import Charger
from server.model.event import EventKind
from server.model.log import Level
from server.model.status import Registration, TransactionState


def register(core: Core, charger_id: str, at: int) -> Charger:
    """The charger, known and accepted from now on; one that waited to be adopted is adopted."""
    charger = core.fleet.find(charger_id)
    if charger is None:
        charger = core.fleet.new_charger(charger_id, at, Registration.ACCEPTED)
        core.log.add(at, Level.INFO, charger_id, "", "registered", "it may connect from now on")
        core.bus.emit(EventKind.CHARGER_CHANGED, at, charger_id, charger)
    elif charger.registration is not Registration.ACCEPTED:
        core.adopt(charger, at)
    return charger


def change(
    core: Core,
    charger: Charger,
    at: int,
    alias: str | None = None,
    enabled: bool | None = None,
    profile: int | None = None,
) -> None:
    """Change what is given. `profile` is the one thing that lowers a security profile: a person says so."""
    if alias is not None:
        charger.alias = alias
    if enabled is not None and enabled is not charger.enabled:
        charger.enabled = enabled
        word = "enabled" if enabled else "disabled"
        core.log.add(at, Level.WARNING, charger.charger_id, "", word, "by an operator")
    if profile is not None and profile != charger.security_profile:
        told = (charger.security_profile, profile)
        core.log.add(at, Level.WARNING, charger.charger_id, "", "security", "profile %d is now %d", told)
        charger.security_profile = profile
    core.bus.emit(EventKind.CHARGER_CHANGED, at, charger.charger_id, charger)


def proven(core: Core, charger: Charger, at: int, profile: int) -> None:
    """Its link has reached `profile`: its boot has said what was missing (SEC-11)."""
    charger.link_profile = profile
    if charger.security_profile < profile:
        change(core, charger, at, profile=profile)


def remove(core: Core, charger: Charger, at: int) -> None:
    """Forget the charger and its password. Its history stays; a charger of this id is a new one from then on."""
    for fault in charger.open_faults():
        fault.cleared_at, fault.note = max(at, fault.opened_at + 1), "the charger was removed"
        core.bus.emit(EventKind.FAULT_CLEARED, at, charger.charger_id, fault)
    for connector in (charger.main, *charger.connectors.values()):
        if (running := connector.transaction) is not None:
            running.state, running.closed_by = TransactionState.TERMINATED, "csms"
            running.stopped_at = running.stop_received_at = max(at, running.started_at)
            running.meter_stop_wh = running.meter_start_wh + running.energy_wh
            running.estimated = "the charger was removed before the session ended"
            core.bus.emit(EventKind.TRANSACTION_STOPPED, at, charger.charger_id, running)
    reservations.removed(core.bus, charger, at)
    core.credentials.remove(charger.charger_id, at)
    core.fleet.remove_charger(charger)
    charger.removed, charger.online = True, False
    core.log.add(at, Level.WARNING, charger.charger_id, "", "removed", "by an operator")
    core.bus.emit(EventKind.CHARGER_REMOVED, at, charger.charger_id, charger)
