"""The small parts: battery, timer, key store, outbox."""

from __future__ import annotations

import asyncio

import pytest

from simulator.clock import Clock, Schedule
from simulator.configuration import Configuration
from simulator.connector import Session
from simulator.outbox import MAX_WAITING, Outbox
from simulator.standard_keys import standard_keys
from simulator.statistics import Counters, total
from simulator.vehicle import Vehicle


def test_dc_power_tapers_and_ends_at_the_target() -> None:
    """Full power when empty, less when fuller, nothing at the target."""
    car = Vehicle(soc=20, target_soc=90, max_dc_kw=100)
    low = car.power_w(150_000, 0)
    car.soc = 80
    high = car.power_w(150_000, 0)
    car.soc = 90
    assert low == 100_000
    assert 0 < high < low / 2 + 1
    assert car.power_w(150_000, 0) == 0


def test_a_single_phase_car_draws_a_third() -> None:
    """22 kW on three phases are 7.3 kW for one."""
    assert Vehicle(phases=1, max_ac_kw=22).power_w(22_000, 3) == pytest.approx(22_000 / 3)


async def test_schedule_keeps_order_replaces_and_cancels() -> None:
    """One timer: due callbacks run in order of time; a key put again counts once; a cancelled one never."""
    schedule = Schedule(Clock(tempo=100))
    ran: list[str] = []
    done = asyncio.Event()
    schedule.after("c", 4, done.set)
    schedule.after("b", 3, lambda: ran.append("b"))
    schedule.after("a", 1, lambda: ran.append("old"))
    schedule.after("a", 2, lambda: ran.append("a"))
    schedule.after("x", 1, lambda: ran.append("x"))
    schedule.cancel("x")
    await asyncio.wait_for(done.wait(), 2)
    assert ran == ["a", "b"]


def test_configuration_knows_types() -> None:
    """Whole numbers, booleans and lists of measurands are checked before they count."""
    keys = Configuration(standard_keys(2))
    assert keys.change("HeartbeatInterval", "-5") == "Rejected"
    assert keys.change("LocalAuthorizeOffline", "maybe") == "Rejected"
    assert keys.change("meterValuesSampledData", "Voltage,SoC") == "Accepted"
    assert keys.text("MeterValuesSampledData") == "Voltage,SoC"


async def test_outbox_drops_meter_values_before_anything_that_counts() -> None:
    """A very long time without a line: the oldest values go, the start and the stop stay."""
    outbox = Outbox()
    session = Session(1, "A1B2C3", 0, 0)
    outbox.put("StartTransaction", {}, session=session)
    for _ in range(MAX_WAITING + 50):
        outbox.put("MeterValues", {}, session=session)
    outbox.put("StopTransaction", {}, session=session)
    assert outbox.waiting == MAX_WAITING
    actions = []
    while (entry := outbox.next(0)) is not None:
        actions.append(entry.action)
        outbox.done(entry)
    assert actions[0] == "StartTransaction"
    assert actions[-1] == "StopTransaction"


def test_counters_add_up() -> None:
    """A fleet's counters are the sum, its percentiles those of all latencies."""
    one, two = Counters(sent=3), Counters(sent=4)
    one.latency_ms.extend([1.0] * 90)
    two.latency_ms.extend([9.0] * 10)
    fleet = total([one, two])
    assert fleet.sent == 7
    assert fleet.percentile(0.5) == 1.0
    assert fleet.percentile(0.99) == 9.0
    assert Counters().percentile(0.5) == 0
