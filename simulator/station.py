"""The electronics of a charge point: its parts, and what it owes to the CSMS."""

from __future__ import annotations

import asyncio
import random
import ssl
from collections import deque
from collections.abc import Callable, Coroutine, Mapping, Sequence
from types import TracebackType
from typing import Any, NamedTuple, Self

from simulator import messages, operations
from simulator.access import Access
from simulator.authority import Authority
from simulator.board import Board
from simulator.certificates import Certificates
from simulator.clock import Clock, Schedule, wall_ms
from simulator.configuration import Configuration
from simulator.connector import Connector, Rating
from simulator.diagnostics import Diagnostics
from simulator.firmware import Firmware
from simulator.line import Address, Line
from simulator.link import Answer, Reply, Trace
from simulator.load import Load
from simulator.messages import Nameplate
from simulator.metering import Metering
from simulator.outbox import Entry, Outbox
from simulator.quirks.bend import Bend
from simulator.quirks.quirk import Quirk
from simulator.reservations import Reservations
from simulator.security_events import SecurityEvents
from simulator.sessions import Sessions
from simulator.standard_keys import standard_keys
from simulator.statistics import Counters
from simulator.traits import Traits
from simulator.watch import Happening, Kind, Listener, Watch
from simulator.words import Payload, Profile, Reason

_LOG_LINES = 50


Acted = Callable[[str, Mapping[str, str], str], None]  #: (control, values, why it was refused), see `controls`


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

    `keep_acknowledged` bounds the record of acknowledged transaction messages (newest last); `trace` sees every frame
    as it is on the wire; `quirks` make it differ from what OCPP wants; `counters` may be those of a whole fleet.
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
        quirks: Sequence[Quirk] = (),
        counters: Counters | None = None,
    ) -> None:
        self.charger_id = charger_id
        self.nameplate = nameplate or Nameplate()
        self.traits = traits or Traits()
        self.clock = clock or Clock()
        self.configuration = Configuration(standard_keys(len(connectors), self.traits.lacks))
        self.counters = counters or Counters()
        self.outbox = Outbox()
        self.acknowledged: deque[Acknowledged] = deque(maxlen=keep_acknowledged)
        self.listeners: list[Listener] = []
        self.acted: list[Acted] = []
        self.recent: deque[str] = deque(maxlen=_LOG_LINES)  #: its own log, newest last
        self.rebooting = False
        self._rng = random.Random(f"{seed}/{charger_id}")
        self._watch = Watch()
        self._group: asyncio.TaskGroup | None = None
        self._task: asyncio.Task[None] | None = None
        self.bend = Bend(self, quirks, f"{seed}/{charger_id}")
        self._assemble(connectors)
        address = Address(url, charger_id, password, tls)
        self._line = Line(address, self, self.outbox, self.schedule, self.counters, self._rng, self.bend, trace)
        self.access = Access(self.configuration, self.certificates, self._line)

    def _assemble(self, connectors: Sequence[Rating]) -> None:
        """The parts, each with what it needs of the others."""
        self.schedule = Schedule(self.clock)
        self.board = Board(connectors, self.schedule, self.outbox, self.emit)
        self.authority = Authority(self.configuration)
        self.reservations = Reservations(self.board, self.schedule, self.authority)
        self.metering = Metering(self.board, self.outbox, self.schedule, self.configuration, self._rng)
        self.sessions = Sessions(
            self.board,
            self.outbox,
            self.schedule,
            self.configuration,
            self._rng,
            self.emit,
            self.authority,
            self.reservations,
            self.metering,
            self.traits.finishing_s,
        )
        self.load = Load(self.board, self.schedule)
        self.sessions.changed = self.load.session_changed
        self.certificates = Certificates()
        self.security = SecurityEvents(self.board, self.outbox, Profile.SECURITY not in self.traits.lacks)
        self.firmware = Firmware(self)
        self.diagnostics = Diagnostics(self)

    async def run(self) -> None:
        """Live until cancelled."""
        try:
            async with asyncio.TaskGroup() as self._group:
                await self._line.run()
        finally:
            self._group = None
            self.schedule.clear()

    def spawn(self, work: Coroutine[Any, Any, None], name: str) -> asyncio.Task[None] | None:
        """Work that ends with the life of the charge point; None when it does not live."""
        if self._group is None:
            work.close()
            return None
        return self._group.create_task(work, name=f"{self.charger_id} {name}")

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
        for connector in self.board:
            self.board.settle(connector)

    # what people do to the box itself

    def drop_line(self, seconds: float) -> None:
        """The line goes dead without a word; the next try is `seconds` later."""
        self._line.drop(seconds)

    def reset(self, *, hard: bool = False) -> None:
        """Sessions end, the line closes, `traits.reboot_s` later it boots. Soft delivers what it has before it goes."""
        if self.rebooting:
            return
        self.rebooting = True
        self.emit(Kind.REBOOT, 0, "Hard" if hard else "Soft")
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
        self.notify("DataTransfer", payload)

    def notify(self, action: str, payload: Payload) -> None:
        """Tell the CSMS; lost when there is no line."""
        if self.registered:
            self.outbox.put(action, payload)

    def log(self, text: str) -> None:
        """A line in its own log."""
        self.recent.append(f"{messages.utc(wall_ms())} {text}")

    @property
    def tls(self) -> ssl.SSLContext | None:
        return self._line.address.tls

    def tell_act(self, control: str, values: Mapping[str, str], refusal: str) -> None:
        """Somebody has used a control; `refusal` is empty when it was done."""
        for acted in self.acted:
            acted(control, values, refusal)

    def _power_cycle(self) -> None:
        """What does not survive a reboot: troubles (the self test passes), waiting tags, limits."""
        self.configuration.boot()
        for connector in (self.main, *self.connectors.values()):
            self.sessions.forget(connector)
            connector.finishing, connector.installing, connector.limit_w = False, False, None
            connector.lock_broken = False
            self.board.clear(connector)
            self.board.settle(connector)

    # what the CSMS asks for: called by `operations`

    def configuration_changed(self, name: str) -> None:
        """New values count at once."""
        match name.lower():
            case "heartbeatinterval":
                self._arm_heartbeat(self.configuration.number("HeartbeatInterval"))
            case "metervaluesampleinterval":
                self.metering.interval_changed()
            case "clockaligneddatainterval":
                self.metering.arm_clock()
            case "minimumstatusduration":
                self.board.steady_s = self.configuration.number("MinimumStatusDuration")
            case "authorizationkey":
                self.security.note("ReconfigurationOfSecurityParameters", "AuthorizationKey")
                self.access.password_changed()
            case "securityprofile":
                self.security.note("ReconfigurationOfSecurityParameters", "SecurityProfile")
                self.access.profile_changed()

    def boot_again(self) -> None:
        """BootNotification on demand; while the last one was not accepted, at once."""
        if self.registered:
            self.outbox.put("BootNotification", self.boot_payload(), on_answer=self._booted_again)
        else:
            self._line.boot_now()

    def _booted_again(self, answer: Answer) -> None:
        interval_s = answer.payload.get("interval")
        if answer.payload.get("status") == "Accepted" and isinstance(interval_s, int) and interval_s > 0:
            self.configuration.set("HeartbeatInterval", str(interval_s))
            self._arm_heartbeat(interval_s)

    # what the line asks for

    def boot_payload(self) -> Payload:
        return messages.boot(self.nameplate)

    def registered_now(self, interval_s: int, booted: bool) -> None:
        self.rebooting = False
        if interval_s:
            self.configuration.set("HeartbeatInterval", str(interval_s))
        self.board.go_live(booted)
        self._arm_heartbeat(self._rng.random() * self.configuration.number("HeartbeatInterval"))
        self.metering.arm_clock()
        self.security.tell()
        self.emit(Kind.REGISTERED, 0, "booted" if booted else "resumed")
        if booted:
            self.firmware.booted()

    def line_changed(self, up: bool, reason: str) -> None:
        self.board.go_dark()
        if not up and self.rebooting:
            self._power_cycle()
        self.emit(Kind.LINE_UP if up else Kind.LINE_DOWN, 0, reason)

    def dial_failed(self, reason: str) -> None:
        self.emit(Kind.DIAL_FAILED, 0, reason)

    def boot_refused(self, verdict: str) -> None:
        self.emit(Kind.BOOT_REFUSED, 0, verdict)

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
    def ping_interval_s(self) -> float | None:
        seconds = self.configuration.number("WebSocketPingInterval")
        return self.clock.real(seconds) if seconds else None

    @property
    def retry(self) -> tuple[int, int]:
        number = self.configuration.number
        return number("TransactionMessageAttempts"), number("TransactionMessageRetryInterval")

    async def answer(self, action: str, payload: Payload) -> Reply:
        shortest, longest = self.traits.answer_delay_s
        if longest:
            await self.clock.sleep(self._rng.uniform(shortest, longest))
        reply = await operations.answer(self, action, payload)
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

    def emit(self, kind: Kind, connector_id: int, detail: str = "") -> None:
        """Tell everybody who listens what has happened."""
        happening = Happening(wall_ms(), self.charger_id, kind, connector_id, detail)
        self.log(f"connector {connector_id}: {kind} {detail}".rstrip())
        for listener in self.listeners:
            listener(happening)
        self._watch.changed()
