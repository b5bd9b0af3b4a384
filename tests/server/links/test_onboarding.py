"""Chargers that nobody knows: asked about, accepted or refused; and strangers who dial one id after the other."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from server.core import newcomers
from server.core.core import Policy
from server.links.gate import NEWCOMERS
from server.model.connection import Cause
from server.model.status import Registration
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually
from tests.server.links.knocking import ELSEWHERE, rows, status_of


@pytest.fixture
async def asking(open_depot: OpenDepot) -> Depot:
    return await open_depot(policy=Policy("ask", accept_unknown_tags=True))


async def test_accept_lets_everybody_in(open_depot: OpenDepot) -> None:
    """WS-12: `accept`: known and accepted from the first handshake on."""
    depot = await open_depot(policy=Policy("accept"))
    async with await depot.connect("/NEW-1") as client:
        assert (await client.boot())["status"] == "Accepted"
    assert depot.charger("NEW-1").registration is Registration.ACCEPTED


async def test_refuse_turns_strangers_away_and_knows_what_to_do(open_depot: OpenDepot) -> None:
    """WS-12: `refuse`: 404, no charger, a row with the command that registers it; known ones get in."""
    depot = await open_depot(policy=Policy("refuse"))
    depot.core.fleet.new_charger("CP-1", 1, Registration.ACCEPTED)
    assert await status_of(depot, target="/NEW'1") == 404
    await eventually(lambda: rows(depot, Cause.UNKNOWN))
    assert "chargers add" in rows(depot, Cause.UNKNOWN)[0].fix
    assert await status_of(depot, target="/cp-1") == 101
    assert list(depot.core.fleet.chargers) == ["CP-1"]


async def test_ask_keeps_who_has_booted(asking: Depot) -> None:
    """WS-12, BOOT-02: it waits, connected or not, and nothing that it tells counts."""
    async with await asking.connect("/NEW-1") as client:
        assert (await client.boot())["status"] == "Pending"
        start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        assert (await client.call("StartTransaction", start))[2] == "SecurityError"
    await eventually(lambda: not asking.charger("NEW-1").online)
    assert asking.charger("NEW-1").open_transactions() == []
    async with await asking.connect("/NEW-1"):
        asking.core.adopt(asking.charger("NEW-1"), 1)
    assert asking.charger("NEW-1").registration is Registration.ACCEPTED


async def test_nothing_is_left_of_a_stranger_that_never_boots(asking: Depot) -> None:
    """WS-12: a dialled id alone makes no charger: nothing of it stays in fleet, ledger or links; the doctor has a
    row."""
    client = await asking.connect("/STRANGER", offers=None)  # noted: WS-05
    await client.call("Heartbeat", {})
    assert asking.core.peculiar.ledger.lines("STRANGER")
    await client.close()
    await eventually(lambda: "STRANGER" not in asking.core.fleet.chargers)
    assert asking.core.peculiar.ledger.lines("STRANGER") == []
    assert asking.links._replays == {}
    assert rows(asking)[0].charger_id == "STRANGER"


async def test_strangers_that_boot_are_bounded_and_the_oldest_goes(
    asking: Depot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """WS-12: never more wait than may; the one that was away longest goes; who is connected or adopted stays."""
    monkeypatch.setattr(newcomers, "MOST_WAITING", 3)
    asking.core.fleet.new_charger("KNOWN", 1, Registration.ACCEPTED)
    stays = await asking.connect("/STAYS")
    await stays.boot()
    for i in range(6):
        async with await asking.connect(f"/NEW-{i}") as client:
            await client.boot()
        await eventually(lambda i=i: not asking.charger(f"NEW-{i}").online)  # type: ignore[misc]
    assert set(asking.core.fleet.chargers) == {"KNOWN", "STAYS", "NEW-4", "NEW-5"}
    assert set(asking.links._replays) == {"STAYS", "NEW-4", "NEW-5"}
    await stays.close()


async def test_nobody_is_forgotten_while_connected(asking: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-12: where all that wait are connected, one more is told to come later, and the row says what to do."""
    monkeypatch.setattr(newcomers, "MOST_WAITING", 2)
    clients = [await asking.connect(f"/NEW-{i}") for i in range(2)]
    assert await status_of(asking, target="/NEW-9") == 503
    await eventually(lambda: rows(asking, Cause.UNKNOWN))
    assert "chargers add" in rows(asking, Cause.UNKNOWN)[0].fix
    assert await status_of(asking, target="/NEW-1") == 101
    for client in clients:
        client.abort()


async def test_one_address_cannot_dial_through_all_ids(asking: Depot) -> None:
    """WS-12, T1: after so many unknown ids a minute 429; known chargers behind that address, and others, get in."""
    asking.core.fleet.new_charger("KNOWN", 1, Registration.ACCEPTED)
    statuses = [await status_of(asking, target=f"/NEW-{i}") for i in range(80)]
    assert statuses.count(101) <= NEWCOMERS + 2 and statuses[-1] == 429
    assert await status_of(asking, target="/KNOWN") == 101
    assert await status_of(asking, target="/NEW-0", local=ELSEWHERE) == 101
    await eventually(lambda: rows(asking, Cause.RATE))
    assert len(asking.core.fleet.chargers) <= 2


async def is_read_slowly(stranger: RawClient) -> bool:
    """Of 200 messages at once no more are read within half a second than the first ones and two a second."""
    began = time.monotonic()
    for i in range(200):
        stranger.send([2, f"f{i}", "DataTransfer", {"vendorId": "x" * 200}])
    received = 0
    with contextlib.suppress(TimeoutError):
        async with asyncio.timeout(0.5):
            while await stranger.receive():
                received += 1
    return received <= 64 + 2 * (time.monotonic() - began)


async def test_stranger_is_read_slowly_and_hardly_journaled(asking: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-12, T6: a flood of somebody that nobody let in does not fill the disk; an accepted charger is not slowed."""
    monkeypatch.setattr(newcomers, "JOURNAL_BYTES", 3_000)
    async with await asking.connect("/STRANGER") as stranger:
        await stranger.boot()
        assert await is_read_slowly(stranger)
    assert sum(len(frame.raw) for frame in asking.disk.frames) <= 3_000 + 1_000


async def test_stranger_saves_nothing_up_while_it_is_quiet(asking: Depot) -> None:
    """T6: an hour without a word earns no more messages at once than it had at first."""
    async with await asking.connect("/STRANGER") as stranger:
        connection = asking.links.connection_of("STRANGER")
        assert connection is not None
        connection.refill(3_600)
        assert await is_read_slowly(stranger)


async def test_adopted_charger_is_journaled_and_read_as_usual(asking: Depot) -> None:
    """WS-12: on the link after its adoption nothing of that holds any more."""
    client = await asking.connect("/NEW-1")
    await client.boot()
    asking.core.adopt(asking.charger("NEW-1"), 1)
    await client.close()
    async with await asking.connect("/NEW-1") as client:
        before = len(asking.disk.frames)
        for _ in range(100):
            assert await client.is_alive()
        assert len(asking.disk.frames) - before == 200
