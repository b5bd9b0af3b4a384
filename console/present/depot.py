"""A charger and its connectors in the few words that fit into a list. Pure; times are ms, `now` comes in."""

from __future__ import annotations

from typing import NamedTuple

from console.present.words import OFFLINE, STATES, span
from server.model.charger import Charger, Connector
from server.model.fault import Fault
from server.model.status import ConnectorStatus, Registration, Severity
from server.model.transaction import Transaction

#: States in which the last session still stands for the connector.
_SESSION_LEFT = frozenset({ConnectorStatus.FINISHING, ConnectorStatus.SUSPENDED_EV, ConnectorStatus.SUSPENDED_EVSE})
#: States in which power is worth a number, be it zero.
POWERED = _SESSION_LEFT | {ConnectorStatus.CHARGING}
#: What matters most when there is no room for all connectors of a charger.
_IMPORTANCE = (
    ConnectorStatus.FAULTED,
    ConnectorStatus.CHARGING,
    ConnectorStatus.SUSPENDED_EVSE,
    ConnectorStatus.SUSPENDED_EV,
    ConnectorStatus.PREPARING,
    ConnectorStatus.FINISHING,
    ConnectorStatus.RESERVED,
    ConnectorStatus.UNAVAILABLE,
    ConnectorStatus.AVAILABLE,
    ConnectorStatus.UNKNOWN,
)


class Word(NamedTuple):
    """A text and the role it is painted in."""

    text: str
    role: str = "text"


def state_of(charger: Charger, connector: Connector) -> tuple[str, str, str]:
    """Glyph, code and role of a connector: `>`, `CHG`, `sky_strong`. Behind a lost link every state is old: offline."""
    return STATES[connector.status] if charger.online else OFFLINE


def session_of(connector: Connector) -> Transaction | None:
    """The session that the connector stands for: the open one, or the one whose cable is still in."""
    if connector.transaction is not None:
        return connector.transaction
    return connector.previous if connector.status in _SESSION_LEFT else None


def energy_of(connector: Connector) -> int | None:
    """Wh of that session; None when there is none."""
    session = session_of(connector)
    return None if session is None else session.energy_wh


def share_of_rated(connector: Connector) -> float:
    """Power as a share (0 to 1) of what the connector can give."""
    return connector.power_w / connector.rated_w if connector.rated_w else float(connector.power_w > 0)


def attention_of(charger: Charger) -> Word:
    """The glyph of column 2: fault, offline, new, warning, or a blank."""
    if not charger.online:
        return Word("?", "dim")
    if charger.registration is Registration.PENDING:
        return Word("+", "sky_strong")
    faults = charger.open_faults()
    if any(f.severity is Severity.FAULT for f in faults):
        return Word("!", "fault_strong")
    return Word("~", "amber_strong") if faults else Word(" ")


def open_for(fault: Fault, now: int) -> str:
    """How long it is open."""
    return span(now - fault.opened_at)


def connector_word(connector: Connector) -> Word:
    """What stands beside the state where power does not: why it is held, for whom, since what."""
    match connector.status:
        case ConnectorStatus.PREPARING:
            return Word(connector.info or "plugged in", "muted")
        case ConnectorStatus.UNAVAILABLE:
            return Word(connector.info, "dim")
        case ConnectorStatus.RESERVED:
            return Word(connector.info, "muted")
    return Word("")


def note_of(charger: Charger, now: int, *, names_fault: bool, cells: int = 40) -> Word:
    """The last column: the one thing to know about a charger, if possible in `cells` cells.

    `names_fault`: the connector's cell has no room for the name of a fault, but tells how long it is open.
    """
    if charger.registration is Registration.REJECTED:
        return Word("rejected", "dim")
    if not charger.online:
        reason = charger.offline_reason or (
            f"offline {span(now - charger.online_at)}" if charger.online_at else "offline"
        )
        return Word(reason, "muted")
    if charger.registration is Registration.PENDING:
        return Word("new: + lets it in" if cells >= 17 else "new: +", "sky")
    faults = sorted(charger.open_faults(), key=lambda f: (f.severity is not Severity.FAULT, -f.opened_at))
    if faults:
        first, more = faults[0], f" +{len(faults) - 1}" if len(faults) > 1 else ""
        if first.severity is not Severity.FAULT:
            return Word(first.error_code + more, "amber")
        name = first.error_code if names_fault else "fault"
        place = "" if first.connector_id else "charger "
        since = f" {open_for(first, now)}"
        if names_fault and len(place + name + since + more) > cells:
            since = ""
        return Word(f"{place}{name}{since}{more}", "fault_text")
    return _quiet_note(charger)


def _quiet_note(charger: Charger) -> Word:
    if charger.reboot_needed:
        return Word("reboot needed", "amber")
    for c in charger.connectors.values():
        if c.status is ConnectorStatus.SUSPENDED_EVSE:
            return Word(f"c{c.connector_id} {c.info or 'held by charger'}", "yellow")
    for c in charger.connectors.values():
        if c.status is ConnectorStatus.RESERVED:
            return Word(f"c{c.connector_id} {c.info or 'reserved'}", "purple")
    for c in (charger.main, *charger.connectors.values()):
        if c.status is ConnectorStatus.UNAVAILABLE:
            return Word(c.info or "out of service", "dim")
    return Word(charger.alias, "dim")


def two_of(charger: Charger) -> tuple[list[Connector], int]:
    """The connectors that a row with two cells shows, ascending, and how many are left out.

    With more than two, the most important ones: a fault is never left out for a free connector.
    """
    everyone = list(charger.connectors.values())
    if len(everyone) <= 2:
        return everyone, 0
    kept = sorted(everyone, key=lambda c: (_IMPORTANCE.index(c.status), c.connector_id))[:2]
    return sorted(kept, key=lambda c: c.connector_id), len(everyone) - 2


def haystack_of(charger: Charger) -> str:
    """Everything a filter looks at, casefolded: identity, model, status words, fault codes, tags, addresses."""
    words = [charger.charger_id, charger.alias, charger.vendor, charger.model, charger.serial, charger.firmware]
    words += [charger.peer, charger.status, charger.registration, "online" if charger.online else "offline off"]
    for c in (charger.main, *charger.connectors.values()):
        words += [c.status, state_of(charger, c)[1]]
        if c.error_code != "NoError":
            words += [c.error_code, c.vendor_error_code, c.info]
        if c.transaction is not None:
            words += [c.transaction.id_tag, f"tx {c.transaction.transaction_id}"]
    return " ".join(words).casefold()
