"""Composition root: joins the rooms into one site, and is the narrow door for console and api.

Rooms are imported inside `open_site`, so that a terminal can paint before the server is loaded.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import secrets
import socket
import time
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from typing import TYPE_CHECKING

from server.config import Config
from server.core.core import Core, Policy
from server.core.logring import LogRing
from server.core.ports import CannotStart, Depot
from server.core.tasks import TaskOwner
from server.model import guards
from server.model.charger import Charger
from server.model.command import Command, Operation
from server.model.event import Event
from server.model.fault import Fault
from server.model.health import Health, Totals
from server.model.log import Frame, Level
from server.model.snapshot import Snapshot
from server.model.tag import IdTag
from server.model.transaction import Transaction
from server.outlets.logs import LOGGER, RingHandler, keep_off_the_terminal, log_to_stderr

if TYPE_CHECKING:
    from server.api.door import OnTerminal
    from server.links.listener import Listener
    from server.operations.desk import Desk
    from server.store.store import Store

#: With these the console enters: everything else of the server stays behind the door.
__all__ = ["CannotStart", "Site", "TaskOwner", "keep_off_the_terminal", "log_to_stderr", "open_site"]

LAG_PROBE_S = 0.05
LAG_WINDOW_S = 5.0


def now_ms() -> int:
    """Wall clock in ms since the epoch, UTC. The only clock the rooms are given."""
    return time.time_ns() // 1_000_000


class Site:
    """The whole server as console and api see it; implements `server.core.ports.Depot`.

    Everything without `async` is live state on the loop: read it, never write it.
    """

    def __init__(
        self, config: Config, core: Core, store: Store, listener: Listener, desk: Desk, health: Health
    ) -> None:
        self._config = config
        self._core = core
        self._store = store
        self._listener = listener
        self._desk = desk
        self._health = health

    def now(self) -> int:
        return now_ms()

    @property
    def config(self) -> Config:
        return self._config

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
        return guards.why_not(self._core.fleet.chargers[charger_id], operation)

    def preview(self, charger_id: str, operation: Operation) -> str:
        return self._listener.links.preview(charger_id, operation)

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        return self._desk.submit(charger_id, operation, operator)

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        command = self._desk.submit(charger_id, operation, operator)
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
        self, charger_id: str = "", action: str = "", direction: str = "", since: int | None = None, limit: int = 100
    ) -> list[tuple[int, Frame]]:
        return await self._store.find_frames(charger_id, action, direction, since, limit)

    async def find_commands(self, charger_id: str = "", limit: int = 100) -> list[Command]:
        return await self._store.find_commands(charger_id, limit)

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
    from server.store.store import Retention, Store

    retention = Retention(config.store.retention_frames_days, config.store.retention_meter_values_days)
    health = Health(started_at=now_ms())
    async with AsyncExitStack() as stack:
        store = await stack.enter_async_context(Store.open(config.store.path, health, retention))
        snapshot = await store.load(start_of_day(now_ms()))
        core = Core(_policy(config), _first_ids(snapshot))
        core.bus.listen(store.on_event)
        listener = Listener(config.ocpp, core, store, health)
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
        )
        listener.links.on_late = desk.answered_late
        await stack.enter_async_context(desk)
        site = Site(config, core, store, listener, desk, health)
        door = Door(site, config.socket, config.api.port, _api_token(config), on_terminal, _exposition)
        await stack.enter_async_context(door)
        if door.port is not None:
            health.api_url = f"http://127.0.0.1:{door.port}"
        await stack.enter_async_context(listener)
        health.ocpp_url = f"ws://{_reachable(listener.host)}:{listener.port}"
        ring = RingHandler(core.log, asyncio.get_running_loop())
        logging.getLogger(LOGGER).addHandler(ring)
        stack.callback(logging.getLogger(LOGGER).removeHandler, ring)
        owner = TaskOwner("site")
        stack.push_async_callback(owner.close)
        owner.spawn(_watch_lag(health), "loop lag")
        core.log.add(now_ms(), Level.INFO, "", "", "site", "accepting chargers on %s", (health.ocpp_url,))
        yield site


def _policy(config: Config) -> Policy:
    return Policy(
        unknown_chargers=config.ocpp.unknown_chargers,
        accept_unknown_tags=config.tags.unknown == "accept",
        heartbeat_s=config.ocpp.heartbeat_interval,
        offline_after_s=config.ocpp.offline_after,
    )


def _first_ids(snapshot: Snapshot) -> Snapshot:
    """A new database starts its transaction ids at a random place: a charger that still holds an id of the database
    before must not hit one of ours (reliability T5)."""
    if snapshot.last_transaction_id == 0:
        snapshot.last_transaction_id = 100 + secrets.randbelow(9_000)
    return snapshot


def _exposition(depot: Depot) -> bytes:
    from server.outlets.metrics import exposition  # with the first scrape, not before

    return exposition(depot)


def _reachable(host: str) -> str:
    """The address to type into a charger: where we listen on all, the one that leads to the outside."""
    if host not in ("", "0.0.0.0", "::"):
        return host
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # sends nothing: it only asks the routing table
            return str(probe.getsockname()[0])
        except OSError:
            return "127.0.0.1"


def _api_token(config: Config) -> str:
    """The token for TCP: the configured one, else one made once and kept beside the database, readable by us alone."""
    if config.api.token or config.api.port is None:
        return config.api.token
    path = config.store.path.with_suffix(".token")
    with contextlib.suppress(FileNotFoundError):
        if kept := path.read_text(encoding="ascii").strip():
            return kept
    token = secrets.token_urlsafe(32)
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="ascii") as file:
        file.write(token + "\n")
    logging.getLogger("ocpp_console.api").warning("no API token is configured: made one in %s", path)
    return token


def start_of_day(at: int) -> int:
    """First millisecond of the local day of `at`."""
    day = time.localtime(at / 1000)
    return round(time.mktime((day.tm_year, day.tm_mon, day.tm_mday, 0, 0, 0, 0, 0, -1)) * 1000)


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
