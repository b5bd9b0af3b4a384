"""Who knocked of late and what is to repair there: the top of the list, and what the header counts. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.model.charger import Charger
from server.model.connection import Cause, ConnectionAttempt, Kind

RECENT_MS = 15 * 60_000
#: Port scans, monitors and browsers: listed, but nobody is called for them.
NOISE = frozenset({Cause.TCP_PROBE, Cause.PLAIN_HTTP})


def knocks(
    attempts: Iterable[ConnectionAttempt], find: Callable[[str], Charger | None], now: int
) -> list[ConnectionAttempt]:
    """Failures of the last minutes that are not over, the newest of each kind, in the order of `attempts`, which is
    newest first; `find` knows the chargers."""
    found: dict[Kind, ConnectionAttempt] = {}
    for attempt in attempts:
        if now - attempt.seen_at < RECENT_MS and is_to_repair(attempt, find):
            found.setdefault(attempt.kind, attempt)
    return list(found.values())


def refusals(
    attempts: Iterable[ConnectionAttempt], find: Callable[[str], Charger | None], now: int
) -> list[ConnectionAttempt]:
    """Those of `knocks` that were not let in: a takeover was (WS-14)."""
    return [attempt for attempt in knocks(attempts, find, now) if attempt.cause is not Cause.TAKEN_OVER]


def is_to_repair(attempt: ConnectionAttempt, find: Callable[[str], Charger | None]) -> bool:
    """Is it a failure that the charger has not overcome since?"""
    if attempt.cause.is_connection or attempt.cause in NOISE:
        return False
    charger = find(attempt.charger_id) if attempt.charger_id else None
    is_back = charger is not None and charger.online and charger.online_at >= attempt.seen_at
    return not is_back or attempt.cause is Cause.TAKEN_OVER
