"""The live log tail: a bounded ring that never blocks and never grows."""

from __future__ import annotations

from collections import deque
from itertools import islice
from typing import Any

from server.model.log import Level, LogLine

CAPACITY = 10_000


class LogRing:
    """Newest lines last. Readers remember the last `seq` they saw and ask for what came `since`."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._rows: deque[tuple[Any, ...]] = deque(maxlen=capacity)  #: `LogLine`s become such when somebody looks
        self.seq = 0

    def add(
        self,
        at: int,
        level: Level,
        charger_id: str,
        direction: str,
        action: str,
        template: str,
        args: tuple[object, ...] = (),
    ) -> None:
        """Append one line. `template` must take exactly `args`; it is formatted only when painted."""
        self.seq += 1
        self._rows.append((self.seq, at, level, charger_id, direction, action, template, args))

    @property
    def first_seq(self) -> int:
        return self.seq - len(self._rows) + 1

    def since(self, seq: int) -> list[LogLine]:
        """Lines after `seq`, oldest first; those that fell out of the ring are gone (compare `first_seq`)."""
        missing = min(self.seq - seq, len(self._rows))
        return list(map(LogLine._make, islice(self._rows, len(self._rows) - missing, None))) if missing > 0 else []
