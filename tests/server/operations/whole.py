"""A whole site on free ports, and a charger made of bytes that answers what a test tells it to."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from server.config import Config
from server.model.command import Command, Operation
from server.site import Site, open_site
from tests.raw_client import RawClient

Payload = dict[str, Any]
FAR = 4_000_000_000_000  #: in the year 2096, ms
Call = tuple[str, Payload]


class AnsweringCharger:
    """CP-1 with connectors 1 and 2. `answers` by action; what is not there is Accepted."""

    def __init__(self, client: RawClient) -> None:
        self.client = client
        self.calls: list[Call] = []
        self.answers: dict[str, Payload | Callable[[Payload], Payload]] = {}
        self._answered: dict[str, asyncio.Future[Payload]] = {}
        self._task = asyncio.create_task(self._read())
        self._number = 0

    async def _read(self) -> None:
        while True:
            kind, message_id, *rest = await self.client.receive(60)
            if kind != 2:
                self._answered.pop(message_id).set_result(rest[0])
                continue
            action, payload = rest
            self.calls.append((action, payload))
            answer = self.answers.get(action, {"status": "Accepted"})
            self.client.send([3, message_id, answer(payload) if callable(answer) else answer])

    async def tell(self, action: str, **payload: object) -> Payload:
        self._number += 1
        message_id = f"t{self._number}"
        answered = self._answered[message_id] = asyncio.get_running_loop().create_future()
        self.client.send([2, message_id, action, payload])
        return await asyncio.wait_for(answered, 10)

    def expect(self, answers: dict[str, asyncio.Future[Payload]]) -> None:
        """Answers to messages that a test sends by itself, by message id."""
        self._answered |= answers

    async def boots(self) -> None:
        await self.tell("BootNotification", chargePointVendor="ACME", chargePointModel="M1")
        for connector_id in (1, 2):
            await self.reports(connector_id, "Available")

    async def reports(self, connector_id: int, status: str) -> None:
        await self.tell("StatusNotification", connectorId=connector_id, status=status, errorCode="NoError")

    async def starts(self, connector_id: int, **more: object) -> int:
        usual: Payload = {"idTag": "A1", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        answer = await self.tell("StartTransaction", connectorId=connector_id, **usual | more)
        return int(answer["transactionId"])

    def sent(self, action: str) -> list[Payload]:
        return [payload for called, payload in self.calls if called == action]

    async def close(self) -> None:
        self._task.cancel()
        await asyncio.gather(self._task, return_exceptions=True)
        await self.client.close()


Whole = tuple[Site, AnsweringCharger]


def config_in(folder: Path) -> Config:
    config = Config(socket=folder / "s")
    config.ocpp.host, config.ocpp.port, config.store.path = "127.0.0.1", 0, folder / "depot.db"
    config.ocpp.unknown_chargers, config.tags.unknown = "accept", "accept"
    return config


@asynccontextmanager
async def site_and_charger(folder: Path) -> AsyncIterator[tuple[Site, AnsweringCharger]]:
    async with open_site(config_in(folder)) as site:
        port = int(site.health.ocpp_url.rsplit(":", 1)[1])
        charger = AnsweringCharger(await RawClient.connect(port))
        try:
            await charger.boots()
            yield site, charger
        finally:
            await charger.close()


async def finished(command: Command, timeout: float = 10.0) -> Command:
    async with asyncio.timeout(timeout):
        while not command.is_finished:  # noqa: ASYNC110 - a command has no event of its own
            await asyncio.sleep(0.005)
    return command


def told(command: Command) -> list[str]:
    """["sent done", "accepted done", "Heartbeat running"]: without notes."""
    return [f"{step.name} {step.state}" for step in command.steps]


async def done(site: Site, operation: Operation) -> Command:
    """Asked, and answered."""
    return await site.execute("CP-1", operation, "ana", 10)
