"""The rest of the core profile: availability, cache, lock, data of a vendor."""

from __future__ import annotations

import pytest

from simulator import Status
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms

OUT = {"type": "Inoperative"}
IN = {"type": "Operative"}


async def test_availability_waits_for_the_session(central: Csms, make: Make) -> None:
    """Scheduled while a transaction runs, Unavailable when it is over, and again after a reboot."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "Charging")
        assert await central.ask("CP-1", "ChangeAvailability", connectorId=1, **OUT) == {"status": "Scheduled"}
        assert point.connectors[1].status is Status.CHARGING
        point.stop(1)
        await central.until(lambda: central.status(1) == "Unavailable")
        await central.ask("CP-1", "Reset", type="Hard")
        await central.until(lambda: len(central.of("BootNotification")) == 2)
        await central.until(lambda: len(central.statuses(2)) == 2)
        assert central.status(1) == "Unavailable"
        assert await central.ask("CP-1", "ChangeAvailability", connectorId=1, **IN) == {"status": "Accepted"}
        await central.until(lambda: central.status(1) == "Preparing")


async def test_availability_of_connector_zero_is_that_of_all(central: Csms, make: Make) -> None:
    """Connector 0 takes every connector out of service, and brings it back."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "ChangeAvailability", connectorId=0, **OUT) == {"status": "Accepted"}
        await central.until(lambda: [central.status(n) for n in (0, 1, 2)] == ["Unavailable"] * 3)
        rejected = {"status": "Rejected"}
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A1B2C3") == rejected
        assert await central.ask("CP-1", "ChangeAvailability", connectorId=9, **OUT) == rejected
        await central.ask("CP-1", "ChangeAvailability", connectorId=0, **IN)
        await central.until(lambda: [central.status(n) for n in (0, 1, 2)] == ["Available"] * 3)


async def test_clear_cache_forgets_who_may_charge_offline(central: Csms, make: Make) -> None:
    """TC_061: a tag that was accepted may charge offline, until the cache is cleared."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.present_tag(1, "A1B2C3")
        await point.until(lambda: point.authority.may_start_offline("a1b2c3"))
        assert await central.ask("CP-1", "ClearCache") == {"status": "Accepted"}
        assert not point.authority.may_start_offline("A1B2C3")
        point.configuration.set("AuthorizationCacheEnabled", "false")
        assert await central.ask("CP-1", "ClearCache") == {"status": "Rejected"}


async def test_unlock_ends_the_session(central: Csms, make: Make) -> None:
    """TC_018: Unlocked, StopTransaction with UnlockCommand, Finishing; without a session nothing but the answer."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "Charging")
        for number in (1, 2):
            assert await central.ask("CP-1", "UnlockConnector", connectorId=number) == {"status": "Unlocked"}
        await central.until(lambda: central.status(1) == "Finishing")
        assert await central.ask("CP-1", "UnlockConnector", connectorId=7) == {"status": "NotSupported"}
    assert [stop["reason"] for stop in central.of("StopTransaction")] == ["UnlockCommand"]


async def test_a_broken_lock_is_told_and_stops_nothing(central: Csms, make: Make) -> None:
    """TC_030, UNL-01: UnlockFailed, ConnectorLockFailure beside Charging, the session goes on; a repair helps."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        point.break_lock(1)
        await central.until(lambda: central.status(1) == "Charging")
        assert await central.ask("CP-1", "UnlockConnector", connectorId=1) == {"status": "UnlockFailed"}
        await central.until(lambda: central.of("StatusNotification")[-1]["errorCode"] == "ConnectorLockFailure")
        assert central.status(1) == "Charging"
        point.clear_fault(1)
        assert await central.ask("CP-1", "UnlockConnector", connectorId=1) == {"status": "Unlocked"}


async def test_fixed_cables_cannot_be_unlocked(central: Csms, make: Make) -> None:
    """TC_017_2, UNL-01: NotSupported."""
    async with make(fixed_cable=True) as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "UnlockConnector", connectorId=1) == {"status": "NotSupported"}


@pytest.mark.parametrize(
    ("payload", "answer"),
    [
        ({"vendorId": "com.nobody"}, {"status": "UnknownVendorId"}),
        ({"vendorId": "Simulator", "messageId": "sing"}, {"status": "UnknownMessageId"}),
        ({"vendorId": "Simulator", "messageId": "echo", "data": "hello"}, {"status": "Accepted", "data": "hello"}),
    ],
)
async def test_data_transfer(central: Csms, make: Make, payload: dict[str, str], answer: dict[str, str]) -> None:
    """DT-01: a vendor and a message that are not known are told apart; what is known is answered with data."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "DataTransfer", **payload) == answer


async def test_get_configuration_of_too_many_keys(central: Csms, make: Make) -> None:
    """GetConfigurationMaxKeys: more names than that are refused."""
    async with make() as point:
        await point.until(lambda: point.registered)
        frame = await central.call("CP-1", "GetConfiguration", {"key": [f"Key{n}" for n in range(51)]})
        assert frame[:3:2] == [4, "OccurrenceConstraintViolation"]
