"""Transactions: begun, ended, known again when a charger repeats itself.

A charger that asks twice gets the same answer; a charger that tells something impossible is answered all the same and
what it told is kept (rules TX-01 to TX-17): it deletes its own copy on our answer.
"""

from __future__ import annotations

from server.core import meters
from server.core.bus import Bus
from server.core.clock import believed, is_unset
from server.core.fleet import Fleet
from server.model.charger import Charger, Connector
from server.model.event import EventKind
from server.model.observation import MeterReported, TransactionStarted, TransactionStopped
from server.model.status import ConnectorStatus, TagStatus, TransactionState
from server.model.tag import TagVerdict
from server.model.transaction import Transaction

#: Chargers that never learnt their transaction id send one of these (TX-10, TX-11).
UNKNOWN_IDS = (-1, 0)
#: A session runs at a connector in one of these.
DRAWING = (ConnectorStatus.CHARGING, ConnectorStatus.SUSPENDED_EV, ConnectorStatus.SUSPENDED_EVSE)


def start(
    fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStarted, tag: TagVerdict
) -> tuple[Transaction, bool]:
    """The transaction for this report, and whether it is a repeat of one that we know (TX-04)."""
    connector = fleet.connector(charger, report.connector_id, report.at)
    known = _known_start(fleet, connector, report)
    if known is not None:
        return known, True
    if connector.transaction is not None:  # TX-06: both are kept
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
        missing_wh=_missing(connector, report.meter_start_wh),
    )
    connector.transaction = begun
    connector.register_wh = report.meter_start_wh
    connector.metered_at = report.at
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, charger.charger_id, begun)
    return begun, False


def _known_start(fleet: Fleet, connector: Connector, report: TransactionStarted) -> Transaction | None:
    running, claimed_at = connector.transaction, report.station_at
    if running is not None and _is_same_start(running, report):
        return running
    if claimed_at is None:
        return None
    ended = fleet.recent_since(connector.charger_id, claimed_at)
    return next((t for t in ended if _is_same_start(t, report)), None)


def _is_same_start(t: Transaction, report: TransactionStarted) -> bool:
    """Without a clock the register tells: past a start it does not come back there, unless it begins each at 0."""
    if not _begins_alike(t, report):
        return False
    if not is_unset(report.station_at) or (t.energy_wh == 0 and t.is_open):
        return True
    return t.energy_wh > 0 and t.meter_start_wh > 0


def _begins_alike(t: Transaction, report: TransactionStarted) -> bool:
    if t.claimed_start_at != report.station_at or t.connector_id != report.connector_id:
        return False
    return t.id_tag == report.id_tag and t.meter_start_wh == report.meter_start_wh


def _missing(connector: Connector, meter_start_wh: int) -> int:
    """Energy that the register counted since the session before, and no session has (MV-15)."""
    before = connector.previous
    if before is None or not before.meter_stop_wh or before.estimated:
        return 0
    return max(0, meter_start_wh - before.meter_stop_wh)


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
    for t in (*charger.open_transactions(), *fleet.recent(charger.charger_id)):
        if t.charger_calls_it == told:
            return t
    if running is not None or told in UNKNOWN_IDS or connector.status not in DRAWING:
        return running
    return _recover(fleet, bus, connector, report)


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
        estimated="its start was never reported: energy since it was noticed",
    )
    connector.transaction = found
    bus.emit(EventKind.TRANSACTION_STARTED, report.at, connector.charger_id, found)
    return found


def stop(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    """Close the transaction this report means; one that nobody knows is kept as an orphan (TX-09)."""
    connector = _connector_of(charger, report)
    if connector is None or connector.transaction is None:
        known = _known_stop(fleet, charger, report)
        if known is not None and known.closed_by == "csms":
            _correct(fleet, bus, charger, known, report)
        return known or _orphan(fleet, bus, charger, report)
    transaction = connector.transaction
    meters.record(fleet, bus, charger, connector, report.samples, report.at, transaction)
    _settle(fleet, transaction, connector, report)
    _detach(fleet, connector, transaction, TransactionState.COMPLETED)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, transaction)
    return transaction


def _correct(fleet: Fleet, bus: Bus, charger: Charger, closed: Transaction, report: TransactionStopped) -> None:
    """The stop of a session that we had closed by estimate: what the charger says now counts, once."""
    connector = fleet.connector(charger, closed.connector_id, report.at)
    closed.estimated = ""
    _settle(fleet, closed, connector, report)
    closed.state = TransactionState.COMPLETED
    meters.record(fleet, bus, charger, connector, report.samples, report.at, closed)
    bus.emit(EventKind.TRANSACTION_STOPPED, report.at, charger.charger_id, closed)


def _settle(fleet: Fleet, transaction: Transaction, connector: Connector, report: TransactionStopped) -> None:
    _settle_energy(fleet, transaction, connector, report)
    transaction.stopped_at = max(believed(report.station_at, report.at), transaction.started_at)
    transaction.stop_received_at = report.at
    transaction.stop_reason = report.reason
    transaction.stop_id_tag = report.id_tag
    transaction.closed_by = "charger"
    transaction.interrupted = False


def _connector_of(charger: Charger, report: TransactionStopped) -> Connector | None:
    running = [c for c in (charger.main, *charger.connectors.values()) if c.transaction is not None]
    for c in running:
        if c.transaction is not None and c.transaction.charger_calls_it == report.transaction_id:
            return c
    if report.transaction_id not in UNKNOWN_IDS:
        return None
    same_tag = [c for c in running if c.transaction is not None and c.transaction.id_tag == report.id_tag]
    candidates = same_tag if report.id_tag else running
    return candidates[0] if len(candidates) == 1 else None


def _known_stop(fleet: Fleet, charger: Charger, report: TransactionStopped) -> Transaction | None:
    """What ended with this very stop, or was closed by ourselves before it came. Another register is another stop."""
    told, stopped_at = report.meter_stop_wh, believed(report.station_at, report.at)
    for t in fleet.recent(charger.charger_id):
        is_same_id = _ended_as(t, report.transaction_id)
        if t.state is not TransactionState.ORPHANED:
            if is_same_id and (t.closed_by == "csms" or told is None or told == t.meter_stop_wh):
                return t
        elif t.meter_stop_wh == (told or 0) and (is_same_id or t.stopped_at == stopped_at):
            return t
    return None


def _ended_as(t: Transaction, told_id: int) -> bool:
    """Does the charger call it so? An orphan has a name there only as a further stop of a session."""
    return (t.claimed_id if t.state is TransactionState.ORPHANED else t.charger_calls_it) == told_id


def _orphan(fleet: Fleet, bus: Bus, charger: Charger, report: TransactionStopped) -> Transaction:
    """A stop without a start; of a session that had ended already, it has what the register counted since (TX-09)."""
    at, told_id = believed(report.station_at, report.at), report.transaction_id
    began = meter = report.meter_stop_wh or 0
    id_tag, estimated = report.id_tag, f"its start was never reported; the charger called it {told_id}"
    before = [t for t in fleet.recent(charger.charger_id) if _ended_as(t, told_id)]
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
        claimed_id=told_id if before else None,
        closed_by="charger",
    )
    fleet.add_energy(orphan.energy_wh, report.at)
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


def close(fleet: Fleet, bus: Bus, connector: Connector, at: int, reason: str, estimated: str) -> None:
    """End the open transaction of `connector` ourselves, because its stop never came: energy of the last sample."""
    transaction = connector.transaction
    assert transaction is not None, "there is one to close"
    transaction.meter_stop_wh = transaction.meter_start_wh + transaction.energy_wh
    transaction.stopped_at = max(connector.metered_at, transaction.started_at)
    transaction.stop_received_at = at
    transaction.stop_reason = reason
    transaction.estimated = estimated
    transaction.closed_by = "csms"
    _detach(fleet, connector, transaction, TransactionState.TERMINATED)
    bus.emit(EventKind.TRANSACTION_STOPPED, at, connector.charger_id, transaction)


def _detach(fleet: Fleet, connector: Connector, transaction: Transaction, state: TransactionState) -> None:
    transaction.state = state
    connector.transaction = None
    connector.previous = transaction
    connector.power_w = 0
    connector.current_ma = 0
    fleet.remember(transaction)
