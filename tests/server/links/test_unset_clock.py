"""Sessions of chargers that were never told the time: each start says 1970, and each session counts."""

from __future__ import annotations

import pytest

from server.model.status import TransactionState
from server.model.transaction import Transaction
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot

EPOCH = "1970-01-01T00:00:00Z"
START = {"connectorId": 1, "idTag": "TAG2", "meterStart": 0, "timestamp": EPOCH}


async def begin(client: RawClient, message_id: str) -> int:
    answer = await client.call("StartTransaction", START, message_id)
    number: int = answer[2]["transactionId"]
    return number


async def meter(client: RawClient, number: int, register: int) -> None:
    values = [{"timestamp": EPOCH, "sampledValue": [{"value": str(register)}]}]
    told = {"connectorId": 1, "transactionId": number, "meterValue": values}
    assert (await client.call("MeterValues", told))[0] == 3


async def end(client: RawClient, number: int, register: int, message_id: str) -> None:
    told = {"transactionId": number, "meterStop": register, "timestamp": EPOCH}
    assert (await client.call("StopTransaction", told, message_id))[0] == 3


def ended(depot: Depot) -> list[Transaction]:
    return list(depot.core.fleet.recent("CP-1"))


@pytest.mark.parametrize(
    ("boots", "counts_anew"),
    [(False, False), (True, False), (True, True)],
    ids=["on", "boots between", "its message ids begin again with each boot"],
)
async def test_sessions_that_begin_alike_are_kept_apart(depot: Depot, boots: bool, counts_anew: bool) -> None:
    """HB-04, TX-03, TX-04: the same time, tag and register in each start; three ids and the energy of each."""
    given = []
    available = {"connectorId": 1, "status": "Available", "errorCode": "NoError", "timestamp": EPOCH}
    async with await depot.connect() as client:
        for n, register in enumerate((1_000, 2_000, 3_000)):
            if boots:
                assert (await client.boot())["status"] == "Accepted"
            given.append(await begin(client, "2" if counts_anew else f"start-{n}"))
            await meter(client, given[-1], register // 2)
            await end(client, given[-1], register, "3" if counts_anew else f"stop-{n}")
            assert (await client.call("StatusNotification", available))[0] == 3
    assert len(set(given)) == 3
    kept = [(t.transaction_id, t.energy_wh, t.estimated) for t in ended(depot)]
    assert kept == [(number, wh, "") for number, wh in zip(given, (1_000, 2_000, 3_000), strict=True)]
    assert all(t.state is TransactionState.COMPLETED for t in ended(depot))


async def test_a_session_after_a_power_cut_is_another_one(depot: Depot) -> None:
    """RPC-17, TX-06: the very frame of the session that the cut ended, id and all; the energy of both is kept."""
    given = []
    for register in (1_000, 2_000):
        async with await depot.connect() as client:
            assert (await client.boot())["status"] == "Accepted"
            given.append(await begin(client, "2"))
            await meter(client, given[-1], register)
    assert given[0] != given[1]
    (cut,) = ended(depot)
    running = depot.charger().open_transactions()
    assert [(t.transaction_id, t.energy_wh) for t in (cut, *running)] == [(given[0], 1_000), (given[1], 2_000)]


async def test_a_start_whose_answer_was_lost_is_the_same_session(depot: Depot) -> None:
    """TX-04: with another message id on the next link; and told again with its own id when energy has flowed."""
    async with await depot.connect() as client:
        first = await begin(client, "one")
    async with await depot.connect() as client:
        assert await begin(client, "two") == first
        await meter(client, first, 500)
        assert await begin(client, "two") == first  # RPC-17
        await end(client, first, 1_000, "stop")
    assert [t.energy_wh for t in ended(depot)] == [1_000]


async def test_a_stop_that_tells_more_than_the_one_before_is_kept_beside(depot: Depot) -> None:
    """TX-09: the session stays as it ended; what the register counted since is a row of its own, once."""
    async with await depot.connect() as client:
        number = await begin(client, "start")
        for n, register in enumerate((1_000, 1_000, 2_500, 2_500, 400)):
            await end(client, number, register, f"stop-{n}")
    session, more, less = ended(depot)
    assert (session.transaction_id, session.energy_wh, session.estimated) == (number, 1_000, "")
    for orphan, stop, wh in ((more, 2_500, 1_500), (less, 400, 0)):
        assert (orphan.state, orphan.meter_stop_wh, orphan.energy_wh) == (TransactionState.ORPHANED, stop, wh)
        assert f"{number} had ended" in orphan.estimated and orphan.id_tag == "TAG2"
    assert depot.core.fleet.totals().energy_today_wh == 2_500
