"""The electronics of a charge point: its parts, and what it owes to the CSMS."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import deque
from collections.abc import Callable, Sequence
from types import TracebackType
from typing import NamedTuple, Self

from simulator import messages, operations
from simulator.board import Board
from simulator.clock import Clock, Schedule, wall_ms
from simulator.configuration import Configuration, standard_keys
from simulator.connector import Connector, Rating, Session
from simulator.line import Address, Line
from simulator.link import Answer, Reply, Trace
from simulator.messages import Nameplate
from simulator.outbox import Entry, Outbox
from simulator.sessions import Sessions
from simulator.statistics import Counters
from simulator.traits import Traits
from simulator.watch import Happening, Kind, Listener, Watch
from simulator.words import Payload, Reason, Status


class Acknowledged(NamedTuple):
    """A transaction message the CSMS has answered: from here on it alone knows of it."""

    at: int  #: ms since the epoch
    action: str
    connector_id: int
    transaction_id: int | None
    payload: Payload
    answer: Payload


class Station:
    """Live it with `async with`, or by `run` in a task of your own.

    `keep_acknowledged` bounds the record of acknowledged transaction messages (newest last); `trace` sees every frame.
    """

    def __init__(
        self,
        charger_id: str,
        url: str,
        connectors: Sequence[Rating] = (Rating(), Rating()),
        *,
        nameplate: Nameplate | None = None,
        password: str | bytes | None = None,
        tls: ssl.SSLContext | None = None,
        clock: Clock | None = None,
        traits: Traits | None = None,
        seed: int = 0,
        keep_acknowledged: int = 1000,
        trace: Trace | None = None,
    ) -> None:
        self.charger_id = charger_id
        self.nameplate = nameplate or Nameplate()
        self.traits = traits or Traits()
        self.clock = clock or Clock()
        self.configuration = Configuration(standard_keys(len(connectors)))
        self.counters = Counters()
        self.outbox = Outbox()
        self.acknowledged: deque[Acknowledged] = deque(maxlen=keep_acknowledged)
        self.listeners: list[Listener] = []
        self.rebooting = False
        self._rng = random.Random(f"{seed}/{charger_id}")
        self._watch = Watch()
        self.schedule = Schedule(self.clock)
        self.board = Board(connectors, self.clock, self.outbox, self._emit)
        self.sessions = Sessions(self.board, self.outbox, self.schedule, self.configuration, self._rng, self._emit)
        address = Address(url, charger_id, password, tls)
        self._line = Line(address, self, self.outbox, self.schedule, self.counters, self._rng, trace)
        self._task: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            await self._line.run()
        finally:
            self.schedule.clear()

    async def __aenter__(self) -> Self:
        self._task = asyncio.create_task(self.run(), name=f"charge point {self.charger_id}")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def until(self, condition: Callable[[], object], timeout: float = 5.0) -> None:
        """Return once `condition()` is true, asked again whenever something happened here.

        `TimeoutError` after `timeout` real seconds.
        """
        await self._watch.until(condition, timeout)

    @property
    def connected(self) -> bool:
        return self._line.connected

    @property
    def registered(self) -> bool:
        """Connected, and the CSMS has accepted the boot: messages flow."""
        return self.board.live

    @property
    def registration(self) -> str:
        """The last answer to BootNotification: Accepted, Pending, Rejected; empty = none that counts."""
        return self._line.registration

    @property
    def last_error(self) -> str:
        """Why the line went down, or why dialling failed."""
        return self._line.last_error

    @property
    def main(self) -> Connector:
        """Connector 0, the charge point itself."""
        return self.board.main

    @property
    def connectors(self) -> dict[int, Connector]:
        """By connector id, from 1: to be read."""
        return self.board.connectors

    def look(self) -> None:
        """Bring power, energy and battery up to this moment, for somebody who looks."""
        for connector in self._board:
            self._board.settle(connector)

    # what people do to the box itself

    def drop_line(self, seconds: float) -> None:
        """The line goes dead without a word; the next try is `seconds` later."""
        self._line.drop(seconds)

    def reset(self, *, hard: bool = False) -> None:
        """Sessions end, the line closes, `traits.reboot_s` later it boots. Soft delivers what it has before it goes."""
        if self.rebooting:
            return
        self.rebooting = True
        self._emit(Kind.REBOOT, 0, "Hard" if hard else "Soft")
        for connector in self.connectors.values():
            if connector.session is not None:
                self.sessions.end(connector.session, Reason.HARD_RESET if hard else Reason.SOFT_RESET)
        if self.connected:
            self._line.restart(self.traits.reboot_s, hard=hard)
        else:
            self._line.registration = ""
            self._power_cycle()

    def data_transfer(self, vendor_id: str, message_id: str = "", data: str = "") -> None:
        """Something of the vendor's own; lost when there is no line."""
        optional = {"messageId": message_id, "data": data}
        payload: Payload = {"vendorId": vendor_id} | {key: value for key, value in optional.items() if value}
        if self.registered:
            self.outbox.put("DataTransfer", payload)

    def _power_cycle(self) -> None:
        """What does not survive a reboot: troubles (the self test passes), waiting tags, limits."""
        self.configuration.boot()
        for connector in (self.main, *self.connectors.values()):
            self.sessions.forget(connector)
            connector.finishing, connector.limit_w = False, None
            self.board.clear(connector)
            self.board.settle(connector)

    # what the CSMS asks for: called by `operations`

    def find_start(self, id_tag: str, connector_id: int | None) -> Connector | None:
        """The connector a remote start can use: the one named, else one with a waiting cable, else a free one."""
        if self.rebooting or not self.registered or self.main.status is not Status.AVAILABLE:
            return None
        wanted = [c for n, c in self.connectors.items() if connector_id in (None, n)]
        able = [c for c in wanted if not c.why_not_start(id_tag)]
        return max(able, key=lambda c: c.cable, default=None)

    def remote_start(self, connector_id: int, id_tag: str) -> None:
        """The CSMS starts a transaction; it may have become impossible since it was accepted."""
        connector = self.connectors[connector_id]
        self._emit(Kind.REMOTE_START, connector_id, id_tag)
        if self.configuration.flag("AuthorizeRemoteTxRequests"):
            self.sessions.authorise(connector, id_tag)
        elif not connector.why_not_start(id_tag):
            self.sessions.grant(connector, id_tag)

    def end(self, session: Session, reason: Reason) -> None:
        self.sessions.end(session, reason)

    def configuration_changed(self) -> None:
        """New intervals count at once."""
        self.sessions.configuration_changed()
        self._arm_heartbeat(self.configuration.number("HeartbeatInterval"))

    # what the line asks for

    def boot_payload(self) -> Payload:
        return messages.boot(self.nameplate)

    def registered_now(self, interval_s: int, booted: bool) -> None:
        self.rebooting = False
        if interval_s:
            self.configuration.set("HeartbeatInterval", str(interval_s))
        self.board.go_live(booted)
        self._arm_heartbeat(self._rng.random() * self.configuration.number("HeartbeatInterval"))
        self._emit(Kind.REGISTERED, 0, "booted" if booted else "resumed")

    def line_changed(self, up: bool, reason: str) -> None:
        self.board.go_dark()
        if not up and self.rebooting:
            self._power_cycle()
        self._emit(Kind.LINE_UP if up else Kind.LINE_DOWN, 0, reason)

    def dial_failed(self, reason: str) -> None:
        self._emit(Kind.DIAL_FAILED, 0, reason)

    def delivered(self, entry: Entry, answer: Answer) -> None:
        if entry.on_answer is not None:
            entry.on_answer(answer)
        if entry.session is not None and answer.ok:
            session = entry.session
            self.acknowledged.append(
                Acknowledged(
                    wall_ms(), entry.action, session.connector_id, session.transaction_id, entry.payload, answer.payload
                )
            )
        self._watch.changed()

    @property
    def retry(self) -> tuple[int, int]:
        number = self.configuration.number
        return number("TransactionMessageAttempts"), number("TransactionMessageRetryInterval")

    async def answer(self, action: str, payload: Payload) -> Reply:
        shortest, longest = self.traits.answer_delay_s
        if longest:
            await self.clock.sleep(self._rng.uniform(shortest, longest))
        reply = operations.answer(self, action, payload)
        self._watch.changed()
        return reply

    def _arm_heartbeat(self, seconds: float) -> None:
        if self.configuration.number("HeartbeatInterval"):
            self.schedule.after("heartbeat", seconds, self._beat)
        else:
            self.schedule.cancel("heartbeat")

    def _beat(self) -> None:
        if self.registered and not self.outbox.holds("Heartbeat"):
            self.outbox.put("Heartbeat", {})
        self._arm_heartbeat(self.configuration.number("HeartbeatInterval"))

    def _emit(self, kind: Kind, connector_id: int, detail: str = "") -> None:
        happening = Happening(wall_ms(), self.charger_id, kind, connector_id, detail)
        for listener in self.listeners:
            listener(happening)
        self._watch.changed()
