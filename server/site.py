"""Composition root: joins the rooms into one site, and is the narrow door for console and api.

Rooms are imported inside `open_site`, so that a terminal can paint before the server is loaded.
"""

from __future__ import annotations

import asyncio
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
from server.history import SiteHistory
from server.model import guards
from server.model.charger import Charger
from server.model.command import Command, Operation
from server.model.connection import ConnectionAttempt
from server.model.deviation import Deviation
from server.model.event import Event, EventKind
from server.model.fault import Fault
from server.model.health import Health, Totals
from server.model.log import Level
from server.model.options import OptionChange
from server.model.tag import IdTag
from server.outlets.logs import keep_off_the_terminal, log_to_stderr, logging_to
from server.outlets.loop import LoopTrouble
from server.outlets.news import News
from server.preparing import api_token, drop_of, policy_of, reachable, signing, start_of_day, with_first_ids
from server.upkeep import upkeep

if TYPE_CHECKING:
    from server.api.door import OnTerminal
    from server.api.drop import Drop
    from server.links.listener import Listener
    from server.operations.desk import Desk
    from server.store.store import Retention, Store

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


def now_ms() -> int:
    """Wall clock in ms since the epoch, UTC. The only clock the rooms are given."""
    return time.time_ns() // 1_000_000


class Site(SiteHistory):
    """The whole server as console and api see it; implements `server.core.ports.Depot`.

    Everything without `async` is live state on the loop: read it, never write it.
    """

    def __init__(
        self, config: Config, core: Core, store: Store, listener: Listener, desk: Desk, health: Health, drop: Drop
    ) -> None:
        super().__init__(core, store, desk)
        self._config = config
        self._listener = listener
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

    def listen(self, listener: Callable[[Event], None], *kinds: EventKind) -> Callable[[], None]:
        return self._core.bus.listen(listener, *kinds)

    def open_faults(self) -> list[Fault]:
        return self._core.fleet.open_faults()

    def find_charger(self, charger_id: str) -> Charger | None:
        return self._core.fleet.find(charger_id)

    @property
    def connections(self) -> Sequence[ConnectionAttempt]:
        return self._core.doctor.attempts

    @property
    def access(self) -> SiteAccess:
        return self._access

    @property
    def drop(self) -> Drop:
        return self._drop

    # operations

    def actions(self) -> list[str]:
        return self._listener.links.actions()

    def parse_operation(self, action: str, payload: dict[str, object]) -> Operation:
        return self._listener.links.parse(action, payload)

    def why_not(self, charger_id: str, operation: Operation) -> str | None:
        charger, highest = self._core.fleet.chargers[charger_id], self._config.security.highest_profile
        return guards.why_not(charger, self._drop.shown(operation), highest)

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


@asynccontextmanager
async def open_site(config: Config, on_terminal: OnTerminal | None = None) -> AsyncIterator[Site]:
    """Open database, core, desk, API and links, in this order; close them in the opposite one.

    Raises `CannotStart` with a sentence that says what to do.
    """
    from server.links.listener import Listener
    from server.operations.desk import Desk
    from server.operations.prompting import Prompter
    from server.store.store import Store

    health = Health(started_at=now_ms())
    asyncio.get_running_loop().set_exception_handler(LoopTrouble())
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(config.store.path, health, _retention(config)))
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
            highest_profile=config.security.highest_profile,
        )
        listener.links.on_late = desk.answered_late
        await stack.enter_async_context(desk)
        stack.callback(Prompter(desk.submit, core.bus).close)
        await stack.enter_async_context(signing(config, core, desk.submit))
        drop = drop_of(config, core, now_ms, lambda: site.flush())
        site = Site(config, core, store, listener, desk, health, drop)
        await stack.enter_async_context(drop)
        await _open_doors(stack, site, listener, on_terminal)
        await stack.enter_async_context(upkeep(core, health, now_ms))
        yield site


def _retention(config: Config) -> Retention:
    from server.store.store import Retention

    store = config.store
    return Retention(store.retention_frames_days, store.retention_meter_values_days, store.retention_events_days)


async def _open_doors(stack: AsyncExitStack, site: Site, listener: Listener, on_terminal: OnTerminal | None) -> None:
    """Let people and programs in, then chargers; `Health` tells where."""
    from server.api.door import Door

    config, health = site.config, site.health
    door = Door(site, config.socket, config.api.port, api_token(config), on_terminal, _exposition)
    await stack.enter_async_context(door)
    if door.port is not None:
        health.api_url = f"http://127.0.0.1:{door.port}"
    await stack.enter_async_context(listener)
    host = reachable(listener.host)
    health.ocpp_url = f"ws://{host}:{listener.port}"
    if listener.tls_port is not None:
        health.ocpps_url = f"wss://{await listener.tls_host(host)}:{listener.tls_port}"
    stack.enter_context(logging_to(site.log))
    told = " and ".join(filter(None, (health.ocpp_url, health.ocpps_url)))
    site.log.add(site.now(), Level.INFO, "", "", "site", "accepting chargers on %s", (told,))


def _exposition(depot: Depot) -> bytes:
    from server.outlets.metrics import exposition  # with the first scrape, not before

    return exposition(depot)
