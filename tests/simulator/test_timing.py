"""Meter values by interval and by the clock, what goes with a stop, what an invalid tag may have, and pauses."""

from __future__ import annotations

import time
from collections import deque
from datetime import datetime

from simulator import ChargePoint, Clock, Status, Vehicle
from tests.machine import Machine
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


async def test_seven_kilowatts_by_default(central: Csms) -> None:
    """Rows 154, 160: a charge point as it comes charges with 7.2 kW, and an hour of it is 7.2 kWh."""
    clock = Clock(tempo=20.0, speed=60.0)  # a second is twenty minutes of charging
    async with ChargePoint("CP-1", central.url, clock=clock) as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        connector = point.connectors[1]
        assert connector.power_w == 7200
        assert connector.session is not None
        began = connector.session.began
        await central.until(lambda: len(central.of("MeterValues")) >= 1)
        earliest = clock.time()
        point.look()
        least, most = (7200 * (moment - began) * clock.speed / 3600 for moment in (earliest, clock.time()))
        assert least * 0.98 <= connector.session_wh <= most * 1.02


async def test_values_by_the_clock(central: Csms, make: Make) -> None:
    """ClockAlignedDataInterval: of every connector, at full multiples, as Sample.Clock; with the stop as well."""
    async with make() as point:
        await point.until(lambda: point.registered)
        point.configuration.set("MeterValueSampleInterval", "0")
        point.plug_in(1)
        point.start(1, "A1B2C3")
        for key, value in (
            ("MeterValuesAlignedData", "Energy.Active.Import.Register,Power.Offered,Temperature,Current.Offered"),
            ("StopTxnAlignedData", "Energy.Active.Import.Register"),
            ("ClockAlignedDataInterval", "20"),  # a second at this tempo
        ):
            asked = {"key": key, "value": value}
            assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "Accepted"}
        await central.until(lambda: len(central.of("MeterValues")) >= 4)
        point.stop(1)
        await central.until(lambda: central.of("StopTransaction"))
    values = central.of("MeterValues")
    assert [value["connectorId"] for value in values[:4]] == [1, 2, 1, 2]
    assert ("transactionId" in values[0], "transactionId" in values[1]) == (True, False)
    assert {s["context"] for v in values for s in v["meterValue"][0]["sampledValue"]} == {"Sample.Clock"}
    assert len({s["measurand"] for s in values[0]["meterValue"][0]["sampledValue"]}) == 4
    stamps = [datetime.fromisoformat(value["meterValue"][0]["timestamp"]).timestamp() for value in values]
    assert all(stamp % 1 < 0.4 for stamp in stamps)
    [stop] = central.of("StopTransaction")
    contexts = [s["context"] for v in stop["transactionData"] for s in v["sampledValue"]]
    assert contexts[0] == "Transaction.Begin"
    assert contexts[-1] == "Transaction.End"
    assert set(contexts[1:-1]) == {"Sample.Clock"}
    assert len(contexts) >= 4


async def test_what_goes_with_a_stop_is_configured(central: Csms, make: Make) -> None:
    """StopTxnSampledData: its measurands at the end; empty: no transactionData at all."""
    async with make() as point:
        await point.until(lambda: point.registered)
        for measurands in ("Energy.Active.Import.Register,SoC,Voltage", ""):
            await central.ask("CP-1", "ChangeConfiguration", key="StopTxnSampledData", value=measurands)
            point.plug_in(2)
            point.start(2, "A1B2C3")
            point.stop(2)
            point.plug_out(2)
        await central.until(lambda: len(central.of("StopTransaction")) == 2)
    full, empty = central.of("StopTransaction")
    ends = {s["measurand"] for s in full["transactionData"][-1]["sampledValue"] if s["context"] == "Transaction.End"}
    assert ends == {"Energy.Active.Import.Register", "SoC", "Voltage"}
    assert "transactionData" not in empty


async def test_after_two_seconds_the_next_may_start(central: Csms, make: Make) -> None:
    """Row 155: Finishing becomes Preparing with the cable still in, and another session can begin."""
    async with make(finishing_s=2.0) as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "Charging")
        with Machine() as machine:
            point.stop(1)
            began, asked = point.clock.time(), time.monotonic()
            await central.until(lambda: central.statuses(1)[-2:] == ["Finishing", "Preparing"])
            assert 1.9 <= point.clock.time() - began < 6 + 20 * machine.withheld(asked)
        point.start(1, "C0FFEE")
        await central.until(lambda: central.status(1) == "Charging")


async def test_cable_out_of_the_car_suspends_when_it_is_configured(central: Csms, make: Make) -> None:
    """TC_005: StopTransactionOnEVSideDisconnect false: SuspendedEV, and on with the same session when it is back."""
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="StopTransactionOnEVSideDisconnect", value="false")
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "Charging")
        point.plug_out(1, force=True)
        await central.until(lambda: central.status(1) == "SuspendedEV")
        assert point.connectors[1].power_w == 0
        point.plug_in(1)
        await central.until(lambda: central.status(1) == "Charging")
        assert len(central.of("StartTransaction")) == 1
    assert not central.of("StopTransaction")


INVALID = {"transactionId": 9, "idTagInfo": {"status": "Invalid"}}


async def test_an_invalid_tag_gets_its_allowance(central: Csms, make: Make) -> None:
    """MaxEnergyOnInvalidId: so much, then DeAuthorized."""
    central.script["StartTransaction"] = deque([INVALID])
    async with make(clock=Clock(tempo=20.0, speed=6.0)) as point:  # half a second late are 180 Wh
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="MaxEnergyOnInvalidId", value="500")
        point.plug_in(1, Vehicle(battery_kwh=90, soc=10))
        point.start(1, "A1B2C3")
        await central.until(lambda: central.of("StopTransaction"))
    [start], [stop] = central.of("StartTransaction"), central.of("StopTransaction")
    assert stop["reason"] == "DeAuthorized"
    assert 500 <= stop["meterStop"] - start["meterStart"] < 700


async def test_an_invalid_tag_may_be_held_instead_of_stopped(central: Csms, make: Make) -> None:
    """TC_037_3, StopTransactionOnInvalidId false: the session stays and no energy flows."""
    central.script["StartTransaction"] = deque([INVALID])
    async with make() as point:
        await point.until(lambda: point.registered)
        await central.ask("CP-1", "ChangeConfiguration", key="StopTransactionOnInvalidId", value="false")
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await central.until(lambda: central.status(1) == "SuspendedEVSE")
        assert point.connectors[1].status is Status.SUSPENDED_EVSE
        point.stop(1)
        await central.until(lambda: central.of("StopTransaction"))


async def test_what_is_over_soon_is_not_told(central: Csms, make: Make) -> None:
    """MinimumStatusDuration: a status that lasts shorter is left out, the one that stays is told."""
    async with make() as point:
        await central.until(lambda: central.status(2))
        await central.ask("CP-1", "ChangeConfiguration", key="MinimumStatusDuration", value="5")
        point.plug_in(1)
        point.plug_out(1)
        point.plug_in(2)
        await central.until(lambda: central.status(2) == "Preparing")
    assert central.statuses(1) == ["Available"]


async def test_pings_are_sent_after_the_next_boot(central: Csms, make: Make) -> None:
    """WebSocketPingInterval: RebootRequired, off until then; half a second at this tempo."""
    async with make() as point:
        await point.until(lambda: point.registered)
        assert point.ping_interval_s is None
        asked = {"key": "WebSocketPingInterval", "value": "10"}
        assert await central.ask("CP-1", "ChangeConfiguration", **asked) == {"status": "RebootRequired"}
        await central.ask("CP-1", "Reset", type="Soft")
        await point.until(lambda: point.counters.connects == 2 and point.registered)
        assert point.ping_interval_s == 0.5
