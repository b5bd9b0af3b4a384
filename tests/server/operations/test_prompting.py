"""A charger is asked, once, for what it should have said by itself; real links, a desk, and times of tests."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from server.config import OcppSettings
from server.core import roster
from server.core.core import Core, Policy
from server.links.listener import Listener
from server.model.health import Health
from server.model.options import read_change
from server.model.snapshot import Snapshot
from server.operations.desk import Desk
from server.operations.prompting import Patience, Prompter
from tests.raw_client import RawClient
from tests.server.links.conftest import Disk

BOOT = {"chargePointVendor": "ACME", "chargePointModel": "M1"}
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


class Asked:
    """A depot whose prompter has little patience."""

    def __init__(self, core: Core, port: int) -> None:
        self.core = core
        self.port = port

    async def connect(self) -> RawClient:
        client = await RawClient.connect(self.port)
        await client.is_alive()
        return client

    def set_options(self, **options: object) -> None:
        changes = [read_change(name, value) for name, value in options.items()]
        self.core.peculiar.change_options(self.core.fleet.chargers["CP-1"], changes, "ana", 1)


@pytest.fixture
async def depot() -> AsyncIterator[Asked]:
    core = Core(Policy("accept", accept_unknown_tags=True), Snapshot())
    async with Listener(OcppSettings(host="127.0.0.1", port=0), core, Disk(), Health()) as listener:
        desk = Desk(listener.links, core.fleet.chargers, core.bus, core.log, lambda: 1, 1, 1)
        async with desk:
            prompter = Prompter(desk.submit, core.bus, Patience(boot=0.2, status=0.2))
            yield Asked(core, listener.port)
            prompter.close()


async def test_missing_boot_is_asked_for_once(depot: Asked) -> None:
    """BOOT-03, BOOT-05: one TriggerMessage for a charger never seen booting, none on its next link (Q40)."""
    client = await depot.connect()
    asked = await client.receive()
    assert asked[2:] == ["TriggerMessage", {"requestedMessage": "BootNotification"}]
    client.send([3, asked[1], {"status": "Rejected"}])
    assert await client.nothing_arrives(0.4)
    assert await client.is_alive()
    await client.close()
    client = await depot.connect()
    assert await client.nothing_arrives(0.4)
    await client.close()


async def test_charger_that_was_removed_is_a_new_one(depot: Asked) -> None:
    """BOOT-03: nothing is remembered of it, so it is asked again when it comes back."""
    for _ in range(2):
        client = await depot.connect()
        asked = await client.receive()
        assert asked[3] == {"requestedMessage": "BootNotification"}
        client.send([3, asked[1], {"status": "Rejected"}])
        await client.is_alive()
        await client.close()
        roster.remove(depot.core, depot.core.fleet.chargers["CP-1"], 1)


async def test_boot_is_never_asked_for_after_it_was_accepted(depot: Asked) -> None:
    """BOOT-05: also not on a later link that begins without a boot."""
    for first in (True, False):
        client = await depot.connect()
        if first:
            await client.call("BootNotification", BOOT)
            await client.call("StatusNotification", STATUS)
        assert await client.nothing_arrives(0.4)
        await client.close()


async def test_missing_status_is_asked_for_once(depot: Asked) -> None:
    """BOOT-08: a charger that says nothing of its connectors after its boot gets one TriggerMessage."""
    client = await depot.connect()
    await client.call("BootNotification", BOOT)
    asked = await client.receive()
    assert asked[2:] == ["TriggerMessage", {"requestedMessage": "StatusNotification"}]
    client.send([3, asked[1], {"status": "Accepted"}])
    assert await client.nothing_arrives(0.4)
    await client.call("StatusNotification", STATUS)
    assert 1 in depot.core.fleet.chargers["CP-1"].connectors
    await client.close()


async def test_a_charger_that_speaks_is_not_asked(depot: Asked) -> None:
    """BOOT-08, CFG-08, CFG-10: a status in time is enough; nothing else is sent to a charger by itself."""
    client = await depot.connect()
    await client.call("BootNotification", BOOT)
    await client.call("StatusNotification", STATUS)
    assert await client.nothing_arrives(0.4)
    await client.close()


@pytest.mark.parametrize("option", ["trigger_boot", "trigger_status"])
async def test_options_forbid_to_ask(depot: Asked, option: str) -> None:
    """BOOT-05, BOOT-08: chargers that never answer such a question are spared it (Q40)."""
    client = await depot.connect()
    depot.set_options(**{option: "never"})
    if option == "trigger_status":
        await client.call("BootNotification", BOOT)
    assert await client.nothing_arrives(0.4)
    await client.close()
