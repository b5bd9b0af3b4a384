"""Sessions told late, or by ids that we never gave, as they come over a socket."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from server.model.command import RemoteStop
from server.model.status import TransactionState
from server.model.transaction import Transaction
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot


def ago(minutes: int) -> str:
    return (datetime.now(UTC) - timedelta(minutes=minutes)).strftime("%Y-%m-%dT%H:%M:%SZ")


async def begin(client: RawClient, meter: int, minutes: int, tag: str = "T") -> int:
    start = {"connectorId": 1, "idTag": tag, "meterStart": meter, "timestamp": ago(minutes)}
    number: int = (await client.call("StartTransaction", start))[2]["transactionId"]
    return number


async def end(client: RawClient, told: object, meter: int, minutes: int) -> None:
    stop = {"transactionId": told, "meterStop": meter, "timestamp": ago(minutes)}
    assert (await client.call("StopTransaction", stop))[0] == 3


async def sample(client: RawClient, told: int, register: int, minutes: int) -> None:
    values = [{"timestamp": ago(minutes), "sampledValue": [{"value": str(register)}]}]
    await client.call("MeterValues", {"connectorId": 1, "transactionId": told, "meterValue": values})


def ended(depot: Depot) -> dict[int, Transaction]:
    return {t.transaction_id: t for t in depot.core.fleet.recent("CP-1")}


async def test_queued_stop_with_an_id_in_words(depot: Depot) -> None:
    """TX-10, Q37: `offline-1` of an hour ago does not end the session that began ten minutes ago."""
    async with await depot.connect() as client:
        number = await begin(client, 50_000, 10)
        await end(client, "offline-1", 900, 60)
        (running,) = depot.charger().open_transactions()
        assert running.transaction_id == number
        await end(client, number, 60_000, 0)
    assert [t.state for t in ended(depot).values()] == [TransactionState.ORPHANED, TransactionState.COMPLETED]
    assert ended(depot)[number].energy_wh == 10_000


async def test_queued_session_behind_a_live_one(depot: Depot) -> None:
    """TX-08, TX-06: the line was down; the session of before comes while the next one runs."""
    async with await depot.connect() as client:
        live = await begin(client, 50_000, 5)
        old = await begin(client, 10_000, 120, "U")
        await sample(client, live, 51_000, 1)
        (running,) = depot.charger().open_transactions()
        assert (running.transaction_id, running.energy_wh) == (live, 1_000)
        await end(client, old, 20_000, 60)
        await end(client, live, 54_000, 0)
    assert {n: (t.energy_wh, t.estimated) for n, t in ended(depot).items()} == {old: (10_000, ""), live: (4_000, "")}


async def test_remote_stop_by_the_chargers_own_id(depot: Depot) -> None:
    """TX-19, Q46: the id that its samples tell is what it is stopped with, and what it stops with."""
    async with await depot.connect() as client:
        number = await begin(client, 1_000, 10)
        await sample(client, 777, 1_500, 5)
        await sample(client, 777, 1_700, 4)
        (running,) = depot.charger().open_transactions()
        depot.start_call(RemoteStop(running.charger_calls_it))
        assert (await client.receive())[3] == {"transactionId": 777}
        await end(client, 777, 2_000, 0)
    assert {n: t.energy_wh for n, t in ended(depot).items()} == {number: 1_000}


async def test_samples_that_name_the_session_before(depot: Depot) -> None:
    """Q44: measured after the start of the session that runs, they are of that."""
    async with await depot.connect() as client:
        before = await begin(client, 1_000, 30)
        await end(client, before, 2_000, 20)
        await begin(client, 2_000, 10)
        await sample(client, before, 3_000, 5)
    (running,) = depot.charger().open_transactions()
    assert running.energy_wh == 1_000


async def test_two_unknown_stops_after_a_power_cut(depot: Depot) -> None:
    """TX-09: the same second, the same register; two rows."""
    async with await depot.connect() as client:
        cut = ago(1)
        for told in (91_111, 92_222, 91_111):
            stop = {"transactionId": told, "meterStop": 0, "timestamp": cut, "reason": "PowerLoss"}
            assert (await client.call("StopTransaction", stop))[0] == 3
    assert len(ended(depot)) == 2
