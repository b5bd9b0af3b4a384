"""Transactions: begun, ended, known again when a charger repeats itself.

A charger that asks twice gets the same answer; a charger that tells something impossible is answered all the same and
what it told is kept (rules TX-01 to TX-17): it deletes its own copy on our answer.
"""

from __future__ import annotations

from server.core import meters
from server.core.bus import Bus
from server.core.clock import believed
from server.core.fleet import Fleet
from server.model.charger import Charger, Connector
from server.model.event import EventKind
from server.model.observation import TransactionStarted, TransactionStopped
from server.model.status import TagStatus, TransactionState
from server.model.tag import TagVerdict
from server.model.transaction import Transaction

#: Chargers that never learnt their transaction id send one of these (TX-10, TX-11).
UNKNOWN_IDS = (-1, 0)


def start(
    fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStarted, tag: TagVerdict
) -> tuple[Transaction, bool]:
    """The transaction for this report, and whether it is a repeat of one that we know (TX-04)."""
    connector = fleet.connector(charger, report.connector_id, report.at)
    known = _known_start(fleet, connector, report)
    if known is not None:
        return known, True
    if connector.transaction is not None:  # TX-06: both are kept
        _close(fleet, bus, connector, connector.transaction, report.at, TransactionState.TERMINATED)
    begun = Transaction(
        fleet.take_transaction_id(),
        charger.charger_id,
        connector.connector_id,
        report.id_tag,
        tag.status,
        started_at=believed(report.station_at, report.at),
        start_received_at=report.at,
        meter_start_wh=report.meter_start_wh,
        reservation_id=report.reservation_id,
        claimed_start_at=report.station_at,
    )
    connector.transaction = begun
    connector.register_wh = report.meter_start_wh
    connector.metered_at = report.at
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, charger.charger_id, begun)
    return begun, False


def _known_start(fleet: Fleet, connector: Connector, report: TransactionStarted) -> Transaction | None:
    candidates = [t for t in fleet.ended.get(connector.charger_id, ()) if t.connector_id == connector.connector_id]
    if connector.transaction is not None:
        candidates.append(connector.transaction)
    for t in candidates:
        same = t.id_tag == report.id_tag and t.meter_start_wh == report.meter_start_wh
        if not same:
            continue
        if report.station_at is None:
            if t.claimed_start_at is None and t.is_open and t.energy_wh == 0:
                return t  # no clock to tell two starts apart: nothing has flowed, so it is the same one
        elif report.station_at == t.claimed_start_at:
            return t
    return None


def stop(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    """Close the transaction this report means; one that nobody knows is kept as an orphan (TX-09)."""
    connector = _connector_of(charger, report)
    if connector is None or connector.transaction is None:
        return _known_stop(fleet, charger, report) or _orphan(fleet, bus, charger, report)
    transaction = connector.transaction
    meters.record(fleet, bus, charger, connector, report.samples, report.at, transaction)
    _settle_energy(fleet, transaction, connector, report)
    transaction.stopped_at = max(believed(report.station_at, report.at), transaction.started_at)
    transaction.stop_received_at = report.at
    transaction.stop_reason = report.reason
    transaction.stop_id_tag = report.id_tag
    transaction.closed_by = "charger"
    transaction.interrupted = False
    _detach(fleet, connector, transaction, TransactionState.COMPLETED)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, transaction)
    return transaction


def _connector_of(charger: Charger, report: TransactionStopped) -> Connector | None:
    running = [c for c in (charger.main, *charger.connectors.values()) if c.transaction is not None]
    for c in running:
        if c.transaction is not None and c.transaction.transaction_id == report.transaction_id:
            return c
    if report.transaction_id not in UNKNOWN_IDS:
        return None
    same_tag = [c for c in running if c.transaction is not None and c.transaction.id_tag == report.id_tag]
    candidates = same_tag if report.id_tag else running
    return candidates[0] if len(candidates) == 1 else None


def _known_stop(fleet: Fleet, charger: Charger, report: TransactionStopped) -> Transaction | None:
    for t in fleet.ended.get(charger.charger_id, ()):
        if t.transaction_id == report.transaction_id:
            return t
        is_orphan = t.state is TransactionState.ORPHANED
        if is_orphan and (t.meter_stop_wh, t.stopped_at) == (
            report.meter_stop_wh or 0,
            believed(report.station_at, report.at),
        ):
            return t
    return None


def _orphan(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    at = believed(report.station_at, report.at)
    meter = report.meter_stop_wh or 0
    orphan = Transaction(
        fleet.take_transaction_id(),
        charger.charger_id,
        0,
        report.id_tag,
        TagStatus.ACCEPTED,
        started_at=at,
        start_received_at=report.at,
        meter_start_wh=meter,
        state=TransactionState.ORPHANED,
        stopped_at=at,
        stop_received_at=report.at,
        meter_stop_wh=meter,
        estimated=f"its start was never reported; the charger called it {report.transaction_id}",
        stop_reason=report.reason,
        stop_id_tag=report.id_tag,
        closed_by="charger",
    )
    fleet.remember(orphan)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, orphan)
    meters.record(fleet, bus, charger, charger.main, report.samples, report.at, orphan)
    return orphan


def _settle_energy(fleet: Fleet, transaction: Transaction, connector: Connector, report: TransactionStopped) -> None:
    """Stop minus start; where that makes no sense the last sample counts, and the transaction says so (TX-15)."""
    metered = transaction.energy_wh
    if report.meter_stop_wh is None:
        transaction.meter_stop_wh = transaction.meter_start_wh + metered
        transaction.estimated = "the stop came without a meter reading"
    elif report.meter_stop_wh < transaction.meter_start_wh:
        transaction.meter_stop_wh = report.meter_stop_wh
        transaction.estimated = "the register went backwards: energy is that of the last sample"
    else:
        transaction.meter_stop_wh = report.meter_stop_wh
        transaction.energy_wh = report.meter_stop_wh - transaction.meter_start_wh
        connector.register_wh = report.meter_stop_wh
        fleet.add_energy(max(0, transaction.energy_wh - metered), report.at)


def _close(
    fleet: Fleet, bus: Bus, connector: Connector, transaction: Transaction, at: int, state: TransactionState
) -> None:
    """End a transaction whose stop never came, because the charger has moved on."""
    transaction.meter_stop_wh = transaction.meter_start_wh + transaction.energy_wh
    transaction.stopped_at = max(connector.metered_at, transaction.started_at)
    transaction.stop_received_at = at
    transaction.stop_reason = "Superseded"
    transaction.estimated = "the next session began before this one was stopped"
    transaction.closed_by = "csms"
    _detach(fleet, connector, transaction, state)
    bus.emit(EventKind.TRANSACTION_STOPPED, at, connector.charger_id, transaction)


def _detach(fleet: Fleet, connector: Connector, transaction: Transaction, state: TransactionState) -> None:
    transaction.state = state
    connector.transaction = None
    connector.previous = transaction
    connector.power_w = 0
    connector.current_ma = 0
    fleet.remember(transaction)
