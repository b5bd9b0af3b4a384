"""Calls to one charger: one outstanding, the others wait in order (RPC-01), each with one deadline for the whole way.

A call ends in exactly one `Reply`: answered, timed out, or offline the moment the link is lost (RPC-08). The answer of
a call that has timed out is still known by its id, and told to `on_late` (RPC-06).
"""

from __future__ import annotations

import asyncio
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import uuid4

from server.links.dialect import Outbound
from server.model.command import Command, CommandState, Operation, Reply

#: Calls waiting behind the outstanding one; more are refused at once.
MAX_WAITING = 32
#: Timed-out calls whose late answer is still recognised.
MAX_LATE = 32

OnLate = Callable[[Command, Reply], None]


@dataclass(slots=True, eq=False)
class Pending:
    action: str
    route: Outbound
    operation: Operation
    command: Command
    answered: asyncio.Future[Reply]
    message_id: str = field(default_factory=lambda: str(uuid4()))  # RPC-05
    sent_at: float = 0.0  #: monotonic, s; 0 while it waits

    @property
    def is_sent(self) -> bool:
        return self.sent_at > 0

    @property
    def age_ms(self) -> int:
        return round((time.monotonic() - self.sent_at) * 1000)


class Outbox:
    """`write` puts one call on the wire; `may_send` says whether one may leave now (RPC-04)."""

    def __init__(self, write: Callable[[Pending], bool], may_send: Callable[[], bool]) -> None:
        self._write = write
        self._may_send = may_send
        self._waiting: deque[Pending] = deque()
        self._outstanding: Pending | None = None
        self._late: OrderedDict[str, Pending] = OrderedDict()
        self._closed_because = ""

    @property
    def waiting(self) -> int:
        return len(self._waiting)

    async def call(self, action: str, route: Outbound, operation: Operation, timeout: float, command: Command) -> Reply:
        """Send it when its turn comes and wait for the answer. Never raises for what charger or link do."""
        if self._closed_because:
            return Reply(CommandState.OFFLINE, error=self._closed_because)
        if len(self._waiting) >= MAX_WAITING:
            return Reply(CommandState.ERROR, error=f"{MAX_WAITING} operations already wait for this charger")
        loop = asyncio.get_running_loop()
        pending = Pending(action, route, operation, command, loop.create_future())
        deadline = loop.call_later(timeout, self._expire, pending, timeout)
        self._waiting.append(pending)
        self.pump()
        try:
            return await pending.answered
        finally:
            deadline.cancel()
            self._forget(pending)

    def pump(self) -> None:
        """Send the next waiting call, if none is outstanding and one may leave."""
        while self._waiting and self._outstanding is None and self._may_send():
            pending = self._waiting.popleft()
            if pending.answered.done():
                continue
            self._outstanding = pending
            pending.sent_at = time.monotonic()
            pending.command.message_id = pending.message_id
            if not self._write(pending):
                self._outstanding = None
                pending.answered.set_result(Reply(CommandState.OFFLINE, error="the link was lost before it was sent"))

    def take(self, message_id: object) -> tuple[Pending, bool] | None:
        """The call that a message with this id answers, and whether it is late; None: a stray (RPC-07)."""
        pending = self._outstanding
        if pending is not None and pending.message_id == message_id:
            self._outstanding = None
            return pending, False
        if isinstance(message_id, str) and (late := self._late.pop(message_id, None)) is not None:
            return late, True
        return None

    def settle(self, pending: Pending, reply: Reply) -> None:
        """Give the answer to whoever waits for it; the next call leaves."""
        if not pending.answered.done():
            pending.answered.set_result(reply)
        self.pump()

    def close(self, because: str) -> None:
        """The link is gone: everything waiting or outstanding fails now."""
        self._closed_because = because
        lost = [*self._waiting, *([self._outstanding] if self._outstanding else [])]
        self._waiting.clear()
        self._outstanding = None
        for pending in lost:
            if not pending.answered.done():
                pending.answered.set_result(Reply(CommandState.OFFLINE, error=because))

    def _expire(self, pending: Pending, timeout: float) -> None:
        if pending.answered.done():
            return
        told = f"no answer within {timeout:g} s"
        if not pending.is_sent:
            told = f"not sent within {timeout:g} s: the charger still owed an earlier answer"
        pending.answered.set_result(Reply(CommandState.TIMED_OUT, error=told))
        self._forget(pending)
        self.pump()

    def _forget(self, pending: Pending) -> None:
        """No one waits for it any more; if it was sent, its answer may still come."""
        if pending in self._waiting:
            self._waiting.remove(pending)
        if self._outstanding is pending:
            self._outstanding = None
            self._late[pending.message_id] = pending
            while len(self._late) > MAX_LATE:
                self._late.popitem(last=False)
            self.pump()
