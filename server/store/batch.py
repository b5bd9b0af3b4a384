"""Rows that become durable together, and who waits for them."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any

from server.model.log import FrameRow

Row = tuple[Any, ...]
Group = tuple[str, list[Row]]
Done = Callable[[bool], None]


@dataclass(slots=True)
class Batch:
    """Rows of one transaction. Snapshots are keyed: the last one of a key wins, whatever its statement."""

    inserts: defaultdict[str, list[Row]] = field(default_factory=lambda: defaultdict(list))
    snapshots: dict[Hashable, tuple[str, Row]] = field(default_factory=dict)
    frames: list[FrameRow] = field(default_factory=list)
    must_keep: int = 0  #: inserted rows that may not be dropped
    journal_bytes: int = 0  #: memory of the frames, which may
    waiting: deque[tuple[float, Done]] = field(default_factory=deque)  #: (monotonic deadline, who to tell), in order

    def groups(self) -> list[Group]:
        """Rows by statement, in order within each, without the frames. Between statements the order does not matter."""
        grouped = {statement: list(rows) for statement, rows in self.inserts.items()}
        for statement, row in self.snapshots.values():
            grouped.setdefault(statement, []).append(row)
        return list(grouped.items())

    def __len__(self) -> int:
        return sum(map(len, self.inserts.values())) + len(self.snapshots) + len(self.frames)
