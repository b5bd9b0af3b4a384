"""Connecting, booting, heartbeats."""

from __future__ import annotations

import asyncio
import base64
from collections import deque

from simulator import ChargePoint, Clock
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


async def test_boots_and_reports_every_connector(central: Csms, make: Make) -> None:
    """The first messages are BootNotification, then one StatusNotification for 0, 1 and 2."""
    async with make():
        await central.until(lambda: len(central.of("StatusNotification")) >= 3)
    assert [c.action for c in central.calls[:4]] == ["BootNotification"] + ["StatusNotification"] * 3
    assert [p["connectorId"] for p in central.of("StatusNotification")[:3]] == [0, 1, 2]
    assert central.of("BootNotification")[0]["chargePointVendor"] == "Simulator"
    assert central.subprotocols == ["ocpp1.6"]


async def test_pending_is_honoured_until_accepted(central: Csms, make: Make) -> None:
    """BOOT-01, BOOT-06: while Pending it asks again after the interval, sends nothing else and answers our calls."""
    pending = {"status": "Pending", "currentTime": "2026-01-01T00:00:00Z", "interval": 10}
    central.script["BootNotification"] = deque([dict(pending), dict(pending)])
    async with make() as point:
        await central.until(lambda: len(central.of("BootNotification")) == 1)
        answer = await central.ask("CP-1", "GetConfiguration", key=["NumberOfConnectors"])
        assert answer["configurationKey"][0]["value"] == "2"
        refused = await central.ask("CP-1", "RemoteStartTransaction", idTag="A1B2C3", connectorId=1)
        assert refused == {"status": "Rejected"}
        assert not point.registered
        assert point.registration == "Pending"
        await central.until(lambda: central.of("StatusNotification"))
    assert [c.action for c in central.calls[:3]] == ["BootNotification"] * 3
    assert point.counters.boots == 1


async def test_rejected_keeps_silent_until_accepted(central: Csms, make: Make) -> None:
    """BOOT-07: after Rejected nothing but the next BootNotification is sent."""
    central.script["BootNotification"] = deque(
        [{"status": "Rejected", "currentTime": "2026-01-01T00:00:00Z", "interval": 5}]
    )
    async with make() as point:
        await point.until(lambda: point.registered)
    assert [c.action for c in central.calls[:2]] == ["BootNotification"] * 2


async def test_heartbeat_interval_comes_from_the_boot_answer(central: Csms, make: Make) -> None:
    """The interval of the answer becomes HeartbeatInterval and drives heartbeats."""
    central.heartbeat_s = 3
    async with make() as point:
        await central.until(lambda: len(central.of("Heartbeat")) >= 3)
        assert point.configuration.number("HeartbeatInterval") == 3


async def test_basic_authentication_and_escaped_identity(central: Csms) -> None:
    """The id is the last path segment, percent-encoded; the password goes as Basic with the plain id."""
    async with ChargePoint("CP 1", central.url, password="secret") as point:
        await point.until(lambda: point.registered)
    assert list(central.sockets) == ["CP%201"]
    assert central.headers == ["Basic " + base64.b64encode(b"CP 1:secret").decode()]


async def test_a_csms_that_forgot_us_gets_a_new_boot(central: Csms, make: Make) -> None:
    """BOOT-02: CALLERROR SecurityError makes the charge point boot again and then go on."""
    async with make() as point:
        await point.until(lambda: point.registered)
        central.script["Authorize"] = deque(["SecurityError"])
        point.present_tag(1, "A1B2C3")
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        await central.until(lambda: len(central.of("Authorize")) == 2)


async def test_dials_until_somebody_answers() -> None:
    """Nobody there is no failure: it goes on dialling and tells why."""
    async with ChargePoint("CP-1", "ws://127.0.0.1:9", clock=Clock(tempo=100)) as point:
        await point.until(lambda: not point.connected, 1)
        assert not point.registered
    assert point.counters.connects == 0


async def test_ends_at_once_even_while_the_line_is_going_down(central: Csms, make: Make) -> None:
    """Cancelled in the moment the line drops, it still ends: a fleet must stop on Ctrl-C whatever happens."""
    for turns in range(12):  # of the loop, between the drop and the cancellation
        async with asyncio.timeout(4):
            async with make() as point:
                await point.until(lambda: point.registered)
                point.drop_line(1)
                for _ in range(turns):
                    await asyncio.sleep(0)
