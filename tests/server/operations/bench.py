"""A desk on its own: a scripted sender for the links, a real bus, chargers made by hand."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import NamedTuple

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.charger import Charger, Connector
from server.model.command import Command, CommandState, Operation, Reply
from server.model.event import Event, EventKind, Subject
from server.model.status import ConnectorStatus, Registration, TagStatus
from server.model.transaction import Transaction
from server.operations.desk import Desk
from server.operations.effects import Limits

ACCEPTED = Reply(CommandState.ACCEPTED, "Accepted", {"status": "Accepted"})
#: Shorter than a test, longer than its steps.
SHORT = Limits(
    queued=0.3, boot=0.3, reports=0.3, start=0.3, charging=0.3, stop=0.3
)  #: over the pauses of a busy machine


class Call(NamedTuple):
    """One call that the desk made; `answer` ends it."""

    charger_id: str
    operation: Operation
    timeout: float
    command: Command
    reply: asyncio.Future[Reply]

    def answer(self, reply: Reply = ACCEPTED) -> None:
        self.reply.set_result(reply)


class ScriptedSender:
    """Links whose chargers answer when the test says so. `writes` False: nothing gets on the wire."""

    def __init__(self) -> None:
        self.calls: asyncio.Queue[Call] = asyncio.Queue()
        self.writes = True
        self.under_way: dict[str, int] = {}

    async def call(self, charger_id: str, operation: Operation, timeout: float, command: Command) -> Reply:
        self.under_way[charger_id] = self.under_way.get(charger_id, 0) + 1
        assert self.under_way[charger_id] == 1, "two calls to one charger at once (RPC-01)"
        if self.writes:
            command.message_id = f"m{command.command_id}"
        call = Call(charger_id, operation, timeout, command, asyncio.get_running_loop().create_future())
        self.calls.put_nowait(call)
        try:
            return await call.reply
        finally:
            self.under_way[charger_id] -= 1

    def preview(self, charger_id: str, operation: Operation) -> str:
        return f"[2,…,{operation.name}]"

    def parse(self, action: str, payload: dict[str, object]) -> Operation:
        raise AssertionError("the desk gets typed operations")

    def actions(self) -> list[str]:
        return []

    def disconnect(self, charger_id: str, reason: str) -> None: ...


@dataclass
class Bench:
    """Everything around a desk. The clock stands still unless a test moves it."""

    sender: ScriptedSender = field(default_factory=ScriptedSender)
    bus: Bus = field(default_factory=Bus)
    log: LogRing = field(default_factory=LogRing)
    chargers: dict[str, Charger] = field(default_factory=dict)
    clock: int = 1_000_000
    told: list[tuple[int, CommandState, tuple[str, ...]]] = field(default_factory=list)
    reboots: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.bus.listen(self._listen)
        self._changed = asyncio.Event()

    def _listen(self, event: Event) -> None:
        if isinstance(event.subject, Command):
            command = event.subject
            self.told.append((command.command_id, command.state, tuple(s.state.value for s in command.steps)))
            self._changed.set()

    async def changed(self) -> None:
        """The next COMMAND_CHANGED, at most 10 s away."""
        self._changed.clear()
        async with asyncio.timeout(10):
            await self._changed.wait()

    def desk(self, restored: Sequence[Command] = (), limits: Limits | None = None) -> Desk:
        return Desk(
            self.sender,
            self.chargers,
            self.bus,
            self.log,
            lambda: self.clock,
            next_id=501,
            call_timeout=30,
            restored=restored,
            on_reboot_needed=self.reboots.append,
            limits=limits,
        )

    def charger(self, charger_id: str = "CP-1", connectors: int = 2) -> Charger:
        charger = Charger(charger_id, len(self.chargers) + 1, Registration.ACCEPTED, online=True)
        for connector_id in range(1, connectors + 1):
            charger.connectors[connector_id] = Connector(charger_id, connector_id, ConnectorStatus.AVAILABLE)
        self.chargers[charger_id] = charger
        return charger

    def emit(self, kind: EventKind, charger: Charger, subject: Subject | None = None) -> None:
        self.bus.emit(kind, self.clock, charger.charger_id, subject or charger)

    def boots(self, charger: Charger) -> None:
        self.emit(EventKind.CHARGER_BOOTED, charger)

    def reports(self, charger: Charger, connector_id: int, status: ConnectorStatus) -> None:
        charger.connectors[connector_id].status = status
        self.emit(EventKind.CONNECTOR_CHANGED, charger, charger.connectors[connector_id])

    def starts(
        self,
        charger: Charger,
        connector_id: int,
        id_tag: str,
        transaction_id: int = 987,
        tag_status: TagStatus = TagStatus.ACCEPTED,
        claimed_at: int | None = None,
    ) -> Transaction:
        at = self.clock
        transaction = Transaction(
            transaction_id, charger.charger_id, connector_id, id_tag, tag_status, at, at, meter_start_wh=0
        )
        transaction.claimed_start_at = claimed_at
        charger.connectors[connector_id].transaction = transaction
        self.emit(EventKind.TRANSACTION_STARTED, charger, transaction)
        return transaction

    def stops(self, charger: Charger, transaction: Transaction, reason: str) -> None:
        transaction.stop_reason = reason
        connector = charger.connectors.get(transaction.connector_id)
        if connector is not None:
            connector.transaction = None
        self.emit(EventKind.TRANSACTION_STOPPED, charger, transaction)

    def lines(self) -> list[str]:
        return [f"{line.level.name} {line.action} {line.text}" for line in self.log.since(0)]


def steps(command: Command) -> list[str]:
    """["sent done", "accepted done 210 ms", "BootNotification running"]"""
    return [f"{s.name} {s.state} {s.note}".strip() for s in command.steps]


class Asked(NamedTuple):
    desk: Desk
    command: Command
    call: Call

    async def answered(self, reply: Reply = ACCEPTED) -> None:
        self.call.answer(reply)
        assert await self.desk.wait(self.command, 10)


@asynccontextmanager
async def asked(bench: Bench, operation: Operation, limits: Limits | None = None) -> AsyncIterator[Asked]:
    """The operation has been sent to CP-1, which has not answered yet."""
    async with bench.desk(limits=limits) as desk:
        command = desk.submit("CP-1", operation, "ana")
        yield Asked(desk, command, await bench.sender.calls.get())


def states(command: Command) -> dict[str, str]:
    return {s.name: s.state.value for s in command.steps}


async def finished(bench: Bench, command: Command) -> None:
    while not command.is_finished:
        await bench.changed()
