"""kill -9 in the middle of transactions: what was acknowledged is there, and the depot is back as it was."""

from __future__ import annotations

import asyncio
import os
import random
import sqlite3
from pathlib import Path
from typing import Any

import pytest

from simulator import ChargePoint, Depot
from tests.journeys.product import Served

#: Rounds of the default run; `KILL_ROUNDS=20` is the full proof.
ROUNDS = int(os.environ.get("KILL_ROUNDS", "4"))


def rows(db: Path, query: str) -> list[tuple[Any, ...]]:
    with sqlite3.connect(f"file:{db}?mode=ro", uri=True) as connection:
        return connection.execute(query).fetchall()


def missing(db: Path, points: list[ChargePoint], acknowledged: int) -> list[str]:
    """Acknowledged transaction messages that the database does not hold."""
    transactions = {
        row[0]: row
        for row in rows(db, "select transaction_id, charger_id, meter_start_wh, stopped_at from transactions")
    }
    samples = set(rows(db, "select c.charger_id, m.connector_id, m.energy_wh from meter_values m join chargers c "
                           "on c.key = m.charger_key"))  # fmt: skip
    lost = []
    for point in points:
        for told in list(point.acknowledged):
            row = transactions.get(told.transaction_id)
            if told.action == "StartTransaction":
                if row is None or row[1] != point.charger_id:
                    lost.append(f"{point.charger_id} start {told.transaction_id}")
            elif told.action == "StopTransaction":
                if row is None or not row[3]:
                    lost.append(f"{point.charger_id} stop {told.transaction_id}")
            else:
                for moment in told.payload["meterValue"]:
                    energy = [int(float(v["value"])) for v in moment["sampledValue"] if v.get("unit") == "Wh"]
                    if energy and (point.charger_id, told.connector_id, energy[0]) not in samples:
                        lost.append(f"{point.charger_id} meter {told.transaction_id} {energy[0]}")
    return lost


@pytest.mark.slow
async def test_nothing_acknowledged_is_missing_after_kill_9(folder: Path) -> None:
    """F1: 0 acknowledged starts, stops and meter values lost; no transaction id given twice."""
    dice = random.Random(11)
    served = Served(folder)
    await served.start()
    depot = Depot(served.url, chargers=40, seed=3, tempo=12.0, keep_acknowledged=100_000)
    counted = 0
    async with depot:
        await depot.until(lambda: depot.registered == 40, 30)
        for _ in range(ROUNDS):
            await asyncio.sleep(dice.uniform(0.3, 1.5))
            await served.kill()
            # The line is gone: nothing more can be acknowledged until the restart.
            points = list(depot.points.values())
            counted = sum(len(p.acknowledged) for p in points)
            assert missing(served.db, points, counted) == []
            await served.start()
            await depot.until(lambda: depot.registered >= 36, 40)
    ids = [t.transaction_id for p in depot.points.values() for t in p.acknowledged if t.action == "StartTransaction"]
    print(f"{ROUNDS} rounds, {counted} acknowledged messages, {len(ids)} starts")
    assert counted > 30 * ROUNDS
    assert await served.terminate() == 0


@pytest.mark.slow
async def test_a_restart_shows_the_same_depot(folder: Path) -> None:
    """Open transactions, open faults, tags and known chargers are back; chargers are offline until they call."""
    served = Served(folder)
    await served.start()
    async with Depot(served.url, chargers=10, seed=5) as depot:
        await depot.until(lambda: depot.registered == 10, 30)
        await asyncio.sleep(1.5)  # life goes on for a moment
        async with asyncio.timeout(20):
            while not (seen := await state_of(served))["transactions"] or not seen["faults"]:  # noqa: ASYNC110
                await asyncio.sleep(0.1)
    await served.offline()
    await served.flushed()  # the last reports need no commit before their answer
    before = await state_of(served)
    await served.kill()
    await served.start()
    after = await state_of(served)

    assert before["transactions"]
    assert before["faults"]
    assert not any(c["isOnline"] for c in (await served.get("/api/chargers"))["chargers"])
    assert after == before
    assert await served.terminate() == 0


#: Momentary measurements of idle connectors and the condition of the link: gone with the moment.
MOMENTARY = ("offlineReason", "onlineSince", "voltageV", "ratedKw", "meterKwh", "currentA", "socPercent", "connectors")


def lasting(thing: dict[str, Any]) -> dict[str, Any]:
    return {k: v for k, v in thing.items() if k not in MOMENTARY}


async def state_of(served: Served) -> dict[str, Any]:
    """What must survive a kill."""
    chargers = (await served.get("/api/chargers"))["chargers"]
    return {
        "chargers": [lasting(c) for c in chargers],
        "connectors": [lasting(connector) for c in chargers for connector in c["connectors"]],
        "transactions": (await served.get("/api/transactions", state="ongoing"))["transactions"],
        "faults": (await served.get("/api/faults", open="true"))["faults"],
    }
