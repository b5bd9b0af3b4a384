"""Transactions whose stop never came (rule SN-14), looked at every now and then.

A connector that says Available has no session any more, but its StopTransaction may still be on the way: the charger
may have queued it. Only after a grace without stop and without a change of the meter the session is closed here, with
the energy of its last sample and a note that says so. A stop that comes later replaces the estimate.
"""

from __future__ import annotations

from server.core import transactions
from server.core.bus import Bus
from server.core.fleet import Fleet
from server.core.logring import LogRing
from server.model.charger import Charger, Connector
from server.model.log import Level
from server.model.status import ConnectorStatus

GRACE_MS = 120_000


def close_ghosts(fleet: Fleet, bus: Bus, log: LogRing, at: int) -> None:
    """Close what has looked like a ghost for the whole grace. Sessions of offline chargers are never touched."""
    for charger in fleet.chargers.values():
        for connector in charger.connectors.values():
            if connector.transaction is not None and _is_ghost(charger, connector, at):
                ghost = connector.transaction
                transactions.close(
                    fleet,
                    bus,
                    connector,
                    at,
                    "NoStop",
                    "the charger never reported the stop: energy of the last sample",
                )
                text = "tx %d closed: c%d is available, no stop came"
                log.add(
                    at, Level.WARNING, charger.charger_id, "", "ghost", text, (ghost.transaction_id, ghost.connector_id)
                )


def looks_ended(connector: Connector) -> bool:
    """Does the charger say that nobody is there, while we hold a session open?"""
    return connector.transaction is not None and connector.status is ConnectorStatus.AVAILABLE


def _is_ghost(charger: Charger, connector: Connector, at: int) -> bool:
    if not charger.online or not looks_ended(connector) or connector.transaction is None:
        return False
    if connector.left_out is not None:
        return False  # SN-08: it has said something else meanwhile, which may be true
    told_at = max(connector.transaction.start_received_at, connector.moved_at)
    return at - max(connector.status_at, charger.online_at, told_at) >= GRACE_MS
