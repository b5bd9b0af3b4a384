"""The state of the depot: chargers, tags, and the counters that give new things their ids."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Iterable, Iterator

from server.core.tally import Tally
from server.model.charger import Charger, Connector
from server.model.event import Event
from server.model.fault import Fault
from server.model.health import Totals
from server.model.snapshot import Snapshot
from server.model.status import Registration
from server.model.tag import LONGEST_TAG, IdTag, tag_key
from server.model.transaction import Transaction

#: Ended transactions kept in memory per charger, to know a late retry of one of them again (TX-04).
REMEMBERED = 20


class Fleet:
    """All state the rules work on. Ids are compared case-insensitively and kept as first seen (WS-13, AUTH-02)."""

    def __init__(self, snapshot: Snapshot) -> None:
        self.chargers: dict[str, Charger] = {}
        self._tally = Tally(self.chargers)
        self._by_folded: dict[str, Charger] = {}
        self._removed_keys = {i.casefold(): key for i, key in snapshot.removed_keys.items()}
        self._tags: dict[str, IdTag] = {tag_key(t.id_tag): t for t in snapshot.tags}
        self._running: dict[str, dict[int, Transaction]] = {}  #: by the key of the tag and their id
        self.ended: dict[str, deque[Transaction]] = {}
        self._latest_start: dict[str, int] = {}  #: by the charger's clock, of those that ended
        self.next_charger_key = snapshot.last_charger_key + 1
        self.next_transaction_id = snapshot.last_transaction_id + 1
        self.next_fault_id = snapshot.last_fault_id + 1
        self._energy_today_wh = snapshot.energy_today_wh
        self._day_ends_at = 0
        for charger in snapshot.chargers:
            self._add(charger)
            for connector in (charger.main, *charger.connectors.values()):
                if connector.transaction is not None:
                    self.begin(connector, connector.transaction)
        for ended in snapshot.ended:
            self.remember(ended)

    # chargers

    def find(self, charger_id: str) -> Charger | None:
        return self.chargers.get(charger_id) or self._by_folded.get(charger_id.casefold())

    def new_charger(self, charger_id: str, at: int, registration: Registration) -> Charger:
        key = self._removed_keys.pop(charger_id.casefold(), None)  # one that was removed and comes back
        if key is None:
            key = self.next_charger_key
            self.next_charger_key += 1
        charger = Charger(charger_id, key, registration, first_seen_at=at)
        charger.main = Connector(charger_id, 0, status_at=at)
        self._add(charger)
        return charger

    def remove_charger(self, charger: Charger, keep_key: bool = True) -> None:
        folded = charger.charger_id.casefold()
        del self.chargers[charger.charger_id], self._by_folded[folded]
        self._tally.changed(charger.charger_id)
        for connector in (charger.main, *charger.connectors.values()):
            if connector.transaction is not None:
                self._no_longer(connector.transaction)
        self.ended.pop(charger.charger_id, None)
        self._latest_start.pop(charger.charger_id, None)
        if keep_key:
            self._removed_keys[folded] = charger.key

    def _add(self, charger: Charger) -> None:
        self.chargers[charger.charger_id] = charger
        self._by_folded[charger.charger_id.casefold()] = charger
        self._tally.changed(charger.charger_id)

    def connector(self, charger: Charger, connector_id: int, at: int) -> Connector:
        """The connector, made on the fly when the charger never spoke of it (SN-09)."""
        found = charger.connector(connector_id)
        if found is None:
            found = Connector(charger.charger_id, connector_id, status_at=at)
            charger.connectors[connector_id] = found
            if connector_id < max(charger.connectors):
                charger.connectors = dict(sorted(charger.connectors.items()))
        return found

    def open_faults(self) -> list[Fault]:
        found = [f for c in self.chargers.values() for f in c.open_faults()]
        return sorted(found, key=lambda f: f.opened_at, reverse=True)

    # transactions

    def take_transaction_id(self) -> int:
        """A positive int32, unique over all chargers (TX-03)."""
        taken = self.next_transaction_id
        self.next_transaction_id = taken % 0x7FFF_FFFF + 1
        return taken

    def begin(self, connector: Connector, begun: Transaction) -> None:
        """The session runs at `connector` from now on: the one way for it to get there."""
        connector.transaction = begun
        self._running.setdefault(tag_key(begun.id_tag), {})[begun.transaction_id] = begun

    def end(self, connector: Connector, ended: Transaction) -> None:
        """The session that ran at `connector` is its last one now."""
        connector.transaction = None
        connector.previous = ended
        self.remember(ended)
        self._no_longer(ended)

    def running(self, id_tag: str) -> Iterator[Transaction]:
        """Open transactions of the tag, by any spelling of it."""
        return (t for t in self._running.get(tag_key(id_tag), {}).values() if t.is_open)

    def rename(self, running: Transaction, id_tag: str) -> None:
        """Give an open session the tag that it began with: it was not known at first."""
        self._no_longer(running)
        running.id_tag = id_tag
        self._running.setdefault(tag_key(id_tag), {})[running.transaction_id] = running

    def _no_longer(self, ended: Transaction) -> None:
        key = tag_key(ended.id_tag)
        of_tag = self._running.get(key, {})
        of_tag.pop(ended.transaction_id, None)
        if not of_tag:
            self._running.pop(key, None)

    def recent(self, charger_id: str) -> Iterable[Transaction]:
        """The last sessions of a charger that ended, oldest first."""
        return self.ended.get(charger_id, ())

    def recent_since(self, charger_id: str, claimed_at: int) -> Iterable[Transaction]:
        """Those of `recent` among which one may have begun at `claimed_at` by the charger's clock: mostly none."""
        return self.recent(charger_id) if claimed_at <= self._latest_start.get(charger_id, 0) else ()

    def remember(self, ended: Transaction) -> None:
        charger_id, claimed_at = ended.charger_id, ended.claimed_start_at
        known = self.ended.get(charger_id)
        if known is None:
            known = self.ended[charger_id] = deque(maxlen=REMEMBERED)
        known.append(ended)
        if claimed_at is not None and claimed_at > self._latest_start.get(charger_id, 0):
            self._latest_start[charger_id] = claimed_at

    def add_energy(self, wh: int, at: int) -> None:
        """Count energy for the total of the day (the local day of the machine)."""
        if at >= self._day_ends_at:
            if self._day_ends_at:
                self._energy_today_wh = 0
            self._day_ends_at = end_of_day(at)
        self._energy_today_wh += wh

    def totals(self) -> Totals:
        """As the chargers are now: `hear` must be told of what changes them."""
        totals = self._tally.totals()
        totals.energy_today_wh = self._energy_today_wh
        return totals

    def hear(self, event: Event) -> None:
        self._tally.changed(event.charger_id)

    # tags

    def tags(self) -> list[IdTag]:
        return sorted(self._tags.values(), key=lambda t: t.id_tag.casefold())

    def find_tag(self, id_tag: str) -> IdTag | None:
        """By what the tag says, not how it is written; of one that is too long the first 20 characters count."""
        found = self._tags.get(tag_key(id_tag))
        if found is None and len(id_tag) > LONGEST_TAG:
            found = self._tags.get(tag_key(id_tag[:LONGEST_TAG]))
        return found

    def put_tag(self, tag: IdTag) -> None:
        known = self._tags.get(tag_key(tag.id_tag))
        if known is not None:
            tag.id_tag = known.id_tag  # one row in the store, whoever spells it how
        self._tags[tag_key(tag.id_tag)] = tag

    def remove_tag(self, id_tag: str) -> IdTag | None:
        return self._tags.pop(tag_key(id_tag), None)


def end_of_day(at: int) -> int:
    """First millisecond of the next local day after `at`."""
    day = time.localtime(at / 1000)
    return round(time.mktime((day.tm_year, day.tm_mon, day.tm_mday + 1, 0, 0, 0, 0, 0, -1)) * 1000)
