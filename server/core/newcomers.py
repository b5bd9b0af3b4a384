"""Chargers that nobody knows yet: they may wait to be adopted, but a stranger must not fill memory or disk (WS-12)."""

from __future__ import annotations

from server.core.fleet import Fleet
from server.model.charger import Charger
from server.model.status import Registration

MOST_WAITING = 500  #: that have booted; with one more the one that was away longest is forgotten
#: Bytes of their frames that are journaled: so many at once, and so many an hour.
JOURNAL_BYTES = 5_000_000
HOUR = 3_600_000


class Newcomers:
    def __init__(self, fleet: Fleet) -> None:
        self._fleet = fleet
        self._bytes_left = float(JOURNAL_BYTES)
        self._refilled_at = 0

    def has_room(self) -> bool:
        """May one more wait?"""
        return sum(charger.online for charger in self._waiting()) < MOST_WAITING

    def to_forget(self) -> Charger | None:
        """One has booted for the first time: who has to go for it."""
        kept = [charger for charger in self._waiting() if charger.booted_at]
        away = [charger for charger in kept if not charger.online]
        return min(away, key=lambda c: c.seen_at) if away and len(kept) > MOST_WAITING else None

    def may_journal(self, size: int, at: int) -> bool:
        """Is there room for `size` bytes of a frame of one that waits? `at` in ms."""
        grown = max(0, at - self._refilled_at) * JOURNAL_BYTES / HOUR
        self._bytes_left, self._refilled_at = min(JOURNAL_BYTES, self._bytes_left + grown), at
        if size > self._bytes_left:
            return False
        self._bytes_left -= size
        return True

    def _waiting(self) -> list[Charger]:
        return [c for c in self._fleet.chargers.values() if c.registration is Registration.PENDING]


def is_stranger(charger: Charger) -> bool:
    """It has dialled, and never booted: nothing of it is kept."""
    return charger.registration is Registration.PENDING and not charger.booted_at
