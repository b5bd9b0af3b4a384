"""A whole server and one charger that keeps to the letter of OCPP 1.6, as the compliance cases have it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

from server.config import Config
from server.model.command import Command, Operation, StepState
from server.model.options import read_change
from server.model.status import TagStatus
from server.model.tag import IdTag
from server.site import Site, open_site
from tests.raw_client import RawClient
from tests.server.operations.whole import AnsweringCharger, Payload, config_in, finished


def ago(hours: int) -> str:
    return (datetime.now(UTC) - timedelta(hours=hours)).strftime("%Y-%m-%dT%H:%M:%SZ")


AT, LATER = ago(4), ago(3)  #: the same moments for all cases of a run

#: Id tags of the cases: two of one group, and one of each kind that may not charge. NOBODY is not known.
CARD, FRIEND, EXPIRED, BLOCKED, NOBODY = "A1", "A2", "OLD", "BAD", "NOBODY"
TAGS = (
    IdTag(CARD, parent_id_tag="G1"),
    IdTag(FRIEND, parent_id_tag="G1"),
    IdTag(EXPIRED, TagStatus.EXPIRED),
    IdTag(BLOCKED, TagStatus.BLOCKED),
)


class Bench:
    """The server, and CP-1 with connectors 1 and 2."""

    def __init__(self, site: Site, charger: AnsweringCharger) -> None:
        self.site = site
        self.charger = charger

    # the charger speaks

    async def tell(self, action: str, **payload: object) -> Payload:
        return await self.charger.tell(action, **payload)

    async def reports(self, status: str, connector_id: int = 1, error_code: str = "NoError") -> None:
        told = {"connectorId": connector_id, "status": status, "errorCode": error_code}
        assert await self.tell("StatusNotification", **told) == {}

    async def authorizes(self, id_tag: str = CARD) -> str:
        answer = await self.tell("Authorize", idTag=id_tag)
        return str(answer["idTagInfo"]["status"])

    async def starts(self, id_tag: str = CARD, connector_id: int = 1, at: str = AT, **more: object) -> Payload:
        start = {"connectorId": connector_id, "idTag": id_tag, "meterStart": 1000, "timestamp": at}
        return await self.tell("StartTransaction", **start, **more)

    async def charges(self, connector_id: int = 1, **more: object) -> int:
        """Plugged in, started, charging; the transaction."""
        await self.reports("Preparing", connector_id)
        answer = await self.starts(connector_id=connector_id, **more)  # type: ignore[arg-type]
        assert answer["idTagInfo"]["status"] == "Accepted"
        await self.reports("Charging", connector_id)
        return int(answer["transactionId"])

    async def stops(self, transaction_id: int, reason: str = "", at: str = LATER, **more: object) -> Payload:
        stop: Payload = {"transactionId": transaction_id, "meterStop": 3000, "timestamp": at}
        return await self.tell("StopTransaction", **stop, **({"reason": reason} if reason else {}), **more)

    async def unplugs(self, connector_id: int = 1) -> None:
        for status in ("Finishing", "Available"):
            await self.reports(status, connector_id)

    async def boots(self) -> Payload:
        answer = await self.tell("BootNotification", chargePointVendor="ACME", chargePointModel="M1")
        for connector_id in (0, 1, 2):
            await self.reports("Available", connector_id)
        return answer

    # the server is asked

    async def asks(self, operation: Operation, **answer: object) -> Command:
        """Send an operation, which the charger answers with `answer`."""
        if answer:
            self.charger.answers[operation.name] = answer
        return await self.site.execute("CP-1", operation, "ana", 10)

    def sent(self, action: str) -> Payload:
        """The only message of this action that reached the charger."""
        (payload,) = self.charger.sent(action)
        return payload

    # what is known now

    def transaction(self, connector_id: int = 1) -> int | None:
        running = self.site.chargers["CP-1"].connectors[connector_id].transaction
        return running.transaction_id if running is not None else None

    async def ended(self) -> list[tuple[str, str, int]]:
        """(tag, reason, Wh) of the sessions in the database that are over, oldest first."""
        assert await self.site.flush()
        found = await self.site.find_transactions()
        return [(t.id_tag, t.stop_reason, t.energy_wh) for t in reversed(found) if not t.is_open]


async def confirmed(command: Command) -> list[str]:
    """The names of the steps of a command that was carried out: each was seen."""
    await finished(command)
    assert all(step.state is StepState.DONE for step in command.steps), command.steps
    return [step.name for step in command.steps]


@asynccontextmanager
async def bench_in(folder: Path, config: Config | None = None) -> AsyncIterator[Bench]:
    config = config or config_in(folder)
    config.tags.unknown = "reject"
    async with open_site(config) as site:
        for tag in TAGS:
            site.put_tag(tag)
        port = int(site.health.ocpp_url.rsplit(":", 1)[1])
        charger = AnsweringCharger(await RawClient.connect(port))
        try:
            bench = Bench(site, charger)
            await bench.boots()
            site.change_options("CP-1", [read_change("strict", True)], "ana")
            yield bench
            assert "currentTime" in await bench.tell("Heartbeat")
            assert site.deviations() == []
        finally:
            await charger.close()
