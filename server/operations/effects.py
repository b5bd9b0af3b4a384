"""What a charger does after it accepted an operation, and which event shows it.

"Accepted" is a promise. Each operation has a table of the steps that must follow; `watch.Watch` completes them.
"""

from __future__ import annotations

from server.core.clock import FUTURE, is_unset
from server.model.charger import Charger, Connector
from server.model.command import ChangeConfiguration, Operation, RemoteStart, RemoteStop, Reset
from server.model.event import Event, EventKind
from server.model.operations import (
    CancelReservation,
    ChangeAvailability,
    ExtendedTriggerMessage,
    ReserveNow,
    TriggerMessage,
    UnlockConnector,
)
from server.model.status import ConnectorStatus, TagStatus, TransactionState
from server.model.tag import is_echo
from server.model.transaction import Transaction
from server.operations.expected import Expected, Failed, Limits, Own
from server.operations.message_effects import of_change, of_trigger
from server.operations.state_effects import of_availability, of_cancelling, of_reservation

__all__ = ["Expected", "Failed", "Limits", "expected_effects"]

#: States of a connector after its transaction has ended.
_ENDED = frozenset(
    {
        ConnectorStatus.FINISHING,
        ConnectorStatus.AVAILABLE,
        ConnectorStatus.PREPARING,  # some skip Finishing while the cable is in
        ConnectorStatus.UNAVAILABLE,  # it was to go out of service after the session
    }
)
#: A session that began, and no energy flows.
_NO_ENERGY = {
    ConnectorStatus.SUSPENDED_EV: "started, the car takes no energy yet",
    ConnectorStatus.SUSPENDED_EVSE: "started, the charger gives no energy yet",
}


def expected_effects(operation: Operation, charger: Charger, limits: Limits, sent_at: int = 0) -> tuple[Expected, ...]:
    """The steps of `operation` after its acceptance, as `charger` stands when it is sent; empty = the answer is all."""
    match operation:
        case Reset():
            return _of_reset(charger, limits)
        case RemoteStart():
            return _of_start(operation, limits, sent_at)
        case RemoteStop():
            return _of_stop(operation, charger, limits)
        case UnlockConnector():
            return _of_unlocking(operation, charger, limits)
        case ChangeAvailability():
            return of_availability(operation, limits)
        case ReserveNow():
            return of_reservation(operation, limits)
        case CancelReservation():
            return of_cancelling(operation, charger, limits)
        case TriggerMessage() | ExtendedTriggerMessage():
            return of_trigger(operation, limits)
        case ChangeConfiguration():
            return of_change(operation, limits)
    return ()


def _of_reset(charger: Charger, limits: Limits) -> tuple[Expected, ...]:
    stops = [
        Expected(
            f"transaction {t.transaction_id} stopped",
            _Stop(t.charger_calls_it).sight,
            limits.boot,
            f"transaction {t.transaction_id} was not stopped",  # a hard reset may lose it (RST-01)
        )
        for t in charger.open_transactions()
    ]
    boot = Expected("BootNotification", _booted, limits.boot, "no BootNotification", hint=_link_state)
    if not charger.connectors:
        return (*stops, boot)
    reports = _Reports(frozenset(charger.connectors))
    return (
        *stops,
        boot,
        Expected(
            "connectors reported",
            reports.sight,
            limits.reports,
            "not every connector reported",
            hint=reports.hint,
        ),
    )


def _of_start(operation: RemoteStart, limits: Limits, sent_at: int) -> tuple[Expected, ...]:
    start = _Start(operation, sent_at)
    return (
        Expected("Preparing", start.preparing, limits.start, "no Preparing", optional=True),
        Expected("StartTransaction", start.started, limits.start, "no StartTransaction", hint=start.hint),
        Expected(
            "Charging", start.charging, limits.charging, "no Charging", hint=start.hint, meanwhile=start.not_charging
        ),
    )


def _of_stop(operation: RemoteStop, charger: Charger, limits: Limits) -> tuple[Expected, ...]:
    is_known = any(t.charger_calls_it == operation.transaction_id for t in charger.open_transactions())
    stop = _Stop(operation.transaction_id, is_known)
    return (
        Expected("StopTransaction", stop.sight, limits.stop, "no StopTransaction", hint=stop.hint),
        Expected("connector free", stop.free, limits.stop, "the connector is not free", hint=stop.hint),
    )


def _of_unlocking(operation: UnlockConnector, charger: Charger, limits: Limits) -> tuple[Expected, ...]:
    """The answer is all, but for a session: the charger ends it first."""
    connector = charger.connectors.get(operation.connector_id)
    if connector is None or connector.transaction is None:
        return ()
    running = connector.transaction
    stop = _Stop(running.charger_calls_it)
    told = f"transaction {running.transaction_id}"
    return (Expected(f"{told} stopped", stop.sight, limits.stop, f"{told} was not stopped", hint=stop.hint),)


def _booted(charger: Charger, event: Event | None) -> str | None:
    return "" if event is not None and event.kind is EventKind.CHARGER_BOOTED else None


def _link_state(charger: Charger) -> str:
    return "" if charger.online else "charger is offline"


def _connector_state(charger: Charger, connector_id: int | None) -> str:
    connector = charger.connectors.get(connector_id) if connector_id is not None else None
    return "" if connector is None else f"connector {connector_id} is {connector.status}"


def _reported(event: Event | None) -> Connector | None:
    """The connector whose status report this event is."""
    if event is None or event.kind is not EventKind.CONNECTOR_CHANGED:
        return None
    return event.subject if isinstance(event.subject, Connector) else None


def _transaction(event: Event | None, kind: EventKind) -> Transaction | None:
    if event is None or event.kind is not kind:
        return None
    return event.subject if isinstance(event.subject, Transaction) else None


class _Reports:
    """All connectors that were known before have reported since the boot."""

    def __init__(self, connector_ids: frozenset[int]) -> None:
        self._all = connector_ids
        self._silent = set(connector_ids)
        self._booted = False

    def sight(self, charger: Charger, event: Event | None) -> str | None:
        if event is not None and event.kind is EventKind.CHARGER_BOOTED:
            self._booted = True
            self._silent = set(self._all)
        elif (connector := _reported(event)) is not None:
            self._silent.discard(connector.connector_id)
        return "" if self._booted and not self._silent else None

    def hint(self, charger: Charger) -> str:
        return "connector " + ", ".join(str(c) for c in sorted(self._silent)) + " is silent" if self._silent else ""


class _Start:
    """A remote start: on the connector that was asked for, or on any when none was; tags compare as AUTH-02 says."""

    def __init__(self, operation: RemoteStart, sent_at: int) -> None:
        self._sent_at = sent_at
        self._connector_id = operation.connector_id
        self._id_tag = operation.id_tag
        self._mine: Transaction | None = None
        self._older = ""  # a session that would be ours if it had not begun before

    def preparing(self, charger: Charger, event: Event | None) -> str | None:
        """By state where the connector is known: one that was plugged in before does not report it again."""
        connector = _reported(event) if self._connector_id is None else charger.connectors.get(self._connector_id)
        return "" if connector is not None and connector.status is ConnectorStatus.PREPARING else None

    def started(self, charger: Charger, event: Event | None) -> str | None:
        transaction = _transaction(event, EventKind.TRANSACTION_STARTED)
        if transaction is None or not is_echo(transaction.id_tag, self._id_tag):
            return None
        if self._connector_id not in (None, transaction.connector_id):
            return None
        began_at = _began_at(charger, transaction)
        early_ms = self._sent_at - began_at
        if early_ms > FUTURE and began_at < charger.online_at:  # had the line been up, it would not have waited
            told = f"transaction {transaction.transaction_id} of its tag began {early_ms // 60_000} min"
            self._older = f"{told} before it was asked for"
            return None
        self._connector_id, self._mine = transaction.connector_id, transaction
        refused = f", id tag {transaction.tag_status}" if self._refused else ""
        return Own(f"transaction {transaction.transaction_id}{refused}")

    def charging(self, charger: Charger, event: Event | None) -> str | None:
        """By state, not by event: many report Charging before they send StartTransaction."""
        ended = _transaction(event, EventKind.TRANSACTION_STOPPED)
        if ended is not None and ended is self._mine:
            if self._refused:
                return Failed(f"its tag is {self._refused}: the charger stopped it")
            return Failed("it ended before it charged" + (f": {ended.stop_reason}" if ended.stop_reason else ""))
        connector = charger.connectors.get(self._connector_id) if self._connector_id is not None else None
        if self._mine is None or connector is None or connector.transaction is not self._mine:
            return None
        if connector.status is not ConnectorStatus.CHARGING:
            return None
        return f"charging, but its tag is {self._refused}: it may stop" if self._refused else ""

    def not_charging(self, charger: Charger) -> str:
        """Why a session that has begun does not charge, where that is known."""
        connector = charger.connectors.get(self._connector_id) if self._connector_id is not None else None
        if self._mine is None or connector is None or connector.transaction is not self._mine:
            return ""
        if self._refused:
            return f"started, but its tag is {self._refused}: not charging"
        return _NO_ENERGY.get(connector.status, "")

    @property
    def _refused(self) -> str:
        """What we answered to its StartTransaction, unless that was Accepted."""
        if self._mine is None or self._mine.tag_status is TagStatus.ACCEPTED:
            return ""
        return str(self._mine.tag_status)

    def hint(self, charger: Charger) -> str:
        return (self._mine is None and self._older) or _connector_state(charger, self._connector_id)


def _began_at(charger: Charger, transaction: Transaction) -> int:
    """When the charger says it began, by our clock: one that waited in the charger began long ago (TX-08)."""
    claimed = transaction.claimed_start_at
    if claimed is None or is_unset(claimed):
        return transaction.start_received_at
    return claimed - charger.clock_skew_ms


class _Stop:
    """The end of one transaction, wherever it runs; one that only the charger knows ends as an orphan (TX-19)."""

    def __init__(self, transaction_id: int, is_known: bool = True) -> None:
        self._transaction_id = transaction_id
        self._is_known = is_known
        self._connector_id: int | None = None  # where it ran

    def sight(self, charger: Charger, event: Event | None) -> str | None:
        transaction = _transaction(event, EventKind.TRANSACTION_STOPPED)
        if transaction is None:
            return None
        is_nameless = transaction.state is TransactionState.ORPHANED and transaction.claimed_id is None
        orphan = not self._is_known and is_nameless
        if transaction.charger_calls_it != self._transaction_id and not orphan:
            return None
        self._connector_id = transaction.connector_id
        return transaction.stop_reason

    def free(self, charger: Charger, event: Event | None) -> str | None:
        """By state: Finishing may be reported before StopTransaction. Of an unknown connector nothing is asked."""
        if self._connector_id is None:
            return None
        connector = charger.connectors.get(self._connector_id)
        if connector is None:
            return ""
        return str(connector.status) if connector.status in _ENDED else None

    def hint(self, charger: Charger) -> str:
        running = [t.connector_id for t in charger.open_transactions() if t.charger_calls_it == self._transaction_id]
        return _connector_state(charger, running[0] if running else self._connector_id)
