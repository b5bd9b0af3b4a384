"""Answers that a charger deletes its own copy on: they leave when what they promise is on the disk."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial

from server.core.ports import Durability
from server.links.rpc import MessageId
from server.links.wire import Hold, Wire

#: Answers that may wait before the link stops reading, and when it starts again.
MANY = 64
FEW = 16


class Owed:
    """The answers of one link that wait for a commit.

    `hand_over` sends one and tells when, ms. `lost` hears of a message that could not be stored. `all_paid` is called
    when none waits any more.
    """

    def __init__(
        self,
        wire: Wire,
        durability: Durability,
        hand_over: Callable[[str, MessageId, str], int],
        lost: Callable[[str], None],
        all_paid: Callable[[], None],
    ) -> None:
        self._wire = wire
        self._durability = durability
        self._hand_over = hand_over
        self._lost = lost
        self._all_paid = all_paid
        self._count = 0
        self._is_ended = False
        self.delayable_left_at = 0  #: when the last answer left that may be told to wait, ms

    def __bool__(self) -> bool:
        return self._count > 0

    def add(self, action: str, message_id: MessageId, answer: str, delay_ms: int | None) -> None:
        """`delay_ms`: how much longer it waits after the commit; None = answers of this kind never do."""
        self._count += 1
        if self._count > MANY:
            self._wire.hold(Hold.DURABLE)
        if self._durability.is_behind:
            self._wire.hold(Hold.DISK)
        self._durability.after_commit(partial(self._pay, action, message_id, answer, delay_ms))

    def end(self) -> None:
        """The link is over: a charger without its answer asks again."""
        self._is_ended = True

    def _pay(self, action: str, message_id: MessageId, answer: str, delay_ms: int | None, is_durable: bool) -> None:
        if not is_durable and not self._is_ended:
            self._count -= 1
            self._lost(action)
        elif delay_ms:
            asyncio.get_running_loop().call_later(delay_ms / 1000, self._let_go, action, message_id, answer, delay_ms)
        else:
            self._let_go(action, message_id, answer, delay_ms)

    def _let_go(self, action: str, message_id: MessageId, answer: str, delay_ms: int | None) -> None:
        self._count -= 1
        if self._is_ended:
            return
        at = self._hand_over(action, message_id, answer)
        if delay_ms is not None:
            self.delayable_left_at = at
        if self._count <= FEW:
            self._wire.release(Hold.DURABLE)
        if self._count == 0:
            self._all_paid()
