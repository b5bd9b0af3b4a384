"""Composition root: joins the rooms into one site, and is the narrow door for console and api.

Rooms are imported inside `open_site`, so that a terminal can paint before the server is loaded.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from server import quirks
from server.access import SiteAccess
from server.config import Config
from server.core.core import Core
from server.core.logring import LogRing
from server.core.ports import CannotStart, Depot, InvalidPayload
from server.core.tasks import TaskOwner
from server.model import guards
from server.model.certificate import CertificateRequest
from server.model.charger import Charger
from server.model.command import Command, Operation
from server.model.connection import ConnectionAttempt
from server.model.deviation import Deviation
from server.model.event import Event
from server.model.fault import Fault
from server.model.health import Health, Totals
from server.model.job import Job
from server.model.log import Frame, Level
from server.model.options import OptionChange
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.tag import IdTag
from server.model.transaction import Transaction
from server.outlets.logs import LOGGER, RingHandler, keep_off_the_terminal, log_to_stderr
from server.outlets.loop import LoopTrouble
from server.outlets.news import News
from server.preparing import api_token, drop_of, policy_of, reachable, signing, start_of_day, with_first_ids

if TYPE_CHECKING:
    from server.api.door import OnTerminal
    from server.api.drop import Drop
    from server.links.listener import Listener
    from server.operations.desk import Desk
    from server.store.store import Store

#: With these the console enters: everything else of the server stays behind the door.
__all__ = [
    "CannotStart",
    "InvalidPayload",
    "News",
    "Site",
    "TaskOwner",
    "keep_off_the_terminal",
    "log_to_stderr",
    "open_site",
]

LAG_PROBE_S = 0.05
REVIEW_S = 15.0  #: between two looks at what only time tells
LAG_WINDOW_S = 5.0


def now_ms() -> int:
    """Wall clock in ms since the epoch, UTC. The only clock the rooms are given."""
    return time.time_ns() // 1_000_000


class Site:
    """The whole server as console and api see it; implements `server.core.ports.Depot`.

    Everything without `async` is live state on the loop: read it, never write it.
    """

    def __init__(
        self, config: Config, core: Core, store: Store, listener: Listener, desk: Desk, health: Health, drop: Drop
    ) -> None:
        self._config = config
        self._core = core
        self._store = store
        self._listener = listener
        self._desk = desk
        self._access = SiteAccess(core, listener.links, self.execute, self.flush, self.now)
        self._health = health
        self._drop = drop

    def now(self) -> int:
        return now_ms()

    @property
    def config(self) -> Config:
        return self._config

    async def reload_certificate(self) -> bool:
        """Read the TLS certificate anew; False when there is none, or it cannot be used and the old one stays."""
        return await self._listener.reload_certificate()

    @property
    def chargers(self) -> Mapping[str, Charger]:
        return self._core.fleet.chargers

    @property
    def log(self) -> LogRing:
        return self._core.log

    @property
    def commands(self) -> Sequence[Command]:
        return self._desk.commands

    @property
    def totals(self) -> Totals:
        return self._core.fleet.totals()

    @property
    def health(self) -> Health:
        return self._health

    def listen(self, listener: Callable[[Event], None]) -> Callable[[], None]:
        return self._core.bus.listen(listener)

    def open_faults(self) -> list[Fault]:
        return self._core.fleet.open_faults()

    def find_charger(self, charger_id: str) -> Charger | None:
        return self._core.fleet.find(charger_id)

    # operations

    def actions(self) -> list[str]:
        return self._listener.links.actions()

    def parse_operation(self, action: str, payload: dict[str, object]) -> Operation:
        return self._listener.links.parse(action, payload)

    def why_not(self, charger_id: str, operation: Operation) -> str | None:
        return guards.why_not(self._core.fleet.chargers[charger_id], self._drop.shown(operation))

    def preview(self, charger_id: str, operation: Operation) -> str:
        return self._listener.links.preview(charger_id, self._drop.shown(operation))

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        operation, place = self._drop.fill(charger_id, operation)
        command = self._desk.submit(charger_id, operation, operator)
        self._drop.told(place, command)
        return command

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        command = self.submit(charger_id, operation, operator)
        await self._desk.wait(command, wait)
        return command

    def adopt(self, charger_id: str, operator: str) -> None:
        charger = self._core.fleet.chargers[charger_id]
        self._core.adopt(charger, self.now())
        # A charger that waits boots again by itself; dropping the link makes it do so at once.
        self._listener.links.disconnect(charger_id, f"adopted by {operator}: come back")

    def acknowledge(self, fault_id: int, operator: str, note: str = "") -> Fault | None:
        for fault in self._core.fleet.open_faults():
            if fault.fault_id == fault_id:
                self._core.acknowledge(fault, operator, note, self.now())
                return fault
        return None

    # what is peculiar about chargers

    def deviations(self, charger_id: str = "", limit: int = 1_000) -> list[Deviation]:
        return self._core.peculiar.ledger.lines(charger_id, limit)

    def change_options(self, charger_id: str, changes: Sequence[OptionChange], operator: str) -> None:
        self._core.peculiar.change_options(self._core.fleet.chargers[charger_id], changes, operator, self.now())

    # tags

    def tags(self) -> list[IdTag]:
        return self._core.fleet.tags()

    def find_tag(self, id_tag: str) -> IdTag | None:
        return self._core.fleet.find_tag(id_tag)

    def put_tag(self, tag: IdTag) -> None:
        self._core.put_tag(tag, self.now())

    def remove_tag(self, id_tag: str) -> bool:
        return self._core.remove_tag(id_tag, self.now())

    # history

    async def find_faults(self, charger_id: str = "", open_only: bool = False, limit: int = 200) -> list[Fault]:
        if open_only:  # the live state knows more than the disk
            return [f for f in self.open_faults() if not charger_id or f.charger_id == charger_id][:limit]
        return await self._store.find_faults(charger_id, open_only, limit)

    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        """Newest first. Open ones carry their live energy."""
        found = await self._store.find_transactions(state, charger_id, limit, before)
        live = {t.transaction_id: t for c in self.chargers.values() for t in c.open_transactions()}
        return [live.get(t.transaction_id, t) for t in found]

    async def find_frames(
        self,
        charger_id: str = "",
        action: str = "",
        direction: str = "",
        since: int | None = None,
        limit: int = 100,
        until: int | None = None,
    ) -> list[tuple[int, Frame]]:
        return await self._store.find_frames(charger_id, action, direction, since, limit, until)

    async def find_commands(self, charger_id: str = "", limit: int = 100) -> list[Command]:
        return await self._store.find_commands(charger_id, limit)

    @property
    def access(self) -> SiteAccess:
        return self._access

    @property
    def connections(self) -> Sequence[ConnectionAttempt]:
        return self._core.doctor.attempts

    async def find_connections(self, charger_id: str = "", limit: int = 100) -> list[ConnectionAttempt]:
        """Newest first; those at hand are as they are now."""
        wanted = charger_id.casefold()
        live = [a for a in self.connections if not wanted or a.charger_id.casefold() == wanted]
        if len(live) >= limit:
            return live[:limit]
        known = {a.attempt_id for a in live}
        older = [a for a in await self._store.find_connections(charger_id, limit) if a.attempt_id not in known]
        return [*live, *older][:limit]

    @property
    def drop(self) -> Drop:
        return self._drop

    async def find_jobs(self, charger_id: str = "", limit: int = 100) -> list[Job]:
        """Newest first; those at hand are as they are now."""
        live = {job.job_id: job for job in self._core.jobs.of(charger_id)}
        stored = {job.job_id: job for job in await self._store.find_jobs(charger_id, limit)}
        return [job for _, job in sorted((stored | live).items(), reverse=True)][:limit]

    async def find_reservations(self, charger_id: str = "", limit: int = 100) -> list[Reservation]:
        """Newest first. What ended is on the disk alone: what changed just now must be there before it is read."""
        await self.flush()
        return await self._store.find_reservations(charger_id, limit)

    async def find_security_events(self, charger_id: str = "", limit: int = 100) -> list[tuple[int, SecurityEvent]]:
        return await self._store.find_security_events(charger_id, limit)

    async def find_certificate_requests(self, charger_id: str = "", limit: int = 100) -> list[CertificateRequest]:
        return await self._store.find_certificate_requests(charger_id, limit)

    async def find_command(self, command_id: int) -> Command | None:
        for command in reversed(self._desk.commands):
            if command.command_id == command_id:
                return command
        return await self._store.find_command(command_id)

    async def flush(self) -> bool:
        durable = asyncio.get_running_loop().create_future()

        def done(ok: bool) -> None:
            if not durable.done():
                durable.set_result(ok)

        self._store.after_commit(done)
        return bool(await durable)


@asynccontextmanager
async def open_site(config: Config, on_terminal: OnTerminal | None = None) -> AsyncIterator[Site]:
    """Open database, core, desk, API and links, in this order; close them in the opposite one.

    Raises `CannotStart` with a sentence that says what to do.
    """
    from server.api.door import Door
    from server.links.listener import Listener
    from server.operations.desk import Desk
    from server.operations.prompting import Prompter
    from server.store.store import Retention, Store

    retention = Retention(
        config.store.retention_frames_days,
        config.store.retention_meter_values_days,
        config.store.retention_events_days,
    )
    health = Health(started_at=now_ms())
    asyncio.get_running_loop().set_exception_handler(LoopTrouble())
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(config.store.path, health, retention))
        snapshot = await store.load(start_of_day(now_ms()))
        core = Core(policy_of(config), with_first_ids(snapshot), quirks=quirks.load())
        core.bus.listen(store.on_event)
        listener = Listener(config.ocpp, core, store, health, security=config.security)
        desk = Desk(
            listener.links,
            core.fleet.chargers,
            core.bus,
            core.log,
            now_ms,
            next_id=snapshot.last_command_id + 1,
            call_timeout=config.ocpp.call_timeout,
            restored=snapshot.commands,
            on_reboot_needed=lambda charger_id: core.need_reboot(charger_id, now_ms()),
            on_answer=lambda command, state: core.command_answered(command, state, now_ms()),
        )
        listener.links.on_late = desk.answered_late
        await stack.enter_async_context(desk)
        stack.callback(Prompter(desk.submit, core.bus).close)
        await stack.enter_async_context(signing(config, core, desk.submit))
        drop = drop_of(config, core, now_ms, lambda: site.flush())
        site = Site(config, core, store, listener, desk, health, drop)
        await stack.enter_async_context(drop)
        door = Door(site, config.socket, config.api.port, api_token(config), on_terminal, _exposition)
        await stack.enter_async_context(door)
        if door.port is not None:
            health.api_url = f"http://127.0.0.1:{door.port}"
        await stack.enter_async_context(listener)
        health.ocpp_url = f"ws://{reachable(listener.host)}:{listener.port}"
        if listener.tls_port is not None:
            health.ocpps_url = f"wss://{await listener.tls_host(reachable(listener.host))}:{listener.tls_port}"
        ring = RingHandler(core.log, asyncio.get_running_loop())
        logging.getLogger(LOGGER).addHandler(ring)
        stack.callback(logging.getLogger(LOGGER).removeHandler, ring)
        owner = TaskOwner("site")
        stack.push_async_callback(owner.close)
        owner.spawn(_watch_lag(health), "loop lag")
        owner.spawn(_review(core), "review")
        doors = " and ".join(filter(None, (health.ocpp_url, health.ocpps_url)))
        core.log.add(now_ms(), Level.INFO, "", "", "site", "accepting chargers on %s", (doors,))
        yield site


def _exposition(depot: Depot) -> bytes:
    from server.outlets.metrics import exposition  # with the first scrape, not before

    return exposition(depot)


async def _review(core: Core) -> None:
    while True:
        await asyncio.sleep(REVIEW_S)
        core.review(now_ms())


async def _watch_lag(health: Health) -> None:
    """Keep `health.loop_lag_ms`: the longest delay of this loop in the last seconds."""
    loop = asyncio.get_running_loop()
    worst, older, window_ends = 0.0, 0.0, loop.time() + LAG_WINDOW_S
    while True:
        due = loop.time() + LAG_PROBE_S
        await asyncio.sleep(LAG_PROBE_S)
        worst = max(worst, (loop.time() - due) * 1000)
        health.loop_lag_ms = max(worst, older)
        if loop.time() >= window_ends:
            worst, older, window_ends = 0.0, worst, loop.time() + LAG_WINDOW_S
