"""What the two depot screens show: which chargers, in which order, which are marked, and where the cursor is.

One for each terminal, shared by its screens, so that a selection made on one is there on the other. No textual.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from console.present.depot import energy_of, haystack_of
from console.view.rows import Rows
from console.view.textfilter import TextFilter
from server.model.charger import Charger, Connector
from server.model.status import ChargerStatus

CALM_MS = 5_000  #: rows keep their places for so long, whatever the power does meanwhile
_DIGITS = re.compile(r"(\d+)")
_STATUS_ORDER = {status: i for i, status in enumerate(ChargerStatus)}


def natural(text: str) -> tuple[Any, ...]:
    """Sort key that puts `CP-2` before `CP-10`."""
    return tuple(int(p) if p.isdecimal() else p.casefold() for p in _DIGITS.split(text[:64]))


#: name -> key; ties and the first one go by id
SORTS: dict[str, Callable[[Charger], float]] = {
    "id": lambda c: 0,
    "status": lambda c: (0 if c.online else 100) + _STATUS_ORDER[c.status],
    "power": lambda c: -c.power_w,
    "energy": lambda c: -sum(energy_of(k) or 0 for k in c.connectors.values()),
    "seen": lambda c: c.seen_at,
}


class DepotView:
    """`rows` are charger ids. `pull` with what changed keeps them true; everything else is what keys ask for."""

    def __init__(self, chargers: Mapping[str, Charger]) -> None:
        self.chargers = chargers
        self.rows: Rows[str] = Rows()
        self.marks: set[str] = set()
        self.sort = "id"
        self.connector_id = 1  #: the side of the cursor
        self._filter = TextFilter()
        self._matches: dict[str, bool] = {}
        self._natural: dict[str, tuple[Any, ...]] = {}
        self._ranks: dict[str, float] = {}  #: by which the rows stand now
        self._ranked_at = 0  #: when that was looked at, ms
        self.pull(chargers)

    def pull(self, dirty: Iterable[str], now: int | None = None) -> bool:
        """Take in what changed. True when rows came, went or changed places.

        With `now` (ms) the order by what changes all the time is looked at again every `CALM_MS` alone.
        """
        new = [c for c in self.chargers if c not in self._natural]
        if not new and self._filter.is_empty and self.sort == "id" and self.rows.keys:
            return False
        for charger_id in new:
            self._natural[charger_id] = natural(charger_id)
        if not self._filter.is_empty:
            for charger_id in (*dirty, *new):
                if (charger := self.chargers.get(charger_id)) is not None:
                    self._matches[charger_id] = self._filter.matches(haystack_of(charger))
        if now is None or not 0 <= now - self._ranked_at < CALM_MS:
            self._ranks, self._ranked_at = {}, now or 0
        return self._arrange()

    def _arrange(self) -> bool:
        shown = [c for c in self.chargers.values() if self._filter.is_empty or self._matches.get(c.charger_id, True)]
        rank, ranks = SORTS[self.sort], self._ranks
        for charger in shown:
            if charger.charger_id not in ranks:
                ranks[charger.charger_id] = rank(charger)
        shown.sort(key=lambda c: (ranks[c.charger_id], self._natural[c.charger_id]))
        moved = self.rows.set_keys([c.charger_id for c in shown])
        if moved:
            self._keep_side()
        return moved

    # the cursor

    @property
    def charger(self) -> Charger | None:
        return self.chargers.get(self.rows.cursor) if self.rows.cursor is not None else None

    @property
    def connector(self) -> Connector | None:
        """The connector under the cursor; None when the charger has reported none."""
        charger = self.charger
        return None if charger is None else charger.connectors.get(self.connector_id)

    def select(self, charger_id: str, connector_id: int | None = None) -> bool:
        """Cursor to this charger, and to one of its connectors. False when it is not shown."""
        found = self.rows.select(charger_id)
        if found and connector_id:
            self.connector_id = connector_id
        self._keep_side()
        return found

    def move(self, count: int) -> None:
        self.rows.move(count)
        self._keep_side()

    def move_to(self, index: int) -> None:
        self.rows.move_to(index)
        self._keep_side()

    def move_side(self, count: int) -> None:
        charger = self.charger
        if charger is None or not charger.connectors:
            return
        ids = list(charger.connectors)
        here = ids.index(self.connector_id) if self.connector_id in ids else 0
        self.connector_id = ids[max(0, min(here + count, len(ids) - 1))]

    def next_fault(self, direction: int) -> bool:
        """Cursor to the next (1) or last (-1) charger with an open fault or warning, round the end."""
        count, here = len(self.rows), self.rows.cursor_index
        for step in range(1, count + 1):
            charger = self.chargers[self.rows.keys[(here + direction * step) % count]]
            if faults := charger.open_faults():
                self.select(charger.charger_id, next((f.connector_id for f in faults if f.connector_id), None))
                return True
        return False

    def _keep_side(self) -> None:
        charger = self.charger
        if charger is not None and charger.connectors and self.connector_id not in charger.connectors:
            self.connector_id = next(iter(charger.connectors))

    # filter, order, marks

    @property
    def filter_text(self) -> str:
        return self._filter.text

    @property
    def filter_error(self) -> str:
        """What is wrong with the filter; then everything is shown."""
        return self._filter.error

    def set_filter(self, text: str) -> str:
        """Show only what matches. Returns what is wrong with `text`; then everything is shown."""
        self._filter = TextFilter.parse(text)
        self._matches = {}
        if not self._filter.is_empty:
            self._matches = {i: self._filter.matches(haystack_of(c)) for i, c in self.chargers.items()}
        self._arrange()
        return self._filter.error

    def next_sort(self) -> str:
        names = list(SORTS)
        self.sort = names[(names.index(self.sort) + 1) % len(names)]
        self._ranks = {}
        self._arrange()
        return self.sort

    def toggle_mark(self) -> None:
        if (cursor := self.rows.cursor) is not None:
            self.marks.symmetric_difference_update({cursor})

    def clear_marks(self) -> bool:
        """Take all marks away, hidden ones too. False when there was none."""
        had_any = bool(self.marks)
        self.marks.clear()
        return had_any

    def marked(self) -> list[str]:
        """Marked chargers that are shown, in the order of the rows; hidden ones do not count."""
        return [c for c in self.rows.keys if c in self.marks]
