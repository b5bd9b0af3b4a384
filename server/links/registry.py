"""All live links, by charger: the `Sender` of the desk, and the sweep that ends what is dead."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import dataclass

from server.config import OcppSettings
from server.core.core import Core
from server.links import rpc
from server.links.asked import Asked
from server.links.connection import ChargerConnection
from server.links.dialect import Outbound
from server.links.link import now_ms
from server.links.outbox import OnLate
from server.links.replay import Replays
from server.links.report import Reporter
from server.links.secrets import mask
from server.links.takeover import ANSWER_S, ASK_AGAIN_S, Takeovers
from server.links.v16 import payloads
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.routing import DIALECT
from server.model.command import Command, CommandState, Operation, Reply
from server.model.connection import Cause
from server.model.event import Event, EventKind
from server.model.log import Level
from server.model.options import DEFAULT
from server.model.rates import fitted

#: For tracebacks of our own bugs.
log = logging.getLogger(__name__)

#: Seconds a charger may leave our bytes unread until it is cut.
STUCK_AFTER = 10.0
#: Seconds from sweep to sweep.
SWEEP_EVERY = 1.0
#: Links swept in one turn of the loop.
SWEPT_AT_ONCE = 500


@dataclass(slots=True)
class _Watch:
    """What the sweep remembers of one connection; times are monotonic seconds."""

    connection: ChargerConnection
    activity: int
    active_at: float
    pinged_at: float
    unsent_since: float = 0.0


class Links:
    """Implements `server.core.ports.Sender`. `on_late` is told of answers that come after their time-out (RPC-06)."""

    def __init__(
        self,
        settings: OcppSettings,
        core: Core,
        stuck_after: float,
        report: Reporter,
    ) -> None:
        self._settings = settings
        self._core = core
        self._stuck_after = stuck_after
        self._report = report
        self._takeovers = Takeovers()
        self._watched: dict[str, _Watch] = {}
        self._routes: dict[type[Operation], tuple[str, Outbound]] = {
            route.operation: (action, route) for action, route in OUTBOUND.items()
        }
        self._replays: dict[str, Replays] = {}
        self._asked: dict[str, Asked] = {}
        self.on_late: OnLate | None = None
        core.bus.listen(self._forget, EventKind.CHARGER_REMOVED)

    def __len__(self) -> int:
        return len(self._watched)

    # links come and go

    def add(self, connection: ChargerConnection) -> None:
        """The newest link of a charger wins; the old one is closed and can no longer change anything (WS-14)."""
        link = connection.link
        assert link is not None, "the connection has passed its handshake"
        charger_id = link.charger.charger_id
        link.asked = self._asked.setdefault(charger_id, link.asked)
        before = self._watched.get(charger_id)
        now = asyncio.get_running_loop().time()
        self._watched[charger_id] = _Watch(connection, connection.activity, now, now)
        if before is not None and before.connection.link is not None:
            told = (connection.peer, before.connection.peer)
            self._core.log.add(
                now_ms(), Level.WARNING, charger_id, "", "link", "new link from %s replaces the one from %s", told
            )
            self._taken_over(connection, before.connection, charger_id, now)
            before.connection.link.end("the charger opened another link")
            before.connection.finish(1012, "another link of this charger replaces this one")

    def _taken_over(self, new: ChargerConnection, old: ChargerConnection, charger_id: str, now: float) -> None:
        detail = f"the link from {old.peer} was replaced by one from {new.peer}"
        self._report.noticed(new.peer, charger_id, Cause.TAKEN_OVER, detail)
        if self._takeovers.count(charger_id, now):
            told = "%s and %s replace each other's link: for a minute the one that answers is kept"
            self._core.log.add(now_ms(), Level.ERROR, charger_id, "", "link", told, (old.peer, new.peer))

    def connection_of(self, charger_id: str) -> ChargerConnection | None:
        watch = self._watched.get(charger_id)
        return watch.connection if watch is not None else None

    def is_held(self, charger_id: str) -> bool:
        """Two fight for this charger: its link is not replaced just now while it is alive (T2)."""
        return self._takeovers.is_held(charger_id, asyncio.get_running_loop().time())

    async def is_alive(self, connection: ChargerConnection) -> bool:
        """Does it answer a ping, or say anything, within a moment? One that we do not read from cannot.

        All who ask within a second ask together: strangers must not have a charger pinged again and again.
        """
        if connection.is_held:
            return connection.is_open
        loop = asyncio.get_running_loop()
        asked_at, before = connection.asked
        if loop.time() - asked_at >= ASK_AGAIN_S:
            asked_at, before = connection.asked = loop.time(), connection.activity
            connection.send_ping()
        deadline = asked_at + ANSWER_S
        while connection.activity == before and connection.is_open and loop.time() < deadline:  # noqa: ASYNC110
            await asyncio.sleep(0.05)
        return connection.is_open and connection.activity != before

    def remove(self, connection: ChargerConnection) -> bool:
        """False: another link had taken its place, so the charger is still online."""
        link = connection.link
        if link is None or (watch := self._watched.get(link.charger.charger_id)) is None:
            return False
        if watch.connection is not connection:
            return False
        del self._watched[link.charger.charger_id]
        return True

    def replays(self, charger_id: str) -> Replays:
        """What a charger may ask again, whichever link it comes on (RPC-17)."""
        return self._replays.setdefault(charger_id, Replays())

    def _forget(self, event: Event) -> None:
        """The charger belongs to the depot no more, or nobody had let it in."""
        self._replays.pop(event.charger_id, None)
        self._asked.pop(event.charger_id, None)

    def finish_all(self, code: int, reason: str) -> None:
        for watch in list(self._watched.values()):
            watch.connection.finish(code, reason)

    # Sender

    async def call(self, charger_id: str, operation: Operation, timeout: float, command: Command) -> Reply:
        watch = self._watched.get(charger_id)
        if watch is None or watch.connection.link is None:
            return Reply(CommandState.OFFLINE, error="the charger is not connected")
        action, _ = self._routes[type(operation)]
        operation = fitted(watch.connection.link.charger, operation)
        return await watch.connection.link.call(action, operation, timeout, command)

    def preview(self, charger_id: str, operation: Operation) -> str:
        action, route = self._routes[type(operation)]
        charger = self._core.fleet.find(charger_id)
        options = charger.options if charger is not None else DEFAULT
        operation = fitted(charger, operation) if charger is not None else operation
        return mask(rpc.call("…", action, DIALECT.shape(route.write(operation), options)))

    def parse(self, action: str, payload: dict[str, object]) -> Operation:
        return payloads.parse(action, payload)

    def actions(self) -> list[str]:
        return sorted(OUTBOUND)

    def disconnect(self, charger_id: str, reason: str) -> None:
        if (watch := self._watched.get(charger_id)) is not None:
            watch.connection.finish(1000, reason)

    # sweep

    async def sweep(self) -> None:
        """Pings, rate, and the end of links that are stuck or silent. Runs until cancelled."""
        loop = asyncio.get_running_loop()
        while True:
            await asyncio.sleep(SWEEP_EVERY)
            for i, watch in enumerate(list(self._watched.values())):
                try:
                    self._check(watch, loop.time())
                except Exception as failure:  # a bug here must cost one link, not the care for all
                    log.error("looking after the link from %s failed", watch.connection.peer, exc_info=failure)
                    watch.connection.cut("the server failed on this link")
                if i % SWEPT_AT_ONCE == SWEPT_AT_ONCE - 1:
                    await asyncio.sleep(0)

    def _check(self, watch: _Watch, now: float) -> None:
        connection, link = watch.connection, watch.connection.link
        if link is None or not connection.is_open:
            return
        connection.refill(SWEEP_EVERY)
        link.tick()
        if connection.unsent_bytes == 0:
            watch.unsent_since = 0.0
        elif not watch.unsent_since:
            watch.unsent_since = now
        elif now - watch.unsent_since >= self._stuck_after:
            connection.cut(f"the charger has not read for {now - watch.unsent_since:.0f} s")
            return
        if connection.activity != watch.activity or connection.is_held:
            watch.activity, watch.active_at = connection.activity, now
        quiet = now - watch.active_at
        every = 0 if link.charger.options.no_ping else self._settings.ping_interval
        if self._core.is_silent(link.charger, link.charger.seen_at + round(quiet * 1000)):
            connection.cut(f"nothing heard for {quiet:.0f} s")  # WS-17, by a clock that never jumps
        elif every and connection.pongs and quiet > 2 * every + 10:
            connection.cut(f"no answer to pings for {quiet:.0f} s")
        elif every and quiet >= every and now - watch.pinged_at >= every:
            watch.pinged_at = now
            connection.send_ping()
