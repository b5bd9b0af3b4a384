"""Failures that are switched on and off while the charge point lives, by the same table as everything else."""

from __future__ import annotations

import asyncio
import re
from datetime import UTC, datetime

import pytest

from simulator import Refused, Vehicle
from simulator.controls import perform
from tests.simulator.conftest import Make
from tests.simulator.csms import Csms


async def test_late_answers(central: Csms, make: Make) -> None:
    """RPC-06: the answer comes by so many seconds late; in time again once it is switched off."""
    async with make() as point:
        await point.until(lambda: point.registered)
        said = perform(point, "misbehave", {"failure": "late-answers", "by": "20"})
        assert said == "from now on it answers what it is asked late (seconds: 20)"
        loop = asyncio.get_running_loop()
        began = loop.time()
        assert await central.ask("CP-1", "ClearCache") == {"status": "Accepted"}
        assert loop.time() - began >= 0.99
        perform(point, "behave", {})
        began = loop.time()
        await central.ask("CP-1", "ClearCache")
        assert loop.time() - began < 0.9


async def test_no_answers_and_errors(central: Csms, make: Make) -> None:
    """RPC-05: nothing comes back; as errors, the code that was named, and nothing is done."""
    async with make() as point:
        await point.until(lambda: point.registered)
        perform(point, "misbehave", {"failure": "no-answers"})
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(central.call("CP-1", "ClearCache", {}), 0.3)
        perform(point, "behave", {"failure": "no-answers"})
        perform(point, "misbehave", {"failure": "error-answers", "by": "GenericError"})
        answer = await central.call("CP-1", "ChangeConfiguration", {"key": "HeartbeatInterval", "value": "7"})
        assert answer[:1] + answer[2:3] == [4, "GenericError"]
        assert point.configuration.number("HeartbeatInterval") != 7


async def test_the_line_is_lost_at_a_message(central: Csms, make: Make) -> None:
    """TX-03: the stop arrives, its answer does not: told again on the next connection, once."""
    async with make() as point:
        await point.until(lambda: point.registered)
        perform(point, "misbehave", {"failure": "drops-at"})
        point.plug_in(1)
        point.start(1, "A1B2C3")
        await point.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        point.stop(1)
        await point.until(lambda: point.counters.connects == 2 and not point.outbox.waiting)
    assert len(central.of("StopTransaction")) == 2
    assert central.of("StopTransaction")[0] == central.of("StopTransaction")[1]


async def test_wrong_clock(central: Csms, make: Make) -> None:
    """HB-03: every time it tells is off by as much as was said."""
    async with make() as point:
        await point.until(lambda: point.registered)
        perform(point, "misbehave", {"failure": "clock-off", "by": "3600"})
        point.plug_in(1)
        await central.until(lambda: central.status(1) == "Preparing")
    stamp = central.of("StatusNotification")[-1]["timestamp"]
    ahead = datetime.fromisoformat(stamp.replace("Z", "+00:00")) - datetime.now(UTC)
    assert ahead.total_seconds() == pytest.approx(3600, abs=5)
    assert re.fullmatch(r"\S+\.\d{3}Z", stamp)


async def test_offline_messages_come_in_the_wrong_order(central: Csms, make: Make) -> None:
    """TX-12: of two sessions of an offline hour the later one is told first, its stop before its values."""
    async with make() as point:
        await point.until(lambda: point.registered)
        perform(point, "misbehave", {"failure": "out-of-order"})
        point.drop_line(16)
        await point.until(lambda: not point.connected)
        for tag in ("FIRST", "SECOND"):
            point.plug_in(1, Vehicle(soc=20))
            point.start(1, tag)
            await point.clock.sleep(7)  # it charges, and nobody hears of it
            point.stop(1)
            point.plug_out(1)
        await point.until(lambda: point.connected and not point.outbox.waiting, 8)
    kept = [c for c in central.calls if c.action in ("StartTransaction", "StopTransaction", "MeterValues")]
    assert [c.payload["idTag"] for c in kept if c.action == "StartTransaction"] == ["SECOND", "FIRST"]
    assert [c.action for c in kept][:3] == ["StartTransaction", "StopTransaction", "MeterValues"]


async def test_fragments_and_a_slow_line(central: Csms, make: Make) -> None:
    """WS-22: texts in pieces arrive whole; the line costs its time in both directions."""
    async with make() as point:
        perform(point, "misbehave", {"failure": "fragments", "by": "5"})
        perform(point, "misbehave", {"failure": "slow-link", "by": "1000"})
        await point.until(lambda: point.registered)
        assert min(point.counters.latency_ms) >= 100
    assert central.of("BootNotification")[0]["chargePointModel"] == "SIM-2"


async def test_measures_are_checked(make: Make) -> None:
    """Row 175: what cannot be meant is refused with a sentence."""
    point = make()
    with pytest.raises(Refused, match="number from 0 to 1"):
        perform(point, "misbehave", {"failure": "duplicates", "by": "often"})
    with pytest.raises(Refused, match="failure is one of"):
        perform(point, "misbehave", {"failure": "sulks"})
    with pytest.raises(Refused, match="behaves already"):
        perform(point, "behave", {})
