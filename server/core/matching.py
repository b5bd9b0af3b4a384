"""Which session a report means, when it comes again, late, or with an id that we never gave (rules TX-04 to TX-19).

Nothing is guessed: what time or register contradict is not meant, and of two that it may mean it means none.
"""

from __future__ import annotations

from server.core.clock import believed, is_unset, plausible
from server.core.fleet import Fleet
from server.model.charger import Charger, Connector
from server.model.observation import TransactionStarted, TransactionStopped
from server.model.status import TransactionState
from server.model.tag import tag_key
from server.model.transaction import Transaction

#: Chargers that never learnt their transaction id send one of these (TX-10, TX-11).
UNKNOWN_IDS = (-1, 0)
#: What is said of a session that was noticed by its samples: the charger was never told our id of it (TX-18).
UNSEEN_START = "its start was never reported: energy since it was noticed"


# starts


def known_start(fleet: Fleet, connector: Connector, report: TransactionStarted) -> Transaction | None:
    """The session, open or ended, that began with this very start (TX-04)."""
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
    return t.meter_start_wh == report.meter_start_wh and _is_same_tag(t.id_tag, report.id_tag)


def is_start_of(noticed: Transaction, report: TransactionStarted) -> bool:
    """Is this the start, told late, of a session that its samples told of first (TX-18)?"""
    if noticed.estimated != UNSEEN_START or not plausible(report.station_at, report.at):
        return False
    told_at = believed(report.station_at, report.at)
    return told_at <= noticed.started_at and report.meter_start_wh <= noticed.meter_start_wh


def is_older(report: TransactionStarted, running: Transaction) -> bool:
    """Did it surely begin before the one that runs (TX-08)? A clock that stepped back does not take the register."""
    return _is_before(report, running) and report.meter_start_wh <= running.meter_start_wh


# samples


def named(fleet: Fleet, charger: Charger, told_id: int) -> Transaction | None:
    """The session, open or ended, that the charger calls so."""
    for t in (*charger.open_transactions(), *fleet.recent(charger.charger_id)):
        if is_called(t, told_id):
            return t
    return None


def is_called(t: Transaction, told_id: int) -> bool:
    """Is it the charger's own id of the session, or ours where the charger was told it (TX-19)?"""
    if told_id == t.claimed_id:
        return True
    was_told_ours = t.claimed_id is None or t.estimated != UNSEEN_START
    return told_id == t.transaction_id and was_told_ours and t.state is not TransactionState.ORPHANED


# stops


def stopped(charger: Charger, report: TransactionStopped) -> Connector | None:
    """Where the session runs that ends with this report; None when it means none of those that run (TX-10)."""
    running = [(c, c.transaction) for c in (charger.main, *charger.connectors.values()) if c.transaction is not None]
    for c, t in running:
        if _is_meant(t, report) or (report.transaction_id == t.heard_id and not _contradicts(report, t)):
            return c
    if report.transaction_id not in UNKNOWN_IDS:
        return None
    if report.id_tag:
        running = [(c, t) for c, t in running if _is_same_tag(t.id_tag, report.id_tag)]
    return running[0][0] if len(running) == 1 and not _contradicts(report, running[0][1]) else None


def known_stop(fleet: Fleet, charger: Charger, report: TransactionStopped) -> Transaction | None:
    """What ended with this very stop, or was closed by ourselves before it came. Another register is another stop."""
    stopped_at = believed(report.station_at, report.at)
    for t in fleet.recent(charger.charger_id):
        is_same_register = report.meter_stop_wh in (None, t.meter_stop_wh)
        if report.transaction_id in UNKNOWN_IDS:
            is_nameless = t.state is not TransactionState.ORPHANED or t.claimed_id is None
            is_known = is_nameless and t.stopped_at == stopped_at and _is_same_tag(t.stop_id_tag, report.id_tag)
        elif t.state is TransactionState.ORPHANED:
            is_same_time = t.stopped_at == stopped_at or not plausible(report.station_at, report.at)
            is_known = is_called(t, report.transaction_id) and is_same_time
        else:
            is_known = _is_meant(t, report)
            is_same_register = is_same_register or t.closed_by == "csms"
        if is_known and is_same_register:
            return t
    return None


def _is_meant(t: Transaction, report: TransactionStopped) -> bool:
    """By its id; one of the charger's own may be in use again, or that of the session before (Q44)."""
    if not is_called(t, report.transaction_id):
        return False
    return report.transaction_id == t.transaction_id or not _contradicts(report, t)


def _contradicts(report: TransactionStopped, t: Transaction) -> bool:
    """Can it not be the stop of this session: too old, or of a register that the session began above?"""
    return _is_before(report, t) or (report.meter_stop_wh is not None and report.meter_stop_wh < t.meter_start_wh)


def _is_before(report: TransactionStarted | TransactionStopped, t: Transaction) -> bool:
    """Is what it tells older than the session? Nobody knows where the start had no believable time."""
    return t.started_at == t.claimed_start_at and believed(report.station_at, report.at) < t.started_at


def _is_same_tag(one: str, other: str) -> bool:
    return one == other or tag_key(one) == tag_key(other)
