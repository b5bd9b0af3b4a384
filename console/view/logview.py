"""Which lines of the log somebody looks at, and where. No textual: `console.widgets.logtail` paints it.

Following, the newest line is at the bottom. Any move upwards ends that: the same lines then stay where they are,
however many arrive, until somebody asks to follow again.
"""

from __future__ import annotations

from collections.abc import Sequence
from time import perf_counter
from typing import Protocol

from console.view.textfilter import TextFilter
from server.model.log import Level, LogLine

CAPACITY = 10_000  #: lines kept by one view
SLICE_LINES = 1_000  #: looked through in one turn of the loop
SLICE_S = 0.008  #: and for no longer than this

LEVELS = (Level.DEBUG, Level.INFO, Level.WARNING, Level.ERROR)
DIRECTIONS = ("", "in", "out")


class Ring(Protocol):
    """The log of the site, as a reader sees it."""

    seq: int

    @property
    def first_seq(self) -> int: ...
    def since(self, seq: int) -> list[LogLine]: ...


class LogView:
    """The lines of `ring` that pass level, direction, charger and filter, and a window on them."""

    def __init__(self, ring: Ring, capacity: int = CAPACITY) -> None:
        self._ring = ring
        self._capacity = capacity
        self.level = Level.INFO
        self.direction = ""
        self.charger_id = ""
        self.filter = TextFilter()
        self.lines: list[LogLine] = []
        self.following = True
        self.cursor = -1  #: index in `lines` of the chosen line; -1 while following
        self.new = 0  #: matching lines since the view stands still
        self.dropped = 0  #: lines that the ring forgot before we saw them
        self._top = 0
        self._seq = max(0, ring.first_seq - 1)
        self._full = False  #: stands still and holds all it may: newer lines are only counted
        self._older: list[LogLine] = []  #: still to be looked through after a change of the filter

    # what arrives

    def pull(self) -> bool:
        """Take in what arrived since the last call; True when what is shown has changed."""
        if self._ring.seq == self._seq:
            return False
        arrived = self._ring.since(self._seq)
        lost = self._ring.seq - self._seq - len(arrived)
        self._seq = self._ring.seq
        self.dropped += lost
        matching = [line for line in arrived if self._passes(line)]
        if not self.following:
            self.new += len(matching)
        if not self._full:
            self.lines += matching
            self._trim()
        return bool(matching or lost)

    def _passes(self, line: LogLine) -> bool:
        if line.level < self.level:
            return False
        if self.direction and line.direction != self.direction:
            return False
        if self.charger_id and line.charger_id != self.charger_id:
            return False
        return self.filter.is_empty or self.filter.matches(f"{line.charger_id} {line.action} {line.text}")

    def _trim(self) -> None:
        """Forget the oldest lines, but never one that is on show or below it."""
        surplus = len(self.lines) - self._capacity
        if surplus <= 0:
            return
        if not self.following:
            if surplus > self._top:
                self._full = True
            surplus = min(surplus, self._top)
            self._top -= surplus
            self.cursor = max(0, self.cursor - surplus)
        del self.lines[:surplus]

    # what is asked for

    def set_level(self, level: Level) -> None:
        self.level = level
        self._restart()

    def next_level(self) -> None:
        self.set_level(LEVELS[(LEVELS.index(self.level) + 1) % len(LEVELS)])

    def next_direction(self) -> None:
        self.direction = DIRECTIONS[(DIRECTIONS.index(self.direction) + 1) % len(DIRECTIONS)]
        self._restart()

    def set_charger(self, charger_id: str) -> None:
        if charger_id != self.charger_id:
            self.charger_id = charger_id
            self._restart()

    def set_filter(self, text: str) -> None:
        """A broken filter lets everything through; `filter.error` says why."""
        self.filter = TextFilter.parse(text)
        self._restart()

    def _restart(self) -> None:
        """Begin again with what the ring still has; `scan` does it, newest lines first."""
        self.lines = []
        self._older = self._ring.since(0)
        self._seq = self._ring.seq
        self._full = False
        self.following = True
        self.cursor = -1
        self.new = self._top = 0

    def scan(self) -> bool:
        """Look through one slice of older lines after a change; True while there are more."""
        ends = perf_counter() + SLICE_S
        found: list[LogLine] = []
        for count in range(1, SLICE_LINES + 1):
            if not self._older:
                break
            line = self._older.pop()
            if self._passes(line):
                found.append(line)
            if count % 50 == 0 and perf_counter() > ends:
                break
        if found:
            found.reverse()
            self.lines[:0] = found
            if not self.following:
                self._top += len(found)
                self.cursor += len(found)
        return bool(self._older)

    @property
    def is_scanning(self) -> bool:
        return bool(self._older)

    # where we look

    def top(self, height: int) -> int:
        """Index of the first line on show in `height` rows."""
        last = max(0, len(self.lines) - height)
        return last if self.following else min(self._top, last)

    def window(self, height: int) -> Sequence[LogLine]:
        top = self.top(height)
        return self.lines[top : top + height]

    def follow(self) -> None:
        """Show the newest line again, and stay there."""
        if self._full:  # lines went by uncounted here; the ring still has the newest
            self._restart()
        self.following = True
        self.cursor = -1
        self.new = 0

    def stand_still(self, height: int) -> None:
        """Keep showing what is on show now."""
        if self.following and self.lines:
            self._top = self.top(height)
            self.cursor = len(self.lines) - 1
            self.following = False

    def move(self, rows: int, height: int) -> None:
        """The cursor up or down; moving down while following changes nothing."""
        if not self.lines or (self.following and rows > 0):
            return
        self.stand_still(height)
        self.cursor = max(0, min(len(self.lines) - 1, self.cursor + rows))
        self._show_cursor(height)

    def scroll(self, rows: int, height: int) -> None:
        """The window up or down, and the cursor with it."""
        if not self.lines or (self.following and rows > 0):
            return
        self.stand_still(height)
        self._top = max(0, min(len(self.lines) - height, self._top + rows))
        self.cursor = max(0, min(len(self.lines) - 1, self.cursor + rows))
        self._show_cursor(height)

    def page(self, pages: int, height: int) -> None:
        self.scroll(pages * max(1, height - 1), height)

    def to_first(self, height: int) -> None:
        self.stand_still(height)
        self._top = 0
        self.cursor = 0 if self.lines else -1

    def point_at(self, row: int, height: int) -> None:
        """The cursor to row `row` of the window."""
        self.stand_still(height)
        self.cursor = max(0, min(len(self.lines) - 1, self.top(height) + row))

    def chosen(self) -> LogLine | None:
        """The line under the cursor, the newest while following."""
        return self.lines[self.cursor] if self.lines else None

    def _show_cursor(self, height: int) -> None:
        top = min(self._top, max(0, len(self.lines) - height))
        self._top = max(0, min(self.cursor, max(top, self.cursor - height + 1)))
