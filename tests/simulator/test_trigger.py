"""Messages on demand, also while the CSMS has not accepted the boot."""

from __future__ import annotations

from collections import deque

import pytest

from simulator import Profile
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms

BASIC = ["BootNotification", "DiagnosticsStatusNotification", "FirmwareStatusNotification", "Heartbeat"]
EXTENDED = ["BootNotification", "FirmwareStatusNotification", "Heartbeat", "LogStatusNotification"]


@pytest.mark.parametrize(
    ("action", "message"),
    [("TriggerMessage", m) for m in BASIC] + [("ExtendedTriggerMessage", m) for m in EXTENDED],
)
async def test_the_message_comes(central: Csms, make: Make, action: str, message: str) -> None:
    """TC_054, TRG-01: Accepted, then the message; status messages say Idle."""
    async with make() as point:
        await central.until(lambda: central.status(2))
        before = len(central.of(message))
        assert await central.ask("CP-1", action, requestedMessage=message) == {"status": "Accepted"}
        await central.until(lambda: len(central.of(message)) == before + 1)
        assert point.counters.connects == 1
    assert central.of(message)[-1].get("status", "Idle") == "Idle"


async def test_status_and_values_of_one_or_all(central: Csms, make: Make) -> None:
    """TRG-01: of the connector that is named, else of all; values carry the transaction and say why they came."""
    async with make() as point:
        await central.until(lambda: central.status(2))
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        await central.until(lambda: central.status(1) == "Charging")
        point.configuration.set("MeterValueSampleInterval", "0")
        before = len(central.statuses(0)), len(central.statuses(1)), len(central.statuses(2))
        await central.ask("CP-1", "TriggerMessage", requestedMessage="StatusNotification", connectorId=2)
        await central.ask("CP-1", "TriggerMessage", requestedMessage="StatusNotification")
        await central.until(lambda: len(central.statuses(2)) == before[2] + 2)
        assert (len(central.statuses(0)), len(central.statuses(1))) == (before[0] + 1, before[1] + 1)
        await central.ask("CP-1", "TriggerMessage", requestedMessage="MeterValues")
        await central.until(
            lambda: central.of("MeterValues")[-1:] and central.of("MeterValues")[-1]["connectorId"] == 2
        )
    charging, idle = central.of("MeterValues")[-2:]
    assert (charging["connectorId"], charging["transactionId"]) == (1, 101)
    assert "transactionId" not in idle
    assert {sample["context"] for sample in idle["meterValue"][0]["sampledValue"]} == {"Trigger"}


async def test_what_it_does_not_send(central: Csms, make: Make) -> None:
    """TC_055, TRG-02: NotImplemented for messages it does not send, Rejected for connectors that are not there."""
    async with make() as point:
        await point.until(lambda: point.registered)
        frame = {"requestedMessage": "StatusNotification", "connectorId": 9}
        assert await central.ask("CP-1", "TriggerMessage", **frame) == {"status": "Rejected"}
        frame = {"requestedMessage": "MeterValues", "connectorId": 0}
        assert await central.ask("CP-1", "TriggerMessage", **frame) == {"status": "Rejected"}
        not_known = {"requestedMessage": "Authorize"}
        assert await central.ask("CP-1", "TriggerMessage", **not_known) == {"status": "NotImplemented"}
    async with make(lacks=frozenset({Profile.TRIGGER, Profile.SECURITY})) as point:
        await point.until(lambda: point.registered)
        heartbeat = {"requestedMessage": "Heartbeat"}
        assert (await central.call("CP-1", "TriggerMessage", heartbeat))[:3:2] == [4, "NotSupported"]
        assert (await central.call("CP-1", "ExtendedTriggerMessage", heartbeat))[:3:2] == [4, "NotImplemented"]


async def test_a_pending_charge_point_says_what_is_asked(central: Csms, make: Make) -> None:
    """BOOT-03 from the other side: Pending for an hour; a triggered status comes, a triggered boot too, at once."""
    pending = {"status": "Pending", "currentTime": "2026-11-21T00:00:00Z", "interval": 3600}
    central.script["BootNotification"] = deque([pending])
    async with make() as point:
        await point.until(lambda: point.registration == "Pending")
        await central.ask("CP-1", "TriggerMessage", requestedMessage="StatusNotification", connectorId=1)
        await central.until(lambda: central.status(1) == "Available")
        assert not point.registered
        assert central.statuses(2) == []
        await central.ask("CP-1", "TriggerMessage", requestedMessage="BootNotification")
        await point.until(lambda: point.registered)
        await central.until(lambda: central.status(2) == "Available")
