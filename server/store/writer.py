"""The one writer: everybody appends, one task commits what has gathered while the commit before it ran.

Appending is a list append. Whoever must know that a row is durable says so with `after_commit`; rows that nobody waits
for ride along, or are committed a moment later.
"""

from __future__ import annotations

import asyncio
import logging
import math
import time
from collections.abc import Awaitable, Callable, Hashable

from server.model.health import Health
from server.model.log import FrameRow
from server.store.batch import Batch, Done, Row
from server.store.errors import in_words
from server.store.frames import RAW

log = logging.getLogger("ocpp_console.store")

Write = Callable[[Batch], Awaitable[list[str]]]

UNHURRIED_S = 0.1  #: rows that nobody waits for are committed this much later, with more of their kind
PATIENCE_S = 10.0  #: after this a waiting caller is told that its rows are not durable
FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.1, 5.0  #: between two tries on a disk that does not take a batch
WATCH_S = 0.5
BEHIND_ROWS = 10_000  #: rows that must be kept; above it chargers are not read
JOURNAL_LIMIT = 64 * 1024 * 1024  #: bytes of frames kept in memory; above it the newest are dropped
ROW_OVERHEAD = 500  #: bytes that a row costs beside its text
CALLS_PER_TURN = 100  #: callbacks in one go before the loop may do something else
TURNS = 6  #: of the loop before a commit: what comes in on its sockets meanwhile joins the batch
LEAST_TURNS, GATHER_S = 2, 0.005  #: on a loop so busy that its turns are long it waits no longer than this


class Writer:
    """`write` makes one batch durable and names the rows it had to leave out; it raises when the disk says no."""

    def __init__(self, write: Write, health: Health) -> None:
        self._write = write
        self._health = health
        self._pending = Batch()
        self._in_flight: Batch | None = None
        self._wake = asyncio.Event()
        self._timer: asyncio.TimerHandle | None = None
        self._journal_bytes = 0
        self._frames_lost = 0
        self._trouble = ""  #: why the disk does not take rows, as it stands in `health.degraded`

    # hot path

    def append(self, statement: str, row: Row) -> None:
        """A row that is inserted once. It is never dropped."""
        self._pending.inserts[statement].append(row)
        self._pending.must_keep += 1
        if self._timer is None:
            self._stir()

    def replace(self, key: Hashable, statement: str, row: Row) -> None:
        """The newest state of the thing called `key`: an older one that still waits is not written at all."""
        self._pending.snapshots[key] = (statement, row)
        if self._timer is None:
            self._stir()

    def journal(self, frame: FrameRow) -> None:
        """See `server.core.ports.Durability.frame`. It may be dropped when the disk does not keep up."""
        size = len(frame[RAW]) + ROW_OVERHEAD
        if self._journal_bytes + size > JOURNAL_LIMIT:
            self._frames_lost += 1
            return
        self._pending.frames.append(frame)
        self._pending.journal_bytes += size
        self._journal_bytes += size
        if self._timer is None:
            self._stir()

    def after_commit(self, done: Done) -> None:
        """See `server.core.ports.Durability.after_commit`."""
        self._pending.waiting.append((time.monotonic() + PATIENCE_S, done))
        self._wake.set()

    def _stir(self) -> None:
        self._timer = asyncio.get_running_loop().call_later(UNHURRIED_S, self._wake.set)

    @property
    def is_behind(self) -> bool:
        """More waits than is good. On a disk in trouble frames do not count: they are dropped, chargers are heard."""
        must_keep = self._pending.must_keep + (self._in_flight.must_keep if self._in_flight else 0)
        return must_keep > BEHIND_ROWS or (not self._trouble and self._journal_bytes > JOURNAL_LIMIT // 2)

    # the task

    async def run(self) -> None:
        """Commit for ever; batch after batch, never two at once."""
        while True:
            await self._wake.wait()
            await _gather()
            self._wake.clear()
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            self._in_flight, self._pending = self._pending, Batch()
            await self._commit(self._in_flight)
            self._in_flight = None
            self._count()

    async def _commit(self, batch: Batch) -> None:
        if len(batch):
            await self._persist(batch)
            self._journal_bytes -= batch.journal_bytes
        calls = 0
        while batch.waiting:
            _tell(batch.waiting.popleft()[1], True)
            calls += 1
            if calls % CALLS_PER_TURN == 0:
                await asyncio.sleep(0)

    async def _persist(self, batch: Batch) -> None:
        """Return when `batch` is durable, however long that takes."""
        pause = FIRST_PAUSE_S
        while True:
            began = time.perf_counter()
            try:
                refused = await self._write(batch)
            except Exception as error:  # noqa: BLE001 - whatever the disk says, the rows are kept and tried again
                self._suffer(in_words(error))
                await asyncio.sleep(pause)
                pause = min(pause * 2, LONGEST_PAUSE_S)
            else:
                self._health.commit_ms = (time.perf_counter() - began) * 1000
                break
        for line in refused:
            log.error("a row could not be written and is left out: %s", line)
        self._heal()

    async def watch(self) -> None:
        """Tell those who have waited too long, and keep the figures fresh while a commit hangs."""
        while True:
            await asyncio.sleep(WATCH_S)
            self._give_up(time.monotonic())
            self._count()

    async def drain(self, timeout: float) -> bool:
        """Wait until everything is durable, at most `timeout` seconds; whoever waits then is told that it is not."""
        durable: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
        self.after_commit(lambda ok: None if durable.done() else durable.set_result(ok))
        await asyncio.wait({durable}, timeout=timeout)
        if durable.done() and durable.result():
            return True
        self._give_up(math.inf)
        log.error("%d rows could not be written: %s", self._count(), self._trouble or "the disk does not answer")
        return False

    def _give_up(self, now: float) -> None:
        for batch in (self._in_flight, self._pending):
            while batch is not None and batch.waiting and batch.waiting[0][0] <= now:
                _tell(batch.waiting.popleft()[1], False)

    def _count(self) -> int:
        waiting = len(self._pending) + (len(self._in_flight) if self._in_flight else 0)
        self._health.rows_waiting = waiting
        return waiting

    # trouble

    def _suffer(self, reason: str) -> None:
        reason = f"store: {reason}"
        if reason != self._trouble:
            self._remove_reason()
            self._trouble = reason
            self._health.degraded.append(reason)
            log.error("%s; rows are kept in memory and tried again", reason)

    def _heal(self) -> None:
        if self._trouble:
            self._remove_reason()
            self._trouble = ""
            log.info("store: the disk takes rows again")
        if self._frames_lost:
            log.warning("store: %d frames were not kept, the disk did not keep up", self._frames_lost)
            self._frames_lost = 0

    def _remove_reason(self) -> None:
        if self._trouble in self._health.degraded:
            self._health.degraded.remove(self._trouble)


async def _gather() -> None:
    """Let the loop look at its sockets before a commit. Two commits for what one could have taken cost twice, and the
    second runs while the loop works: the two threads then spend more on waiting for each other than on the rows.
    """
    until = time.monotonic() + GATHER_S
    for turn in range(1, TURNS + 1):
        await asyncio.sleep(0)
        if turn >= LEAST_TURNS and time.monotonic() >= until:
            return


def _tell(done: Done, durable: bool) -> None:
    try:
        done(durable)
    except Exception:
        log.exception("a caller failed on hearing that its rows are%s durable", "" if durable else " not")
