"""Quirks of answers, and of sessions that need more than one to be seen."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Callable
from typing import Any

import pytest

from simulator import ChargePoint, Clock, Rating, Traits, Vehicle
from simulator.quirks.catalogue import find
from simulator.words import MEASURANDS
from tests.simulator.csms import Csms, csms

Make = Callable[..., ChargePoint]


@pytest.fixture
async def central() -> AsyncIterator[Csms]:
    """A CSMS that takes what does not fit the schemas."""
    async with csms() as stand_in:
        yield stand_in


@pytest.fixture
def make(central: Csms) -> Make:
    def build(*names: str, tempo: float = 20.0) -> ChargePoint:
        point = ChargePoint(
            "CP-1",
            central.url,
            (Rating(11, 3),),
            clock=Clock(tempo, 60.0),
            traits=Traits(reboot_s=1.0, back_off_s=(0.5, 1.0)),
            quirks=find(names),
        )
        point.configuration.set("MeterValueSampleInterval", "4")
        return point

    return build


async def session(point: ChargePoint) -> int:
    """A whole session; the id the CSMS gave it."""
    point.plug_in(1, Vehicle(soc=20))
    started = point.start(1, "A1B2C3")
    await point.until(lambda: started.transaction_id is not None)
    await point.until(lambda: point.acknowledged and point.acknowledged[-1].action == "MeterValues")
    point.stop(1)
    point.plug_out(1)
    await point.until(lambda: not point.outbox.waiting)
    assert started.transaction_id is not None
    return started.transaction_id


def _profile(**more: object) -> dict[str, Any]:
    schedule = {"chargingRateUnit": "W", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 3000}]}
    usual = {
        "chargingProfileId": 1,
        "stackLevel": 0,
        "chargingProfilePurpose": "TxDefaultProfile",
        "chargingProfileKind": "Absolute",
        "chargingSchedule": schedule,
    }
    return {"connectorId": 0, "csChargingProfiles": usual | more}


_AMPERES = {"chargingRateUnit": "A", "chargingSchedulePeriod": [{"startPeriod": 0, "limit": 16}]}
_OF_TRANSACTION = _profile(chargingProfilePurpose="TxProfile")["csChargingProfiles"]
_WITH_PROFILE = {"idTag": "A", "connectorId": 1, "chargingProfile": _OF_TRANSACTION}

#: Quirk, operation, what is asked, the status that comes, and the one of a charge point as it should be.
ANSWERS: tuple[tuple[str, str, dict[str, Any], str, str], ...] = (
    ("grizzl-e-unlock-accepted", "UnlockConnector", {"connectorId": 1}, "Accepted", "Unlocked"),
    ("abb-rejects-level-3", "SetChargingProfile", _profile(stackLevel=3), "Rejected", "Accepted"),
    ("huawei-watts-only", "SetChargingProfile", _profile(chargingSchedule=_AMPERES), "Rejected", "Accepted"),
    ("phoenix-needs-connector", "RemoteStartTransaction", {"idTag": "A"}, "Rejected", "Accepted"),
    ("go-e-level-zero", "RemoteStartTransaction", _WITH_PROFILE, "Rejected", "Accepted"),
)


@pytest.mark.parametrize(("name", "action", "asked", "odd", "usual"), ANSWERS, ids=[row[0] for row in ANSWERS])
async def test_answer(
    name: str, action: str, asked: dict[str, Any], odd: str, usual: str, central: Csms, make: Make
) -> None:
    """Q06, Q19, Q26, Q49, Q51: the quirk answers otherwise than a charge point should."""
    for names, expected in (((), usual), ((name,), odd)):
        async with make(*names) as point:
            await point.until(lambda point=point: point.registered)  # type: ignore[misc]
            assert (await central.ask("CP-1", action, **asked))["status"] == expected


async def test_max_profile_is_accepted_and_ignored(central: Csms, make: Make) -> None:
    """Q05: Accepted, and nothing is installed."""
    async with make("grizzl-e-ignores-max-profile") as point:
        await point.until(lambda: point.registered)
        asked = _profile(chargingProfilePurpose="ChargePointMaxProfile")
        assert await central.ask("CP-1", "SetChargingProfile", **asked) == {"status": "Accepted"}
        assert not any(point.load.installed.values())


async def test_boots_only_when_triggered(central: Csms, make: Make) -> None:
    """Q22: messages come without a boot; after a TriggerMessage the boot comes."""
    async with make("wallbox-never-boots") as point:
        await central.until(lambda: central.of("StatusNotification"))
        assert not central.of("BootNotification")
        await central.ask("CP-1", "TriggerMessage", requestedMessage="BootNotification")
        await central.until(lambda: central.of("BootNotification"))
        assert point.registered


async def test_trigger_is_never_answered(central: Csms, make: Make) -> None:
    """Q40: TriggerMessage of BootNotification times out, another one does not."""
    async with make("starcharge-silent-trigger") as point:
        await point.until(lambda: point.registered)
        asked = {"requestedMessage": "BootNotification"}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(central.call("CP-1", "TriggerMessage", asked), 0.3)
        assert await central.ask("CP-1", "TriggerMessage", requestedMessage="Heartbeat") == {"status": "Accepted"}


async def test_stubborn_until_reset(central: Csms, make: Make) -> None:
    """Q39: rejects, and takes its time for it, until it was reset."""
    async with make("mennekes-stubborn", tempo=200.0) as point:
        await point.until(lambda: point.registered)
        asked = {"key": "HeartbeatInterval", "value": "60"}
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Rejected"}
        assert await central.ask("CP-1", "Reset", type="Hard") == {"status": "Accepted"}
        await point.until(lambda: point.counters.boots == 2 and point.registered)
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Accepted"}


async def test_deaf_after_idle(central: Csms, make: Make) -> None:
    """Q53: 90 s without a ping or a question, and it hears nothing; a ping cures it."""
    async with make("deaf-after-idle", tempo=200.0) as point:
        await point.until(lambda: point.registered)
        await point.clock.sleep(100)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(central.call("CP-1", "ClearCache", {}), 0.3)
        await (await central.sockets["CP-1"].ping())
        assert await central.ask("CP-1", "ClearCache") == {"status": "Accepted"}


async def test_altered_ids(central: Csms, make: Make) -> None:
    """Q56: the answer to what is not of the core comes under another id, as an error."""
    async with make("phihong-altered-ids") as point:
        await point.until(lambda: point.registered)
        assert await central.ask("CP-1", "ClearCache") == {"status": "Accepted"}
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(central.call("CP-1", "GetLocalListVersion", {}), 0.3)


async def test_overwhelmed_by_measurands(central: Csms, make: Make) -> None:
    """Q16: accepts them all, and reboots until it is asked for fewer."""
    async with make("abb-overwhelmed") as point:
        await point.until(lambda: point.registered)
        asked = {"key": "MeterValuesSampledData", "value": ",".join(MEASURANDS)}
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Accepted"}
        await point.until(lambda: point.counters.boots >= 3 and point.registered)
        await central.ask("CP-1", "ChangeConfiguration", **asked | {"value": "Energy.Active.Import.Register"})
        boots = point.counters.boots
        await point.clock.sleep(8)
        assert point.counters.boots == boots


async def test_session_forgotten_by_a_reboot(central: Csms, make: Make) -> None:
    """Q07: after the reset no StopTransaction comes; the cable is still in."""
    async with make("grizzl-e-forgets-sessions") as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("MeterValues"))
        await central.ask("CP-1", "Reset", type="Hard")
        await point.until(lambda: point.counters.boots == 2 and not point.outbox.waiting)
        await central.until(lambda: central.status(1) == "Preparing")
    assert not central.of("StopTransaction")


Told = list[tuple[str, dict[str, Any]]]


async def _come_back(point: ChargePoint, central: Csms, is_there: Callable[[Told], bool]) -> None:
    """A session loses its line; action and payload of what is told on the next connection are soon as they should."""
    await point.until(lambda: point.registered)
    point.plug_in(1, Vehicle(soc=20))
    point.start(1, "A1B2C3")
    await central.until(lambda: len(central.of("MeterValues")) >= 2)
    point.drop_line(1)
    await point.until(lambda: point.counters.connects == 2 and point.registered)
    point.fault(1, "WeakSignal")  # something to say
    await central.until(lambda: is_there([(c.action, c.payload) for c in central.calls if c.connection == 2]))


async def test_a_start_is_told_again(central: Csms, make: Make) -> None:
    """Q17, TX-04: after the line was lost the running session is told as a new one, with its old time."""
    async with make("abb-starts-again") as point:
        await _come_back(point, central, lambda told: ("StartTransaction", central.of("StartTransaction")[0]) in told)


async def test_history_is_told_again(central: Csms, make: Make) -> None:
    """Q34, MV-13: old values come again, in a context that does not exist."""

    def is_there(told: Told) -> bool:
        values = [payload["meterValue"][0] for action, payload in told if action == "MeterValues"]
        old = [value for value in values if value["sampledValue"][0]["context"] == "Sample.History"]
        return central.of("MeterValues")[0]["meterValue"][0]["timestamp"] in {value["timestamp"] for value in old}

    async with make("alfen-history") as point:
        await _come_back(point, central, is_there)


async def test_ids_of_the_session_before(central: Csms, make: Make) -> None:
    """Q44: the second session's values name the first one."""
    async with make("simpson-previous-id") as point:
        await point.until(lambda: point.registered)
        first = await session(point)
        seen = len(central.of("MeterValues"))
        await session(point)
    assert {p["transactionId"] for p in central.of("MeterValues")[seen:]} == {first}


async def test_a_limit_of_nothing_ends_the_session(central: Csms, make: Make) -> None:
    """Q38, SC-05: no SuspendedEVSE that lasts, but a stop."""
    async with make("enplus-ends-at-zero") as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: "Charging" in central.statuses(1))
        point.limit(1, 0)
        await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["reason"] == "Other"


async def test_a_refused_stop_is_repeated(central: Csms, make: Make) -> None:
    """Q47, TX-23: after a CALLERROR the same stop comes every ten seconds until it is accepted."""
    central.script["StopTransaction"] = deque(["InternalError", "InternalError", {}])
    async with make("metron-repeats-stop") as point:
        await point.until(lambda: point.registered)
        await session(point)
        await central.until(lambda: len(central.of("StopTransaction")) == 3)
        await point.clock.sleep(25)
    stops = central.of("StopTransaction")
    assert stops[0] == stops[1] == stops[2]
    assert len(stops) == 3


async def test_concurrent_session_is_stopped_as_minus_one(central: Csms, make: Make) -> None:
    """Q48, TX-07: ConcurrentTx with id 0 leads to a stop of -1."""
    central.script["StartTransaction"] = deque([{"transactionId": 0, "idTagInfo": {"status": "ConcurrentTx"}}])
    async with make("hager-stop-minus-one") as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("StopTransaction"))
    assert central.of("StopTransaction")[0]["transactionId"] == -1


async def test_large_ids_come_back_negative(central: Csms, make: Make) -> None:
    """Q13, TX-03: an id above 2**31 - 1 is not the one that is stopped."""
    central.script["StartTransaction"] = deque([{"transactionId": 2**31 + 5, "idTagInfo": {"status": "Accepted"}}])
    async with make("schneider-signed-ids") as point:
        await point.until(lambda: point.registered)
        await session(point)
    assert central.of("StopTransaction")[0]["transactionId"] == -(2**31) + 5


async def test_stops_that_are_skipped_or_wrong(central: Csms, make: Make) -> None:
    """Q43: of nine sessions some are never stopped, some under an id that nobody gave."""
    given: list[int] = []
    async with make("zaptec-skips-stops") as point:
        await point.until(lambda: point.registered)
        for _ in range(9):
            given.append(await session(point))
    stopped = [p["transactionId"] for p in central.of("StopTransaction")]
    assert len(stopped) < 9
    assert not set(stopped) <= set(given)
