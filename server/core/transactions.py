"""Transactions: begun, ended, known again when a charger repeats itself.

A charger that asks twice gets the same answer; a charger that tells something impossible is answered all the same and
what it told is kept (rules TX-01 to TX-17): it deletes its own copy on our answer.
"""

from __future__ import annotations

from server.core import matching, meters
from server.core.bus import Bus
from server.core.clock import believed
from server.core.fleet import Fleet
from server.model.charger import Charger, Connector
from server.model.event import EventKind
from server.model.observation import MeterReported, TransactionStarted, TransactionStopped
from server.model.status import ConnectorStatus, TagStatus, TransactionState
from server.model.tag import TagVerdict
from server.model.transaction import Transaction

#: A session runs at a connector in one of these.
DRAWING = (ConnectorStatus.CHARGING, ConnectorStatus.SUSPENDED_EV, ConnectorStatus.SUSPENDED_EVSE)


def start(
    fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStarted, tag: TagVerdict
) -> tuple[Transaction, bool]:
    """The transaction for this report, and whether it is a repeat of one that we know (TX-04)."""
    connector = fleet.connector(charger, report.connector_id, report.at)
    known = matching.known_start(fleet, connector, report)
    if known is not None:
        return known, True
    running = connector.transaction
    if running is not None and matching.is_start_of(running, report):
        _complete(fleet, bus, connector, running, report, tag)
        return running, False
    is_late = running is not None and matching.is_older(report, running)
    if running is not None and not is_late:  # TX-06: both are kept
        close(fleet, bus, connector, report.at, "Superseded", "the next session began before this one was stopped")
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
        missing_wh=_missing(fleet, connector, report.meter_start_wh),
    )
    if not is_late:
        fleet.begin(connector, begun)
        connector.register_wh = report.meter_start_wh
        connector.metered_at = report.at
        connector.register_at = begun.started_at
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, charger.charger_id, begun)
    if is_late:
        _await_stop(fleet, bus, begun, report.at)
    return begun, False


def _await_stop(fleet: Fleet, bus: Bus, late: Transaction, at: int) -> None:
    """A session of the past, told while the next one runs: its stop is in the same queue, and replaces this (TX-08)."""
    _terminate(late, late.started_at, at, "Superseded", "it came late, and its stop has not been reported")
    fleet.remember(late)
    bus.emit(EventKind.TRANSACTION_STOPPED, at, late.charger_id, late)


def _complete(
    fleet: Fleet, bus: Bus, connector: Connector, noticed: Transaction, report: TransactionStarted, tag: TagVerdict
) -> None:
    """The start of a session that its samples told of first: one session, its energy from the start on (TX-18)."""
    unseen_wh = noticed.meter_start_wh - report.meter_start_wh
    fleet.rename(noticed, report.id_tag)
    noticed.tag_status = tag.status
    noticed.started_at = believed(report.station_at, report.at)
    noticed.start_received_at = report.at
    noticed.claimed_start_at = report.station_at
    noticed.reservation_id = report.reservation_id
    noticed.meter_start_wh = report.meter_start_wh
    noticed.missing_wh = _missing(fleet, connector, report.meter_start_wh)
    noticed.energy_wh += unseen_wh
    noticed.estimated = ""
    fleet.add_energy(unseen_wh, report.at)
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, noticed.charger_id, noticed)


def _missing(fleet: Fleet, connector: Connector, meter_start_wh: int) -> int:
    """Energy that the register counted since the session before, and no session has (MV-15).

    Before means below: the session that ended last may be an older one that was told late.
    """
    last = connector.previous
    if last is None or last.meter_stop_wh >= meter_start_wh:
        return 0
    before = last
    for t in fleet.recent(connector.charger_id):
        if before.meter_stop_wh < t.meter_stop_wh <= meter_start_wh and t.connector_id == connector.connector_id:
            before = t
    return 0 if before.estimated or not before.meter_stop_wh else meter_start_wh - before.meter_stop_wh


def of_samples(
    fleet: Fleet, bus: Bus, charger: Charger, connector: Connector, report: MeterReported
) -> Transaction | None:
    """The transaction that samples belong to, open or ended (TX-17); None for those of an idle connector.

    Chargers send the id of the session before, a random one, or none (Q23, Q44, Q45): then the connector decides. A
    charging connector with an id that nobody gave runs a session whose start we never saw: it is kept too (TX-18).
    """
    told, running = report.transaction_id, connector.transaction
    if told is None or (running is not None and running.charger_calls_it == told):
        return running
    known = matching.named(fleet, charger, told)
    if running is None:
        is_unseen = known is None and told not in matching.UNKNOWN_IDS and connector.status in DRAWING
        return _recover(fleet, bus, connector, report) if is_unseen else known
    if known is not None and known is not running:
        if known.is_open or not report.samples or report.samples[0].at < running.started_at:
            return known
        if known.claimed_id != told:  # our id of the session before is no name for this one
            return running
    _hear_name(bus, running, told, report.at)
    return running


def _hear_name(bus: Bus, running: Transaction, told: int, at: int) -> None:
    """What the charger calls the session that runs (TX-19): our id at once, one of its own when it comes again."""
    if told in matching.UNKNOWN_IDS:
        return
    if told not in (running.transaction_id, running.heard_id):
        running.heard_id = told
        return
    running.claimed_id = None if told == running.transaction_id else told
    running.heard_id = None
    bus.emit(EventKind.TRANSACTION_UPDATED, at, running.charger_id, running)


def _recover(fleet: Fleet, bus: Bus, connector: Connector, report: MeterReported) -> Transaction:
    register = next((s.energy_wh for s in report.samples if s.energy_wh is not None), connector.register_wh or 0)
    found = Transaction(
        fleet.take_transaction_id(),
        connector.charger_id,
        connector.connector_id,
        "",
        TagStatus.ACCEPTED,
        started_at=report.at,
        start_received_at=report.at,
        meter_start_wh=register,
        claimed_id=report.transaction_id,
        estimated=matching.UNSEEN_START,
    )
    fleet.begin(connector, found)
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, connector.charger_id, found)
    return found


def stop(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    """Close the transaction this report means; one that nobody knows is kept as an orphan (TX-09)."""
    connector = matching.stopped(charger, report)
    if connector is None or connector.transaction is None:
        known = matching.known_stop(fleet, charger, report)
        if known is not None and known.closed_by == "csms":
            _correct(fleet, bus, charger, known, report)
        return known or _orphan(fleet, bus, charger, report)
    transaction = connector.transaction
    meters.record(fleet, bus, charger, connector, report.samples, report.at, transaction)
    _settle(fleet, transaction, report)
    if report.meter_stop_wh is not None and report.meter_stop_wh >= transaction.meter_start_wh:
        connector.register_wh = report.meter_stop_wh
    if report.transaction_id == transaction.heard_id:
        transaction.claimed_id = report.transaction_id
    _detach(fleet, connector, transaction)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, transaction)
    return transaction


def _correct(fleet: Fleet, bus: Bus, charger: Charger, closed: Transaction, report: TransactionStopped) -> None:
    """The stop of a session that we had closed by estimate: what the charger says now counts, once."""
    connector = fleet.connector(charger, closed.connector_id, report.at)
    closed.estimated = meters.PER_SESSION if meters.is_per_session(closed) else ""
    _settle(fleet, closed, report)
    meters.record(fleet, bus, charger, connector, report.samples, report.at, closed)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, closed)


def _settle(fleet: Fleet, transaction: Transaction, report: TransactionStopped) -> None:
    _settle_energy(fleet, transaction, report)
    transaction.stopped_at = max(believed(report.station_at, report.at), transaction.started_at)
    transaction.stop_received_at = report.at
    transaction.stop_reason = report.reason
    transaction.stop_id_tag = report.id_tag
    transaction.closed_by = "charger"
    transaction.interrupted = False
    transaction.state = TransactionState.COMPLETED


def _orphan(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    """A stop without a start; of a session that had ended already, it has what the register counted since (TX-09)."""
    at, told_id = believed(report.station_at, report.at), report.transaction_id
    began = meter = report.meter_stop_wh or 0
    id_tag, estimated = report.id_tag, f"its start was never reported; the charger called it {told_id}"
    before = [t for t in fleet.recent(charger.charger_id) if _counts_before(t, told_id)]
    if before:
        last = max(before, key=lambda t: t.meter_stop_wh)
        began, id_tag = min(last.meter_stop_wh, meter), id_tag or last.id_tag
        estimated = f"tx {told_id} had ended at {last.meter_stop_wh} Wh: what was counted since"
    orphan = Transaction(
        fleet.take_transaction_id(),
        charger.charger_id,
        0,
        id_tag,
        TagStatus.ACCEPTED,
        started_at=at,
        start_received_at=report.at,
        meter_start_wh=began,
        state=TransactionState.ORPHANED,
        stopped_at=at,
        stop_received_at=report.at,
        meter_stop_wh=meter,
        energy_wh=meter - began,
        estimated=estimated,
        stop_reason=report.reason,
        stop_id_tag=report.id_tag,
        claimed_id=None if told_id in matching.UNKNOWN_IDS else told_id,
        closed_by="charger",
    )
    fleet.add_energy(orphan.energy_wh, report.at)
    fleet.remember(orphan)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, orphan)
    meters.record(fleet, bus, charger, charger.main, report.samples, report.at, orphan)
    return orphan


def _counts_before(t: Transaction, told_id: int) -> bool:
    """A session of this id, or a further stop of one; of other orphans nobody knows what they had counted."""
    return matching.is_called(t, told_id) and (t.state is not TransactionState.ORPHANED or t.energy_wh > 0)


def _settle_energy(fleet: Fleet, transaction: Transaction, report: TransactionStopped) -> None:
    """Stop minus start; where that makes no sense the last sample counts, and the transaction says so (TX-15)."""
    metered = transaction.energy_wh
    if report.meter_stop_wh is None:
        transaction.meter_stop_wh = transaction.meter_start_wh + metered
        transaction.estimated = "the stop came without a meter reading"
    elif meters.is_per_session(transaction):
        transaction.meter_stop_wh = report.meter_stop_wh
        transaction.energy_wh = meters.energy_of_stop(transaction, report.meter_stop_wh)
        fleet.add_energy(transaction.energy_wh - metered, report.at)
    elif report.meter_stop_wh < transaction.meter_start_wh:
        transaction.meter_stop_wh = report.meter_stop_wh
        transaction.estimated = "the register went backwards: energy is that of the last sample"
    else:
        transaction.meter_stop_wh = report.meter_stop_wh
        transaction.energy_wh = report.meter_stop_wh - transaction.meter_start_wh
        fleet.add_energy(max(0, transaction.energy_wh - metered), report.at)


def close(fleet: Fleet, bus: Bus, connector: Connector, at: int, reason: str, estimated: str) -> None:
    """End the open transaction of `connector` ourselves, because its stop never came: energy of the last sample."""
    transaction = connector.transaction
    assert transaction is not None, "there is one to close"
    _terminate(transaction, max(connector.metered_at, transaction.started_at), at, reason, estimated)
    _detach(fleet, connector, transaction)
    bus.emit(EventKind.TRANSACTION_STOPPED, at, connector.charger_id, transaction)


def _terminate(transaction: Transaction, stopped_at: int, at: int, reason: str, estimated: str) -> None:
    transaction.meter_stop_wh = transaction.meter_start_wh + transaction.energy_wh
    transaction.stopped_at = stopped_at
    transaction.stop_received_at = at
    transaction.stop_reason = reason
    transaction.estimated = f"{estimated}; {meters.PER_SESSION}" if meters.is_per_session(transaction) else estimated
    transaction.closed_by = "csms"
    transaction.state = TransactionState.TERMINATED


def _detach(fleet: Fleet, connector: Connector, transaction: Transaction) -> None:
    fleet.end(connector, transaction)
    connector.power_w = 0
    connector.current_ma = 0
