"""Messages that wait for their turn. Those of a transaction outlive the line; the rest does not."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count

from simulator.connector import Session
from simulator.link import Answer
from simulator.words import TRANSACTION_ACTIONS, Payload

MAX_WAITING = 2000  #: beyond this the oldest meter values are dropped, never a start or a stop


@dataclass(slots=True, eq=False)
class Entry:
    """One CALL to be made. `session` gives a transaction message the id that is known when it leaves."""

    number: int
    action: str
    payload: Payload
    session: Session | None = None
    on_answer: Callable[[Answer], None] | None = None
    attempts: int = 0
    not_before: float = 0.0

    @property
    def is_kept(self) -> bool:
        return self.action in TRANSACTION_ACTIONS

    def ready_payload(self) -> Payload:
        """The payload with the transaction id; -1 when the CSMS never gave one."""
        if self.session is not None and self.action != "StartTransaction":
            known = self.session.transaction_id
            self.payload["transactionId"] = -1 if known is None else known
        return self.payload


class Outbox:
    """First in, first out, except that a transaction message which must wait before its next try lets others pass.

    Transaction messages never overtake each other.
    """

    def __init__(self) -> None:
        self.wake = asyncio.Event()
        self._kept: deque[Entry] = deque()
        self._passing: deque[Entry] = deque()
        self._numbers = count()

    def put(
        self,
        action: str,
        payload: Payload,
        *,
        session: Session | None = None,
        on_answer: Callable[[Answer], None] | None = None,
        first: bool = False,
    ) -> None:
        """`first`: before every transaction message that waits already."""
        entry = Entry(-1 if first else next(self._numbers), action, payload, session, on_answer)
        (self._kept if entry.is_kept else self._passing).append(entry)
        if len(self._kept) > MAX_WAITING:
            self._drop_oldest_meter_value()
        self.wake.set()

    def next(self, now: float) -> Entry | None:
        """The entry to be sent now, left in its place; None while there is none."""
        kept = self._kept[0] if self._kept and self._kept[0].not_before <= now else None
        passing = self._passing[0] if self._passing else None
        if kept is None or passing is None:
            return kept or passing
        return kept if kept.number < passing.number else passing

    def next_passing(self) -> Entry | None:
        """Like `next`, of those that do not outlive the line."""
        return self._passing[0] if self._passing else None

    def done(self, entry: Entry) -> None:
        """It was answered, or given up."""
        queue = self._kept if entry.is_kept else self._passing
        if queue and queue[0] is entry:
            queue.popleft()

    def reorder(self, order: Callable[[list[Entry]], list[Entry]]) -> None:
        """Put the transaction messages that wait into another order; only while nothing is on the wire."""
        numbers = sorted(entry.number for entry in self._kept)
        self._kept = deque(order(list(self._kept)))
        for number, entry in zip(numbers, self._kept, strict=True):
            entry.number = number

    def line_down(self) -> None:
        """Messages that mean nothing later are forgotten."""
        self._passing.clear()

    def holds(self, action: str) -> bool:
        return any(entry.action == action for entry in self._passing)

    @property
    def waiting(self) -> int:
        """Transaction messages that are not acknowledged yet."""
        return len(self._kept)

    def _drop_oldest_meter_value(self) -> None:
        for position, entry in enumerate(self._kept):
            if position and entry.action == "MeterValues":  # the head may be on the wire
                del self._kept[position]
                return
