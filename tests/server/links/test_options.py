"""Each option of a charger does what it says, on the wire."""

from __future__ import annotations

import asyncio
import time
from base64 import b64encode

import pytest

from server.config import OcppSettings
from server.core.passwords import seal
from server.links import registry
from server.model.command import Command, CommandState, GetConfiguration, RemoteStart, Reset
from server.model.credential import Scheme
from server.model.operations import ClearChargingProfile, SetChargingProfile
from server.model.options import InvalidOption, read_change
from server.model.profile import ChargingProfile, ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod
from server.operations.desk import Desk
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually

START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-01-21T10:00:00Z"}
BOOT = {"chargePointVendor": "ACME", "chargePointModel": "M1"}
PROFILE = ChargingProfile(
    7, 3, ProfilePurpose.TX_DEFAULT, "Relative", ChargingSchedule(RateUnit.AMPERE, (SchedulePeriod(0, 160),))
)


async def test_start_delay(depot: Depot) -> None:
    """TX-24: StartTransaction.conf leaves after the delay, other messages are answered meanwhile, ours wait (Q41)."""
    async with await depot.connect() as client:
        depot.set_options(start_delay_ms=1000)
        began = time.monotonic()
        client.send([2, "start", "StartTransaction", START])
        assert await client.is_alive() and time.monotonic() - began < 1
        _, asked = depot.start_call(Reset())
        assert (await client.receive())[:2] == [3, "start"]
        assert 1 <= time.monotonic() - began < 4
        assert (await client.receive())[2] == "Reset"
    await asked


async def test_link_lost_after_a_start_is_noted(depot: Depot) -> None:
    """TX-24: who closes right after the answer to a start did not like it; a profile is suggested after three times."""
    for n in range(2):
        client = await depot.connect()
        await client.call("StartTransaction", START, f"start-{n}")
        await client.close()
        await eventually(lambda: not depot.charger().online)
    assert depot.core.peculiar.ledger.rules("CP-1") == {"TX-24": 2}


async def test_link_lost_by_our_reset_is_no_peculiarity(depot: Depot) -> None:
    """TX-24: a charger that was told to reset goes soon after a start, and that is as it should be."""
    client = await depot.connect()
    await client.call("StartTransaction", START)
    _, asked = depot.start_call(Reset())
    assert (await client.receive())[2] == "Reset"
    await client.close()
    await eventually(lambda: not depot.charger().online)
    await asked
    assert "TX-24" not in depot.core.peculiar.ledger.rules("CP-1")


async def test_no_ping(open_depot: OpenDepot, monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-16: a charger that drops the line on pings gets none; its neighbour does."""
    monkeypatch.setattr(registry, "SWEEP_EVERY", 0.05)
    depot = await open_depot(OcppSettings(host="127.0.0.1", port=0, ping_interval=1))
    async with await depot.connect("/CP-1") as quiet, await depot.connect("/CP-2") as usual:
        depot.set_options("CP-1", no_ping=True)
        listening = asyncio.create_task(usual.closing())
        await eventually(lambda: usual.pings)
        assert await quiet.is_alive()  # a ping would have come before the answer
        assert quiet.pings == 0
        listening.cancel()


async def test_call_timeout(depot: Depot) -> None:
    """RPC-06: a slow charger has its own time (Q39); the desk of the server has another for the rest."""
    async with await depot.connect():
        desk = Desk(depot.links, depot.core.fleet.chargers, depot.core.bus, depot.core.log, lambda: 1, 1, 30)
        async with desk:
            depot.set_options(call_timeout=0.1)
            command: Command = await desk.execute("CP-1", Reset(), "ana", wait=10)
            assert (command.state, command.error) == (CommandState.TIMED_OUT, "no answer within 0.1 s")


async def test_stack_level_zero(depot: Depot) -> None:
    """SC-04: profiles go out with level 0, in every message that carries one and in its preview (Q19, Q21)."""
    async with await depot.connect() as client:
        depot.set_options(stack_level_zero=True)
        for operation, name in (
            (SetChargingProfile(1, PROFILE), "csChargingProfiles"),
            (RemoteStart("A", 1, PROFILE), "chargingProfile"),
        ):
            assert '"stackLevel":0' in depot.links.preview("CP-1", operation)
            _, sent = depot.start_call(operation)
            asked = await client.receive()
            assert asked[3][name]["stackLevel"] == 0 and asked[3][name]["chargingProfileId"] == 7
            client.send([3, asked[1], {"status": "Accepted"}])
            await sent
        depot.start_call(ClearChargingProfile(stack_level=3))
        assert (await client.receive())[3] == {"stackLevel": 0}
        depot.set_options(stack_level_zero=None)
        assert '"stackLevel":3' in depot.links.preview("CP-1", SetChargingProfile(1, PROFILE))


async def booting(depot: Depot) -> RawClient:
    """A link with its time of quiet, as the product has it."""
    return await RawClient.connect(depot.port)


async def test_nothing_is_asked_before_the_boot_is_answered(depot: Depot) -> None:
    """BOOT-04, RPC-04: our call waits for the answer to the boot and for what the charger needs to settle (Q21)."""
    async with await depot.connect():
        depot.set_options(settle_ms=1000, boot_wait_ms=5000)
    client = await booting(depot)
    _, asked = depot.start_call(GetConfiguration())
    assert await client.nothing_arrives(0.2)
    began = time.monotonic()
    client.send([2, "boot", "BootNotification", BOOT])
    assert (await client.receive())[:2] == [3, "boot"]
    assert await client.is_alive()
    assert (await client.receive())[2] == "GetConfiguration"
    assert 1 <= time.monotonic() - began < 4
    await client.close()
    await asked


async def test_waiting_for_a_boot_ends(depot: Depot) -> None:
    """BOOT-03: a charger that comes back without booting is operable after its time, or once it speaks (Q22)."""
    async with await depot.connect():
        depot.set_options(boot_wait_ms=200)
    began = time.monotonic()
    client = await booting(depot)
    depot.start_call(Reset())
    asked = await client.receive()
    assert asked[2] == "Reset" and 0.2 <= time.monotonic() - began < 4
    client.send([3, asked[1], {"status": "Accepted"}])
    await client.close()
    depot.set_options(boot_wait_ms=5000)
    client = await booting(depot)
    depot.start_call(Reset())
    assert await client.is_alive()
    assert (await client.receive())[2] == "Reset"
    await client.close()


async def test_pinned_version(depot: Depot) -> None:
    """WS-04, WS-07, V2-10: a charger that offers what it does not speak is let in by its operator's word (Q50)."""
    assert (await depot.connect(offers=["ocpp2.0.1"])).status == 400
    async with await depot.connect():
        depot.set_options(pin_version="1.6")
    async with await depot.connect(offers=["ocpp2.0.1"]) as client:
        assert (client.status, client.headers["sec-websocket-protocol"]) == (101, "ocpp2.0.1")
        assert (await client.call("BootNotification", BOOT))[2]["status"] == "Accepted"
        assert await client.is_alive()
    async with await depot.connect(offers=["ocpp2.0.1", "ocpp1.6"]) as client:
        assert client.headers["sec-websocket-protocol"] == "ocpp1.6"
    assert depot.core.peculiar.ledger.rules("CP-1") == {"WS-04": 1}


async def test_strict_handshake(depot: Depot) -> None:
    """WS-05, WS-06: in certification work the subprotocol must be there, to the letter."""
    async with await depot.connect():
        depot.set_options(strict=True)
    assert (await depot.connect(offers=None)).status == 400
    assert (await depot.connect(offers=["OCPP1.6"])).status == 400
    async with await depot.connect() as client:
        assert client.status == 101


async def test_password_form(depot: Depot) -> None:
    """SEC-04: the password counts in the form that is asked for; by default in any."""
    key = "00ff" * 8
    async with await depot.connect():
        depot.core.credentials.put("CP-1", seal(key, Scheme.HMAC), 1)

    async def status(password: bytes) -> int:
        header = "Authorization: Basic " + b64encode(b"CP-1:" + password).decode()
        client = await depot.connect(extra=[header])
        await client.close()
        return client.status

    assert [await status(key.encode()), await status(bytes.fromhex(key))] == [101, 101]
    depot.set_options(password_form="decoded")
    assert [await status(key.encode()), await status(bytes.fromhex(key))] == [401, 101]


async def test_strict_charger_is_told_exactly(depot: Depot) -> None:
    """RPC-11, RPC-16, TX-23: certification work gets the CALLERROR that the others are spared."""
    async with await depot.connect() as client:
        assert (await client.call("StartTransaction", {"connectorId": 1}))[0] == 3
        depot.set_options(strict=True)
        assert (await client.call("StartTransaction", {"connectorId": 1}))[2] == "ProtocolError"
        client.send([2, 17, "Heartbeat", {}])
        assert (await client.receive())[:3] == [4, 17, "FormationViolation"]
        assert await client.is_alive()


@pytest.mark.parametrize(
    ("name", "value", "read"),
    [
        ("strict", "yes", True),
        ("no_ping", False, False),
        ("start_delay_ms", "1000", 1000),
        ("call_timeout", "90", 90.0),
        ("trigger_boot", "never", "never"),
        ("strict", "default", None),
        ("settle_ms", None, None),
    ],
)
def test_options_are_read_as_people_write_them(name: str, value: object, read: object) -> None:
    """Typed or as text; `default` takes one back."""
    assert read_change(name, value) == (name, read)


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("speed", 1, "there is no such option"),
        ("strict", "perhaps", "must be true or false"),
        ("start_delay_ms", 10_001, "a whole number from 0 to 10000"),
        ("start_delay_ms", True, "a whole number"),
        ("settle_ms", 1.5, "a whole number"),
        ("call_timeout", "nan", "a number from 0 to 3600"),
        ("trigger_boot", "always", "must be one of 'once', 'never'"),
        ("pin_version", "3.0", "must be one of"),
    ],
)
def test_impossible_options_are_refused_in_words(name: str, value: object, words: str) -> None:
    """The sentence names the option and what it can be."""
    with pytest.raises(InvalidOption, match=words):
        read_change(name, value)
