"""The depot as it was: read once at start, before anything is written."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import aiosqlite

from server.core.fleet import REMEMBERED
from server.core.meters import energy_at, is_reading, rating
from server.core.station import derive
from server.model.charger import Charger, Connector
from server.model.command import Command, CommandState, StepState
from server.model.snapshot import Snapshot
from server.model.status import Severity, TransactionState
from server.model.transaction import Transaction
from server.store.access import load_access, take_removed
from server.store.commands import SELECT_COMMANDS, commands
from server.store.jobs import load_jobs
from server.store.learned import attach_learned
from server.store.peculiarities import attach_options, load_deviations
from server.store.profiles import attach_profiles
from server.store.tables import CHARGERS, CONNECTORS, FAULTS, OF_STATE, TAGS, TRANSACTIONS
from server.store.wide import CONTEXT_CODES

COMMANDS_KEPT = 500
OFFLINE_REASON = "server restarted"
UNANSWERED = "server restarted before the answer"
DAY = 24 * 3_600_000
HISTORY_MINUTES = 60
MINUTE = 60_000
BEGIN = "Transaction.Begin"

LAST_IDS = """
SELECT (SELECT max(key) FROM chargers), (SELECT max(transaction_id) FROM transactions),
       (SELECT max(fault_id) FROM faults), (SELECT max(command_id) FROM commands)
"""

#: Of each connector; found block by block of the ids, as the index has them: 0.1 s for a hundred thousand transactions.
LAST_ENDED = """
WHERE transaction_id IN (
    WITH RECURSIVE blocks (block) AS (
        SELECT min(transaction_id) >> 10 FROM transactions
        UNION ALL
        SELECT block + 1 FROM blocks WHERE block < (SELECT max(transaction_id) >> 10 FROM transactions)
    )
    SELECT (
        SELECT max((
            SELECT max(t.transaction_id) FROM transactions AS t
            WHERE t.transaction_id >> 10 = b.block AND t.charger_id = c.charger_id
                AND t.connector_id = c.connector_id AND t.state <> 'ongoing'
        )) FROM blocks AS b
    ) FROM connectors AS c
)
"""

#: Of each charger, as many as the core keeps in mind; looked for among the newest of all, to have an end.
RECENTLY_ENDED = """
OR transaction_id IN (
    SELECT transaction_id FROM (
        SELECT transaction_id, row_number() OVER (PARTITION BY charger_id ORDER BY transaction_id DESC) AS place
        FROM transactions
        WHERE transaction_id > (SELECT max(transaction_id) FROM transactions) - 20000 AND state <> 'ongoing'
    ) WHERE place <= ?
) ORDER BY stop_received_at, transaction_id
"""

#: Samples of an open transaction, newest first. Some chargers report them on connector 0.
LIVE_SAMPLES = """
SELECT at, received_at, context, energy_wh, power_w, soc_percent FROM meter_values
WHERE charger_key = ? AND connector_id IN (?, 0) AND at >= ? AND transaction_id = ?
ORDER BY at DESC LIMIT 500
"""


async def load(db: aiosqlite.Connection, day_starts_at: int) -> Snapshot:
    """Everything the core starts with; `day_starts_at` (ms) is where the energy total of today begins.

    Known chargers are offline until they call. Commands that had no answer yet have failed.
    """
    snapshot = Snapshot()
    chargers = await _chargers(db)
    take_removed(chargers, snapshot)
    await load_access(db, snapshot)
    snapshot.ended = await _ended(db, chargers)
    await _attach_transactions(db, chargers)
    await _attach_faults(db, chargers)
    await attach_options(db, chargers)
    await attach_learned(db, chargers)
    await attach_profiles(db, chargers)
    for charger in chargers.values():
        charger.connectors = dict(sorted(charger.connectors.items()))
        charger.status = derive(charger)
    snapshot.chargers = list(chargers.values())
    snapshot.deviations = await load_deviations(db)
    snapshot.tags = TAGS.objects(await db.execute_fetchall(TAGS.select))
    newest = await db.execute_fetchall(SELECT_COMMANDS + " ORDER BY command_id DESC LIMIT ?", (COMMANDS_KEPT,))
    snapshot.commands = list(commands(newest))[::-1]
    await load_jobs(db, snapshot)
    (ids,) = await db.execute_fetchall(LAST_IDS)
    last = [number or 0 for number in ids]
    snapshot.last_charger_key, snapshot.last_transaction_id, snapshot.last_fault_id, snapshot.last_command_id = last
    (row,) = await db.execute_fetchall(
        "SELECT total(energy_wh) FROM transactions WHERE stopped_at > 0 AND stopped_at >= ?", (max(1, day_starts_at),)
    )
    running = sum(t.energy_wh for c in snapshot.chargers for t in c.open_transactions())
    snapshot.energy_today_wh = int(row[0]) + running
    return snapshot


async def _chargers(db: aiosqlite.Connection) -> dict[str, Charger]:
    chargers: dict[str, Charger] = {}
    for charger in CHARGERS.objects(await db.execute_fetchall(CHARGERS.select + " ORDER BY key")):
        charger.main = Connector(charger.charger_id, 0, status_at=charger.first_seen_at)
        charger.online_at = max(charger.online_at, charger.seen_at)
        charger.offline_reason = OFFLINE_REASON
        chargers[charger.charger_id] = charger
    for connector in CONNECTORS.objects(await db.execute_fetchall(CONNECTORS.select)):
        owner = chargers.get(connector.charger_id)
        if owner is None:
            continue
        if connector.connector_id == 0:
            owner.main = connector
        else:
            owner.connectors[connector.connector_id] = connector
    return chargers


async def _ended(db: aiosqlite.Connection, chargers: dict[str, Charger]) -> list[Transaction]:
    """The last sessions of each charger in the order of their ends; connectors get theirs."""
    rows = await db.execute_fetchall(TRANSACTIONS.select + LAST_ENDED + RECENTLY_ENDED, (REMEMBERED,))
    found = [t for t in TRANSACTIONS.objects(rows) if t.charger_id in chargers]
    for ended in found:
        place = chargers[ended.charger_id].connector(ended.connector_id)
        if place is None or ended.state is TransactionState.ORPHANED:
            continue
        if place.previous is None or place.previous.transaction_id < ended.transaction_id:
            place.previous = ended
    return found


async def _attach_transactions(db: aiosqlite.Connection, chargers: dict[str, Charger]) -> None:
    rows = await db.execute_fetchall(
        f"{TRANSACTIONS.select} WHERE {OF_STATE} ORDER BY transaction_id", (TransactionState.ONGOING,)
    )
    for running in TRANSACTIONS.objects(rows):
        place = _connector(chargers, running.charger_id, running.connector_id, running.start_received_at)
        if place is None:
            continue
        place.transaction = running
        key = chargers[running.charger_id].key
        since = min(running.started_at, running.start_received_at) - DAY  # the charger's clock may be off
        samples = await db.execute_fetchall(LIVE_SAMPLES, (key, running.connector_id, since, running.transaction_id))
        _revive(place, running, samples)


def _revive(connector: Connector, transaction: Transaction, samples: Iterable[Any]) -> None:
    """Live values out of samples, newest first. What flows now nobody knows: power and current stay 0."""
    connector.register_wh = transaction.meter_start_wh
    connector.register_at = transaction.started_at
    connector.metered_at = transaction.start_received_at
    minutes: dict[int, int] = {}
    for sampled_at, received_at, context, energy_wh, power_w, soc_percent in reversed(list(samples)):
        connector.metered_at = max(connector.metered_at, received_at)
        if soc_percent is not None:
            connector.soc_percent = soc_percent
        if power_w is not None:
            minutes[received_at // MINUTE] = power_w
            connector.rated_w = max(connector.rated_w, rating(power_w))
        if energy_wh is None or not is_reading(connector, energy_wh, BEGIN if context == CONTEXT_CODES[BEGIN] else ""):
            continue
        energy = energy_at(transaction, energy_wh, sampled_at, received_at)
        if energy is not None:
            transaction.energy_wh = max(transaction.energy_wh, energy)
            if energy_wh != connector.register_wh:
                connector.moved_at = received_at
            connector.register_wh, connector.register_at = energy_wh, sampled_at
    connector.power_history = sorted(minutes.items())[-HISTORY_MINUTES:]


async def _attach_faults(db: aiosqlite.Connection, chargers: dict[str, Charger]) -> None:
    for fault in FAULTS.objects(await db.execute_fetchall(FAULTS.select + " WHERE cleared_at = 0 ORDER BY fault_id")):
        place = _connector(chargers, fault.charger_id, fault.connector_id, fault.opened_at)
        if place is None:
            continue
        if fault.severity is Severity.FAULT:
            place.fault = fault
        else:
            place.warning = fault


def _connector(chargers: dict[str, Charger], charger_id: str, connector_id: int, at: int) -> Connector | None:
    """The connector, made when it never reported a status; None when the charger is unknown."""
    charger = chargers.get(charger_id)
    if charger is None:
        return None
    found = charger.connector(connector_id)
    if found is None:
        found = charger.connectors[connector_id] = Connector(charger_id, connector_id, status_at=at)
    return found


def close_unanswered(found: Iterable[Command]) -> list[Command]:
    """Fail the commands that waited for something when the server stopped; returns those that were changed."""
    changed = []
    for command in found:
        if command.is_finished:
            continue
        if not command.is_answered:
            command.state = CommandState.ERROR
            command.error = UNANSWERED
        for step in command.steps:
            if step.state in (StepState.OPEN, StepState.RUNNING):
                step.state = StepState.MISSING
                step.note = step.note or OFFLINE_REASON
        changed.append(command)
    return changed
