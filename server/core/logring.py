"""The live log tail: a bounded ring that never blocks and never grows."""

from __future__ import annotations

from collections import deque
from itertools import islice

from server.model.log import Level, LogLine

CAPACITY = 10_000


class LogRing:
    """Newest lines last. Readers remember the last `seq` they saw and ask for what came `since`."""

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._lines: deque[LogLine] = deque(maxlen=capacity)
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
        self._lines.append(LogLine(self.seq, at, level, charger_id, direction, action, template, args))

    @property
    def first_seq(self) -> int:
        return self._lines[0].seq if self._lines else self.seq + 1

    def since(self, seq: int) -> list[LogLine]:
        """Lines after `seq`, oldest first; those that fell out of the ring are gone (compare `first_seq`)."""
        missing = min(self.seq - seq, len(self._lines))
        return list(islice(self._lines, len(self._lines) - missing, None)) if missing > 0 else []
