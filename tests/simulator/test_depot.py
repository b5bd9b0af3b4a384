"""The depot is alive at once and never dull."""

from __future__ import annotations

import asyncio
import time

from simulator import Depot, Kind, Status
from simulator.cast import STRANGER
from simulator.director import SIGHTS
from tests.machine import Machine
from tests.simulator.csms import Csms


async def test_fourteen_chargers_are_alive_within_three_seconds(central: Csms) -> None:
    """Real tempo: all booted, at least five connectors charge with power, every kind of state is to be seen."""
    async with Depot(central.url) as depot:
        await depot.until(lambda: depot.registered == 14, 3)
        await central.until(lambda: len(central.of("MeterValues")) >= 15, 3)
        await central.until(lambda: len(central.of("StatusNotification")) >= 14 + 24, 3)
        wanted = {status.value for status in Status}
        await central.until(lambda: {p["status"] for p in central.of("StatusNotification")} == wanted, 3)
        assert depot.count(Status.CHARGING) >= 5
        assert {p["idTag"] for p in central.of("StartTransaction")} <= set(depot.id_tags)
        assert STRANGER not in depot.id_tags
        powers = [
            float(sample["value"])
            for payload in central.of("MeterValues")
            for sample in payload["meterValue"][-1]["sampledValue"]
            if sample["measurand"] == "Power.Active.Import"
        ]
        assert sum(power > 1000 for power in powers) >= 5
        codes = {(p["errorCode"], p.get("vendorErrorCode"), p.get("info")) for p in central.of("StatusNotification")}
        assert ("GroundFailure", "E-113", "RCD trip") in codes
        assert central.most_outstanding == 1


async def test_something_worth_seeing_in_every_half_minute(central: Csms) -> None:
    """Sixty times faster: in three minutes of the depot no gap between two sights is longer than half a minute."""
    tempo = 60.0
    central.heartbeat_s = 60
    sights: list[float] = []
    with Machine() as machine:
        async with Depot(central.url, tempo=tempo) as depot:
            await depot.until(lambda: depot.registered == 14)
            began = time.monotonic()
            depot.listeners.append(
                lambda happening: sights.append(time.monotonic()) if happening.kind in SIGHTS else None
            )
            with_end = began + 3 * 60 / tempo
            await asyncio.wait_for(_passed(depot, with_end), 8)
            gaps = [
                (later - earlier - machine.withheld(earlier, later)) * tempo
                for earlier, later in zip([began, *sights], [*sights, with_end], strict=False)
            ]
            assert max(gaps) < 30
            assert len({happening.kind for happening in depot.sights}) >= 4
            assert central.most_outstanding == 1


async def _passed(depot: Depot, moment: float) -> None:
    """Until a happening comes after `moment`: there always is a next one."""
    await depot.until(lambda: time.monotonic() >= moment, 8)


async def test_life_after_remote_operations(central: Csms) -> None:
    """A remotely started free connector gets its car; a remotely stopped one is left; a reset charger comes back."""
    async with Depot(central.url, 3, tempo=30.0) as depot:
        await depot.until(lambda: depot.registered == 3)
        point = depot.points["CP-0002"]
        assert await central.ask("CP-0002", "RemoteStartTransaction", idTag=depot.id_tags[0], connectorId=1) == {
            "status": "Accepted"
        }
        await depot.until(lambda: point.connectors[1].session and point.connectors[1].session.transaction_id)
        session = point.connectors[1].session
        assert session is not None
        await central.ask("CP-0002", "RemoteStopTransaction", transactionId=session.transaction_id)
        await depot.until(lambda: not point.connectors[1].cable)
        other = depot.points["CP-0001"]
        await central.ask("CP-0001", "Reset", type="Soft")
        await depot.until(lambda: other.counters.boots == 2 and other.registered)


async def test_same_seed_same_cast(central: Csms) -> None:
    """Names, plates, tags and opening energies are those of the seed; another seed has others."""
    one, two, three = (Depot(central.url, 20, seed) for seed in (7, 7, 8))
    assert one.members == two.members != three.members
    assert one.id_tags == two.id_tags
    assert len(set(one.id_tags)) == len(one.id_tags)
    assert list(one.points)[:2] == ["CP-0001", "CP-0002"]
    for member in one.members.values():
        plate = member.nameplate
        assert len(plate.vendor) <= 20
        assert len(plate.model) <= 20
        assert len(plate.serial) <= 25


async def test_one_charger_drops_its_line_and_one_refuses(central: Csms) -> None:
    """The fourteen contain a charger that drops its line within the first act and one that rejects commands."""
    async with Depot(central.url, tempo=30.0) as depot:
        await depot.until(lambda: depot.registered == 14)
        assert await central.ask("CP-0013", "Reset", type="Soft") == {"status": "Rejected"}
        await depot.until(lambda: any(h.kind is Kind.LINE_DOWN for h in depot.sights))
        [dropped] = {h.charger_id for h in depot.sights if h.kind is Kind.LINE_DOWN}
        await depot.until(lambda: depot.points[dropped].registered)
        assert dropped == "CP-0006"


async def test_a_hundred_chargers_start_together_and_end_cleanly(central: Csms) -> None:
    """All of them boot; on leaving no task is left behind."""
    before = asyncio.all_tasks()
    async with Depot(central.url, 100) as depot:
        await depot.until(lambda: depot.registered == 100, 20)
        tasks = [task.get_name() for task in asyncio.all_tasks() - before]
        assert sum("CP-0001" in name for name in tasks) <= 2
    assert not [task for task in asyncio.all_tasks() - before if "CP-" in task.get_name()]
