"""A whole links room on a free port, over the real core and a disk that lives in memory."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field

import pytest

from server.config import OcppSettings, SecuritySettings
from server.core.core import Core, Policy
from server.links.listener import Listener
from server.links.registry import Links
from server.model.charger import Charger
from server.model.command import Command, CommandState, Operation, Reply
from server.model.health import Health
from server.model.log import Frame, FrameRow, LogLine
from server.model.options import read_change
from server.model.snapshot import Snapshot
from tests.raw_client import RawClient


@dataclass
class Disk:
    """Durability in memory: confirms in the next turn of the loop, or when told."""

    frames: list[Frame] = field(default_factory=list)
    waiting: list[Callable[[bool], None]] = field(default_factory=list)
    is_held: bool = False
    is_behind: bool = False

    def frame(self, frame: FrameRow) -> None:
        at, charger_key, direction, action, message_id, raw, deviations = frame
        self.frames.append(Frame(at, charger_key, "", direction, action, message_id, raw, deviations))

    def after_commit(self, done: Callable[[bool], None]) -> None:
        self.waiting.append(done)
        if not self.is_held:
            asyncio.get_running_loop().call_soon(self.commit)

    def commit(self, is_durable: bool = True) -> None:
        waiting, self.waiting = self.waiting, []
        for done in waiting:
            done(is_durable)

    def received(self) -> list[str | bytes]:
        return [f.raw for f in self.frames if f.direction == "in"]


@dataclass
class Depot:
    """The room and what it stands on."""

    listener: Listener
    core: Core
    disk: Disk
    health: Health

    @property
    def port(self) -> int:
        return self.listener.port

    @property
    def links(self) -> Links:
        return self.listener.links

    async def connect(self, target: str = "/CP-1", **how: object) -> RawClient:
        """A charger that may be asked at once: it does not boot (see `server.links.quiet` for those that do)."""
        client = await RawClient.connect(self.port, target, **how)  # type: ignore[arg-type]
        for watch in self.links._watched.values():
            assert watch.connection.link is not None
            watch.connection.link.quiet.end()
        return client

    def charger(self, charger_id: str = "CP-1") -> Charger:
        return self.core.fleet.chargers[charger_id]

    def set_options(self, charger_id: str = "CP-1", **options: object) -> None:
        changes = [read_change(name, value) for name, value in options.items()]
        self.core.peculiar.change_options(self.charger(charger_id), changes, "ana", 1)

    def lines(self, action: str) -> list[LogLine]:
        return [line for line in self.core.log.since(0) if line.action == action]

    def start_call(
        self, operation: Operation, timeout: float = 3.0, charger_id: str = "CP-1", command_id: int = 1
    ) -> tuple[Command, asyncio.Task[Reply]]:
        command = Command(command_id, charger_id, operation, "ana", 0, CommandState.SENT)
        return command, asyncio.create_task(self.links.call(charger_id, operation, timeout, command))


OpenDepot = Callable[..., Awaitable[Depot]]


@pytest.fixture
async def open_depot() -> AsyncIterator[OpenDepot]:
    """Open a depot with other settings than usual; closed after the test."""
    opened: list[Listener] = []

    async def opener(
        settings: OcppSettings | None = None,
        stuck_after: float = 10.0,
        policy: Policy | None = None,
        security: SecuritySettings | None = None,
    ) -> Depot:
        settings = settings or OcppSettings(host="127.0.0.1", port=0)
        core = Core(policy or Policy("accept", accept_unknown_tags=True), Snapshot())
        disk, health = Disk(), Health()
        listener = Listener(settings, core, disk, health, stuck_after, security)
        await listener.__aenter__()
        opened.append(listener)
        return Depot(listener, core, disk, health)

    yield opener
    for listener in opened:
        await listener.__aexit__(None, None, None)


@pytest.fixture
async def depot(open_depot: OpenDepot) -> Depot:
    return await open_depot()


async def eventually(is_so: Callable[[], object], timeout: float = 10.0) -> None:
    """Wait for what has no event of its own to wait for; a few ms between looks."""
    async with asyncio.timeout(timeout):
        while not is_so():  # noqa: ASYNC110 - what is waited for is plain state of the server
            await asyncio.sleep(0.005)
