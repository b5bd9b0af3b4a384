"""Charging profiles: what is taken, what it makes of the power, and what the charge point says it will do."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from simulator import ChargePoint, Profile, Vehicle
from simulator.charging_profiles import Now, Unfit, read_profile
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


def _at(seconds: float = 0.0) -> str:
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def profile(
    number: int, purpose: str, *periods: tuple[int, float], stack: int = 0, unit: str = "W", **more: Any
) -> dict[str, Any]:
    """A relative profile with (start s, limit) periods; `duration`, `startSchedule` go into its schedule."""
    schedule: dict[str, Any] = {
        "chargingRateUnit": unit,
        "chargingSchedulePeriod": [{"startPeriod": start, "limit": limit} for start, limit in periods],
    }
    schedule |= {name: more.pop(name) for name in ("duration", "startSchedule") if name in more}
    return {
        "chargingProfileId": number,
        "stackLevel": stack,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Relative",
        "chargingSchedule": schedule,
    } | more


async def _set(central: Csms, connector_id: int, wanted: dict[str, Any]) -> str:
    answer = await central.ask("CP-1", "SetChargingProfile", connectorId=connector_id, csChargingProfiles=wanted)
    return str(answer["status"])


async def _charging(central: Csms, point: ChargePoint, *connectors: int) -> None:
    """Big empty cars at these connectors, charging."""
    await point.until(lambda: point.registered)
    for number in connectors:
        point.plug_in(number, Vehicle(battery_kwh=500, soc=1, max_ac_kw=22, max_dc_kw=150))
        point.start(number, f"TAG{number}")
    await central.until(lambda: all(central.status(number) == "Charging" for number in connectors))
    await point.until(lambda: all(c.session is None or c.session.transaction_id for c in point.connectors.values()))


def _power(point: ChargePoint, connector_id: int) -> float:
    return point.connectors[connector_id].power_w


async def test_a_limit_changes_the_power_and_its_periods_follow(central: Csms, make: Make) -> None:
    """TC_057, SC-01: a TxProfile takes the power down, to 0 (SuspendedEVSE), and up again by its periods."""
    async with make() as point:
        await _charging(central, point, 1)
        assert _power(point, 1) == 11_000
        [transaction] = [c.session.transaction_id for c in point.connectors.values() if c.session]
        began = point.clock.time() - point.connectors[1].session.began  # type: ignore[union-attr]
        steps = (0, 4000.0), (int(began) + 10, 0.0), (int(began) + 20, 6000.0)
        assert await _set(central, 1, profile(1, "TxProfile", *steps, transactionId=transaction)) == "Accepted"
        assert _power(point, 1) == 4000
        await central.until(lambda: central.status(1) == "SuspendedEVSE")
        assert _power(point, 1) == 0
        await central.until(lambda: central.status(1) == "Charging")
        assert _power(point, 1) == 6000
        point.stop(1)
        assert point.load.installed[1] == []
        point.plug_out(1)
        await _charging(central, point, 1)
        assert _power(point, 1) == 11_000


async def test_defaults_stacks_and_amperes(central: Csms, make: Make) -> None:
    """TC_056: the higher stack level wins, the connector's default goes before everybody's, 16 A are 11 kW."""
    async with make() as point:
        assert await _connected_set(central, point, 0, profile(1, "TxDefaultProfile", (0, 5000))) == "Accepted"
        await _charging(central, point, 1, 2)
        assert (_power(point, 1), _power(point, 2)) == (5000, 5000)
        assert await _set(central, 2, profile(2, "TxDefaultProfile", (0, 16), unit="A")) == "Accepted"
        assert [_power(point, 1), _power(point, 2)] == [5000, 16 * 230 * 3]
        assert await _set(central, 0, profile(3, "TxDefaultProfile", (0, 3000), stack=2)) == "Accepted"
        assert [_power(point, 1), _power(point, 2)] == [3000, 16 * 230 * 3]


async def _connected_set(central: Csms, point: ChargePoint, connector_id: int, wanted: dict[str, Any]) -> str:
    await point.until(lambda: point.registered)
    return await _set(central, connector_id, wanted)


async def test_the_charge_point_has_a_limit_of_its_own(central: Csms, make: Make) -> None:
    """SC-01: ChargePointMaxProfile on connector 0 alone, shared by those who charge."""
    async with make() as point:
        await _charging(central, point, 1)
        limit = profile(9, "ChargePointMaxProfile", (0, 8000), chargingProfileKind="Absolute", startSchedule=_at(-1))
        assert await _set(central, 1, limit) == "Rejected"
        assert await _set(central, 0, limit) == "Accepted"
        assert _power(point, 1) == 8000
        point.plug_in(2, Vehicle(battery_kwh=500, soc=1))
        point.start(2, "TAG2")
        assert (_power(point, 1), _power(point, 2)) == (4000, 4000)
        point.stop(2)
        assert _power(point, 1) == 8000


async def test_profiles_are_cleared_by_what_is_named(central: Csms, make: Make) -> None:
    """TC_067, SC-06: by id alone; else everything given must fit; nothing given is all; Unknown when none fits."""
    async with make() as point:
        for number, stack in ((1, 0), (2, 1), (3, 2)):
            wanted = profile(number, "TxDefaultProfile", (0, 5000), stack=stack)
            assert await _connected_set(central, point, 1, wanted) == "Accepted"

        async def clear(**filters: object) -> str:
            return str((await central.ask("CP-1", "ClearChargingProfile", **filters))["status"])

        assert await clear(id=7) == "Unknown"
        assert await clear(id=1, stackLevel=5) == "Accepted"
        assert await clear(connectorId=2) == "Unknown"
        assert await clear(chargingProfilePurpose="TxProfile") == "Unknown"
        assert await clear(chargingProfilePurpose="TxDefaultProfile", stackLevel=1) == "Accepted"
        assert [p.profile_id for p in point.load.installed[1]] == [3]
        assert await clear() == "Accepted"
        assert await clear() == "Unknown"


async def test_one_profile_for_a_place_in_the_stack(central: Csms, make: Make) -> None:
    """SC-02: the same purpose and level, or the same id, replaces."""
    async with make() as point:
        assert await _connected_set(central, point, 1, profile(1, "TxDefaultProfile", (0, 5000))) == "Accepted"
        assert await _set(central, 1, profile(2, "TxDefaultProfile", (0, 4000))) == "Accepted"
        assert await _set(central, 1, profile(2, "TxDefaultProfile", (0, 3000), stack=4)) == "Accepted"
        assert [(p.profile_id, p.stack_level) for p in point.load.installed[1]] == [(2, 4)]


@pytest.mark.parametrize(
    "wanted",
    [
        profile(1, "TxDefaultProfile", (5, 5000)),
        profile(1, "TxDefaultProfile", (0, 5000), (0, 4000)),
        profile(1, "TxDefaultProfile", (0, 5000), stack=9),
        profile(1, "TxDefaultProfile", (0, -1)),
        profile(1, "TxDefaultProfile", (0, 5000), chargingProfileKind="Recurring", recurrencyKind="Daily"),
        profile(1, "TxProfile", (0, 5000), transactionId=4711),
        profile(1, "ChargePointMaxProfile", (0, 5000)),
        {"chargingProfileId": 1},
    ],
)
async def test_what_cannot_be_is_rejected(central: Csms, make: Make, wanted: dict[str, Any]) -> None:
    """SC-01, SC-02, SC-04: periods, stack level, kind, purpose and transaction must fit."""
    async with make() as point:
        assert await _connected_set(central, point, 1, wanted) == "Rejected"
        assert not any(point.load.installed.values())


async def test_composite_schedule(central: Csms, make: Make) -> None:
    """TC_066: profiles and rating together, in the unit that is asked for; of an unknown connector Rejected."""
    async with make() as point:
        steps = (0, 4000), (60, 20_000), (120, 2000)
        await _connected_set(central, point, 1, profile(1, "TxDefaultProfile", *steps, duration=180))
        answer = await central.ask("CP-1", "GetCompositeSchedule", connectorId=1, duration=300)
        amps = await central.ask("CP-1", "GetCompositeSchedule", connectorId=1, duration=100, chargingRateUnit="A")
        whole = await central.ask("CP-1", "GetCompositeSchedule", connectorId=0, duration=30)
        unknown = await central.ask("CP-1", "GetCompositeSchedule", connectorId=5, duration=30)
    rows = [(row["startPeriod"], row["limit"]) for row in answer["chargingSchedule"]["chargingSchedulePeriod"]]
    assert rows == [(0, 4000), (60, 11_000), (120, 2000), (180, 11_000)]
    rows = [(row["startPeriod"], row["limit"]) for row in amps["chargingSchedule"]["chargingSchedulePeriod"]]
    assert rows == [(0, 5.8), (60, 15.9)]
    assert whole["chargingSchedule"]["chargingSchedulePeriod"] == [{"startPeriod": 0, "limit": 54_000}]
    assert unknown == {"status": "Rejected"}


async def test_composite_schedule_of_the_whole(central: Csms, make: Make) -> None:
    """TC_066: connector 0 is the sum of all, never more than ChargePointMaxProfile allows at that time."""
    async with make() as point:
        limit = profile(1, "ChargePointMaxProfile", (0, 20_000), (600, 90_000), chargingProfileKind="Absolute")
        limit["chargingSchedule"]["startSchedule"] = _at(-1)
        assert await _connected_set(central, point, 0, limit) == "Accepted"
        answer = await central.ask("CP-1", "GetCompositeSchedule", connectorId=0, duration=900)
    first, second = answer["chargingSchedule"]["chargingSchedulePeriod"]
    assert (first["limit"], second["limit"]) == (20_000, 61_000)
    assert 540 <= second["startPeriod"] <= 580  # it began 20 s of this clock ago, or a bit more


async def test_there_is_room_for_so_many_profiles(central: Csms, make: Make) -> None:
    """MaxChargingProfilesInstalled: one more is Rejected, unless it replaces one."""
    async with make() as point:
        await point.until(lambda: point.registered)
        places = [(number, stack) for number in (0, 1, 2) for stack in range(9)]
        for index, (number, stack) in enumerate(places[:20]):
            assert await _set(central, number, profile(index, "TxDefaultProfile", (0, 5000), stack=stack)) == "Accepted"
        assert await _set(central, 2, profile(99, "TxDefaultProfile", (0, 5000), stack=8)) == "Rejected"
        assert await _set(central, 2, profile(5, "TxDefaultProfile", (0, 5000), stack=8)) == "Accepted"
        assert sum(len(profiles) for profiles in point.load.installed.values()) == 20


async def test_remote_start_brings_its_profile(central: Csms, make: Make) -> None:
    """TC_059: the profile counts from the first watt, and goes with the transaction."""
    async with make() as point:
        await point.until(lambda: point.registered)
        wanted = profile(4, "TxProfile", (0, 3500))
        asked = {"connectorId": 1, "idTag": "A", "chargingProfile": wanted}
        assert await central.ask("CP-1", "RemoteStartTransaction", **asked) == {"status": "Accepted"}
        await central.until(lambda: central.status(1) == "Preparing")
        point.plug_in(1)
        await central.until(lambda: central.status(1) == "Charging")
        assert _power(point, 1) == 3500
        asked["connectorId"], asked["chargingProfile"] = 2, profile(5, "TxDefaultProfile", (0, 3500))
        assert await central.ask("CP-1", "RemoteStartTransaction", **asked) == {"status": "Rejected"}


async def test_without_smart_charging(central: Csms, make: Make) -> None:
    """SetChargingProfile is NotSupported, the schedule not known, the keys not there."""
    async with make(lacks=frozenset({Profile.SMART_CHARGING})) as point:
        assert await _connected_set(central, point, 0, profile(1, "TxDefaultProfile", (0, 1))) == "NotSupported"
        frame = await central.call("CP-1", "GetCompositeSchedule", {"connectorId": 1, "duration": 5})
        assert frame[:3:2] == [4, "NotSupported"]
        [key] = (await central.ask("CP-1", "GetConfiguration", key=["SupportedFeatureProfiles"]))["configurationKey"]
        assert key["value"] == "Core,FirmwareManagement,LocalAuthListManagement,Reservation,RemoteTrigger"


def test_recurring_and_validity() -> None:
    """Daily schedules begin again each day, whatever day they were made; outside validFrom and validTo none counts."""
    day = profile(
        1,
        "TxDefaultProfile",
        (0, 7000),
        (3600, 2000),
        chargingProfileKind="Recurring",
        recurrencyKind="Daily",
        startSchedule="2026-11-01T22:00:00Z",
        validTo="2026-12-01T00:00:00Z",
    )
    read = read_profile(day)

    def limit(text: str) -> float | None:
        return read.limit_w(Now(datetime.fromisoformat(text).timestamp(), 0.0), 3)

    assert limit("2026-11-21T22:30:00Z") == 7000
    assert limit("2026-11-21T23:30:00Z") == 2000
    assert limit("2026-11-22T21:59:00Z") == 2000
    assert limit("2026-12-02T22:30:00Z") is None
    assert read.next_change_s(Now(datetime.fromisoformat("2026-11-21T22:30:00Z").timestamp(), 0.0)) == 1800
    with pytest.raises(Unfit):
        read_profile(day | {"recurrencyKind": "Hourly"})
