"""The life of the connection: dial with back-off, boot, deliver the outbox, go away, come back."""

from __future__ import annotations

import asyncio
import base64
import random
import ssl
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any, Protocol
from urllib.parse import quote

from websockets.asyncio.client import ClientConnection
from websockets.exceptions import InvalidHandshake, InvalidURI
from websockets.typing import Subprotocol

from simulator.clock import Clock, Schedule
from simulator.dialling import NO_SUBPROTOCOL, why
from simulator.link import Answer, LineDown, Link, Reply, Trace
from simulator.outbox import Entry, Outbox
from simulator.quirks.bend import Bend
from simulator.quirks.dial import dial
from simulator.statistics import Counters
from simulator.traits import Traits
from simulator.wire import Wire
from simulator.words import Payload

SUBPROTOCOL = Subprotocol("ocpp1.6")
CALL_TIMEOUT_S = 30.0
BOOT_RETRY_S = 10.0  #: when the CSMS answers a boot with no usable interval, or not at all
LEAVE_S = 5.0  #: a soft reset waits at most this long for transaction messages to be answered


@dataclass(frozen=True, slots=True)
class Address:
    """Where to dial: the charge point's id is appended to `url` as its last segment."""

    url: str
    charger_id: str
    password: str | bytes | None = None
    tls: ssl.SSLContext | None = None  #: for wss://; None: trust what the machine trusts

    @property
    def endpoint(self) -> str:
        return f"{self.url.rstrip('/')}/{quote(self.charger_id, safe='')}"

    @property
    def security(self) -> ssl.SSLContext | None:
        if not self.url.startswith("wss:"):
            return None
        return self.tls or ssl.create_default_context()

    @property
    def headers(self) -> dict[str, str]:
        if self.password is None:
            return {}
        secret = self.password.encode() if isinstance(self.password, str) else self.password
        return {"Authorization": "Basic " + base64.b64encode(self.charger_id.encode() + b":" + secret).decode()}


class Owner(Protocol):
    """The charge point, as its line sees it."""

    @property
    def traits(self) -> Traits: ...
    def boot_payload(self) -> Payload: ...
    def registered_now(self, interval_s: int, booted: bool) -> None:
        """The CSMS will take our messages; `booted` False: it knew us already. `interval_s` 0: none was told."""

    def line_changed(self, up: bool, reason: str) -> None: ...
    def dial_failed(self, reason: str) -> None: ...
    def boot_refused(self, verdict: str) -> None: ...
    def delivered(self, entry: Entry, answer: Answer) -> None: ...
    async def answer(self, action: str, payload: Payload) -> Reply: ...
    @property
    def ping_interval_s(self) -> float | None: ...
    @property
    def retry(self) -> tuple[int, int]:
        """How often a refused transaction message is tried, and the seconds between (growing with each try)."""


class Line:
    """Dials until it is cancelled."""

    def __init__(
        self,
        address: Address,
        owner: Owner,
        outbox: Outbox,
        schedule: Schedule,
        counters: Counters,
        rng: random.Random,
        bend: Bend,
        trace: Trace | None = None,
    ) -> None:
        self.registration = ""  #: Accepted, Pending, Rejected; empty = must boot
        self.connected = False
        self.last_error = ""
        self.address, self._owner, self._outbox = address, owner, outbox
        self._schedule, self._counters, self._rng = schedule, counters, rng
        self._bend, self._trace = bend, trace
        self._connection: ClientConnection | None = None
        self._failures = 0
        self._away_s = 0.0
        self._leaving = False
        self._redial = False
        self._boot_due = False

    @property
    def is_registered(self) -> bool:
        return self.connected and self.registration == "Accepted"

    @property
    def _clock(self) -> Clock:
        return self._schedule.clock

    def drop(self, away_s: float) -> None:
        """Cut the line without a word and stay away."""
        self._away_s = away_s
        self._abort()

    def restart(self, away_s: float, *, hard: bool) -> None:
        """Reboot: hard cuts the line at once, soft delivers what it has and closes. Boots when it is back."""
        self._away_s, self._leaving = away_s, True
        if hard:
            self._abort()
        else:
            self._schedule.after("leave", LEAVE_S, self._abort)
            self._outbox.wake.set()

    def redial(self) -> None:
        """Deliver what waits, hang up and come back, without a boot: the address is another one."""
        self._redial = True
        self._outbox.wake.set()

    def boot_now(self) -> None:
        """Do not wait for the interval that the CSMS named when it did not accept the last boot."""
        self._boot_due = True
        self._outbox.wake.set()

    async def run(self) -> None:
        while True:
            try:
                await self._connect_and_serve()
            except (OSError, InvalidHandshake, InvalidURI, TimeoutError) as error:
                self.last_error = why(error)
                self._owner.dial_failed(self.last_error)
            self._failures += 1
            if self._leaving or self._owner.traits.boots_again:
                self.registration = ""
            self._leaving = self._redial = False
            await self._clock.sleep(self._pause())

    async def _connect_and_serve(self) -> None:
        usual = {
            "uri": self.address.endpoint,
            "subprotocols": [SUBPROTOCOL],
            "additional_headers": self.address.headers,
            "ssl": self.address.security,
            "user_agent_header": None,
            "compression": None,
            "proxy": None,
            "open_timeout": 10,
            "close_timeout": 1,
            "ping_interval": self._owner.ping_interval_s,
        }
        async with await dial(self._bend.handshake, self.address.charger_id, usual) as connection:
            self._connection, self.connected = connection, True
            self._counters.connects += 1
            self._owner.line_changed(True, "" if connection.subprotocol else NO_SUBPROTOCOL)
            try:
                await self._serve(connection)
            except asyncio.CancelledError:
                await connection.close(1001)  # it is switched off; 1011, as the library would say, is a fault
                raise
            finally:
                self._connection, self.connected = None, False
                self._schedule.cancel("leave")
                self._outbox.line_down()
                self._owner.line_changed(False, self.last_error)

    async def _serve(self, connection: ClientConnection) -> None:
        """Read and talk at the same time until the line goes down."""
        try:
            async with asyncio.TaskGroup() as group:

                def spawn(work: Coroutine[Any, Any, None]) -> None:
                    group.create_task(work, name=f"{self.address.charger_id} answer")

                wire = Wire(connection, self._bend, self._trace, spawn)
                link = Link(wire, self._owner.answer, self._counters)
                self._bend.linked(wire, link.resolve)
                group.create_task(self._talk(link), name=f"{self.address.charger_id} talk")
                await link.read(spawn)
        except* LineDown as gone:
            self.last_error = str(gone.exceptions[0])
        # Before Python 3.13 a task group that is ending because of an error forgets that it was cancelled meanwhile.
        task = asyncio.current_task()
        if task is not None and task.cancelling():
            raise asyncio.CancelledError

    async def _talk(self, link: Link) -> None:
        booted = self.registration != "Accepted"
        interval_s = await self._boot(link) if booted else 0
        self._failures = 0
        self._owner.registered_now(interval_s, booted)
        while True:
            entry = self._outbox.next(self._clock.time())
            if entry is not None:
                await self._deliver(link, entry)
            elif self._leaving or self._redial:
                await self._close()
            else:
                self._outbox.wake.clear()
                await self._outbox.wake.wait()

    async def _boot(self, link: Link) -> int:
        """Ask until we are accepted; the heartbeat interval we were told, s."""
        while True:
            wait_s = BOOT_RETRY_S
            try:
                answer = await link.call("BootNotification", self._owner.boot_payload(), CALL_TIMEOUT_S)
            except TimeoutError:
                answer = Answer({}, "no answer")
            told = answer.payload.get("interval")
            interval_s = told if isinstance(told, int) and told > 0 else 0
            self.registration = str(answer.payload.get("status", ""))
            if self.registration == "Accepted":
                self._counters.boots += 1
                return interval_s
            self._owner.boot_refused(self.registration or answer.error_code)
            await self._wait_for_boot(link, interval_s or wait_s)

    async def _wait_for_boot(self, link: Link, seconds: float) -> None:
        """Say only what was asked for, until it is time to boot again."""
        self._boot_due = False
        self._schedule.after("boot", seconds, self.boot_now)
        while not self._boot_due:
            entry = self._outbox.next_passing()
            if entry is not None:
                await self._deliver(link, entry)
            else:
                self._outbox.wake.clear()
                await self._outbox.wake.wait()

    async def _deliver(self, link: Link, entry: Entry) -> None:
        try:
            answer = await link.call(entry.action, entry.ready_payload(), CALL_TIMEOUT_S)
        except TimeoutError:
            # The CSMS may have lost it or be late: a transaction message is asked again for ever, the rest is not.
            if entry.is_kept:
                self._postpone(entry, self._owner.retry[1])
                return
            answer = Answer({}, "no answer")
        if answer.error_code == "SecurityError" and self.registration == "Accepted":
            self.registration = ""  # it has forgotten us
            self._owner.registered_now(await self._boot(link), True)
            return
        if entry.is_kept and not answer.ok:
            attempts, interval_s = self._owner.retry
            entry.attempts += 1
            if entry.attempts < attempts:
                self._postpone(entry, interval_s * entry.attempts)
                return
            self._counters.discarded += 1
        self._outbox.done(entry)
        self._owner.delivered(entry, answer)

    def _postpone(self, entry: Entry, seconds: float) -> None:
        entry.not_before = self._clock.time() + seconds
        self._schedule.after("retry", seconds + 0.01, self._outbox.wake.set)

    async def _close(self) -> None:
        if self._connection is not None:
            await self._connection.close(1001, "reset")
        raise LineDown("reset")

    def _abort(self) -> None:
        if self._connection is not None:
            self._connection.transport.abort()

    def _pause(self) -> float:
        """Seconds until the next try: what we were told to stay away, else a back-off that doubles."""
        away_s, self._away_s = self._away_s, 0.0
        first, longest = self._owner.traits.back_off_s
        back_off = min(longest, first * 2 ** min(self._failures - 1, 16)) * self._rng.uniform(0.75, 1.25)
        return away_s or back_off
