"""A session from plug to plug, and what can go wrong on the way."""

from __future__ import annotations

import re
from collections import deque

import pytest

from simulator import Refused, Status, Vehicle
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


def _registers(central: Csms) -> list[int]:
    """Every reading of the energy register, in the order it was sent."""
    readings = []
    for payload in central.of("MeterValues"):
        for value in payload["meterValue"]:
            for sample in value["sampledValue"]:
                if sample["measurand"] == "Energy.Active.Import.Register":
                    readings.append(int(sample["value"]))
    return readings


async def test_session_sends_the_right_messages_in_order(central: Csms, make: Make) -> None:
    """Preparing, Authorize, StartTransaction, Charging, MeterValues, StopTransaction, Finishing, Available."""
    async with make() as point:
        await point.until(lambda: point.registered and point.main.confirmed)
        await central.until(lambda: len(central.of("StatusNotification")) == 3)
        begin = len(central.calls)
        point.plug_in(1, Vehicle(battery_kwh=60, soc=30, max_ac_kw=11))
        point.present_tag(1, "A1B2C3")
        await central.until(lambda: len(central.of("MeterValues")) >= 3)
        point.present_tag(1, "a1b2c3")
        point.plug_out(1)
        await central.until(lambda: central.status(1) == "Available" and central.of("StopTransaction"))
    told = [
        c.payload.get("status", c.action) for c in central.calls[begin:] if c.action not in ("MeterValues", "Heartbeat")
    ]
    assert told == [
        "Preparing",
        "Authorize",
        "StartTransaction",
        "Charging",
        "StopTransaction",
        "Finishing",
        "Available",
    ]
    start, stop = central.of("StartTransaction")[0], central.of("StopTransaction")[0]
    registers = _registers(central)
    assert registers == sorted(registers)
    assert start["meterStart"] <= registers[0] < registers[-1] <= stop["meterStop"]
    assert stop["transactionId"] == 101
    assert stop["reason"] == "Local"
    assert {p["transactionId"] for p in central.of("MeterValues")} == {101}


async def test_the_next_session_goes_on_where_the_last_one_ended(central: Csms, make: Make) -> None:
    """Row 169: the register, the transactions and the counters stay as long as the charge point runs, also offline."""
    async with make() as point:
        await point.until(lambda: point.registered)
        for n in (1, 2):
            point.plug_in(1)
            point.start(1, "A1B2C3")
            await central.until(lambda n=n: len(central.of("MeterValues")) >= 2 * n)  # type: ignore[misc]
            point.stop(1)
            point.plug_out(1)
            await point.until(lambda: point.outbox.waiting == 0)
            point.drop_line(0.1)
            await point.until(lambda: not point.connected)
            await point.until(lambda: point.registered)
        starts, stops = central.of("StartTransaction"), central.of("StopTransaction")
        assert starts[1]["meterStart"] == stops[0]["meterStop"] > starts[0]["meterStart"]
        assert point.counters.connects == 3
        assert [kept.action for kept in point.acknowledged if kept.action != "MeterValues"] == [
            "StartTransaction",
            "StopTransaction",
        ] * 2


async def test_meter_values_of_ac_and_dc(central: Csms, make: Make) -> None:
    """AC tells current and voltage per phase, DC one of each and the SoC; P = U * I within the rounding."""
    async with make() as point:
        await point.until(lambda: point.registered)
        for number in (1, 2):
            point.plug_in(number, Vehicle(battery_kwh=80, soc=20, max_ac_kw=11, max_dc_kw=150))
            point.start(number, f"TAG{number}")
        await central.until(lambda: {p["connectorId"] for p in central.of("MeterValues")} == {1, 2})
    sampled = {p["connectorId"]: p["meterValue"][0]["sampledValue"] for p in reversed(central.of("MeterValues"))}
    ac = {(s["measurand"], s.get("phase", "")): float(s["value"]) for s in sampled[1]}
    dc = {(s["measurand"], s.get("phase", "")): float(s["value"]) for s in sampled[2]}
    assert ("SoC", "") not in ac
    power = sum(ac["Voltage", f"L{n}-N"] * ac["Current.Import", f"L{n}"] for n in (1, 2, 3))
    assert power == pytest.approx(ac["Power.Active.Import", ""], rel=0.02)
    assert power == pytest.approx(11_000, rel=0.05)
    assert 20 <= dc["SoC", ""] <= 40
    assert dc["Voltage", ""] * dc["Current.Import", ""] == pytest.approx(dc["Power.Active.Import", ""], rel=0.02)


async def test_a_full_car_suspends_the_session(central: Csms, make: Make) -> None:
    """When the target is reached the connector becomes SuspendedEV and the register stands still."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1, Vehicle(battery_kwh=20, soc=79, target_soc=80))
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].status is Status.SUSPENDED_EV)
        await central.until(lambda: "SuspendedEV" in central.statuses(1))
        full_wh = point.connectors[1].register_wh
        seen = len(central.of("MeterValues"))
        await central.until(lambda: len(central.of("MeterValues")) > seen + 1)
        assert point.connectors[1].register_wh == full_wh
        assert full_wh == pytest.approx(20_000 * 0.01 / 0.93, rel=0.01)


async def test_a_refused_tag_starts_nothing(central: Csms, make: Make) -> None:
    """AUTH-01: Authorize with Invalid leaves the connector Preparing, no transaction begins."""
    central.script["Authorize"] = deque([{"idTagInfo": {"status": "Invalid"}}])
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.present_tag(1, "DEAD01")
        await point.until(lambda: point.counters.answered >= 6)
        assert point.connectors[1].status is Status.PREPARING
    assert not central.of("StartTransaction")


async def test_a_tag_refused_at_the_start_ends_the_session(central: Csms, make: Make) -> None:
    """TX-02: StartTransaction answered with Blocked is followed by StopTransaction, reason DeAuthorized."""
    central.script["StartTransaction"] = deque([{"transactionId": 9, "idTagInfo": {"status": "Blocked"}}])
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("StopTransaction"))
    stop = central.of("StopTransaction")[0]
    assert (stop["transactionId"], stop["reason"]) == (9, "DeAuthorized")


async def test_fault_stops_the_session_and_clears(central: Csms, make: Make) -> None:
    """Faulted carries all vendor texts, the session ends with Other; clearing goes on to Finishing with NoError."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: "Charging" in central.statuses(1))
        point.fault(1, "GroundFailure", "ABB", "E-113", "RCD trip")
        with pytest.raises(Refused, match="faulted"):
            point.present_tag(1, "A1B2C3")
        await central.until(lambda: central.of("StopTransaction"))
        point.clear_fault(1)
        await central.until(lambda: central.status(1) == "Finishing")
    faulted = next(p for p in central.of("StatusNotification") if p["status"] == "Faulted")
    assert faulted["connectorId"] == 1
    assert (faulted["errorCode"], faulted["vendorId"], faulted["vendorErrorCode"], faulted["info"]) == (
        "GroundFailure",
        "ABB",
        "E-113",
        "RCD trip",
    )
    assert central.of("StopTransaction")[0]["reason"] == "Other"
    assert central.of("StatusNotification")[-1]["errorCode"] == "NoError"


async def test_warning_goes_on_charging(central: Csms, make: Make) -> None:
    """SN-03: an error code that does not stop is told beside Charging."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        point.fault(1, "EVCommunicationError", vendor_error_code="PLC-11")
        await central.until(
            lambda: [
                p
                for p in central.of("StatusNotification")
                if p["status"] == "Charging" and p["errorCode"] == "EVCommunicationError"
            ]
        )
        assert point.connectors[1].session is not None


async def test_main_controller_fault_leaves_connectors_alone(central: Csms, make: Make) -> None:
    """SN-02: a fault of connector 0 is told for 0 alone, and remote starts are refused meanwhile."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.fault(0, "InternalError")
        await central.until(lambda: central.status(0) == "Faulted")
        assert await central.ask("CP-1", "RemoteStartTransaction", idTag="A", connectorId=1) == {"status": "Rejected"}
    assert central.statuses(1) == ["Available"]


async def test_held_by_load_management(central: Csms, make: Make) -> None:
    """A limit of 0 W is SuspendedEVSE, lifting it is Charging again."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        point.limit(1, 0, "held")
        await central.until(lambda: central.status(1) == "SuspendedEVSE")
        assert point.connectors[1].power_w == 0
        point.limit(1, None)
        await central.until(lambda: central.status(1) == "Charging")
        assert point.connectors[1].power_w > 0


async def test_reservation_keeps_others_out_and_expires(central: Csms, make: Make) -> None:
    """Reserved for one tag: another is refused; unused it expires to Available by itself."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.reserve(1, "A1B2C3", 5)
        await central.until(lambda: central.status(1) == "Reserved")
        with pytest.raises(Refused, match="reserved"):
            point.present_tag(1, "C0FFEE")
        await central.until(lambda: central.status(1) == "Available")


async def test_broken_preconditions_are_sentences(make: Make) -> None:
    """Rows 152-165, 175: each impossible act is refused with a sentence and changes nothing."""
    point = make()
    with pytest.raises(Refused, match="plug in first"):
        point.start(1, "A1B2C3")
    with pytest.raises(Refused, match="no connector 7"):
        point.plug_in(7)
    with pytest.raises(Refused, match="choose a connector"):
        point.plug_in(0)
    with pytest.raises(Refused, match="No cable"):
        point.plug_out(1)
    point.set_available(2, False)
    point.plug_in(2)
    with pytest.raises(Refused, match="unavailable"):
        point.start(2, "A1B2C3")
    point.plug_in(1)
    with pytest.raises(Refused, match="already"):
        point.plug_in(1)
    point.start(1, "A1B2C3")
    with pytest.raises(Refused, match="locked"):
        point.plug_out(1)
    with pytest.raises(Refused, match="Another tag"):
        point.present_tag(1, "C0FFEE")
    with pytest.raises(Refused, match="no OCPP"):
        point.fault(1, "Kaput")
    assert point.connectors[1].status is Status.CHARGING


async def test_timestamps_are_utc_with_milliseconds_at_most(central: Csms, make: Make) -> None:
    """HB-01, seen from the other end: every timestamp ends in Z and has three decimals."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("MeterValues"))
    stamps = re.findall(r"'timestamp': '([^']*)'", str([c.payload for c in central.calls]))
    assert len(stamps) >= 5
    assert all(re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", stamp) for stamp in stamps)
