"""Nothing is acknowledged before it is stored, and no charger can drown or freeze the others."""

from __future__ import annotations

import asyncio
import time

import pytest

from server.config import OcppSettings
from server.core.core import Policy
from server.links import registry
from server.model.command import CommandState, Reset
from tests.machine import Machine
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually

START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-01-21T10:00:00Z"}
METER = {"connectorId": 1, "meterValue": [{"timestamp": "2026-01-21T10:00:00Z", "sampledValue": [{"value": "5"}]}]}
STOP = {"transactionId": 1, "meterStop": 5, "timestamp": "2026-01-21T10:00:00Z"}


@pytest.fixture
def fast_sweep(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look after the links twenty times a second."""
    monkeypatch.setattr(registry, "SWEEP_EVERY", 0.05)


def settings(**other: object) -> OcppSettings:
    return OcppSettings(host="127.0.0.1", port=0, **other)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("action", "payload"), [("StartTransaction", START), ("StopTransaction", STOP), ("MeterValues", METER)]
)
async def test_business_data_is_answered_after_the_commit(depot: Depot, action: str, payload: object) -> None:
    """The charger deletes its copy on our answer: it comes only when the data are on disk, other answers at once."""
    async with await depot.connect() as client:
        depot.disk.is_held = True
        client.send([2, "durable", action, payload])
        await eventually(lambda: depot.disk.waiting)
        assert await client.is_alive()
        await client.nothing_arrives(0.05)
        assert not any(f.direction == "out" and f.message_id == "durable" for f in depot.disk.frames)
        depot.disk.commit()
        assert (await client.receive())[:2] == [3, "durable"]


async def test_what_is_not_stored_is_not_answered(depot: Depot) -> None:
    """The link closes with 1013 and no answer: the charger keeps its copy and asks again."""
    async with await depot.connect() as client:
        depot.disk.is_held = True
        client.send([2, "1", "StartTransaction", START])
        await eventually(lambda: depot.disk.waiting)
        depot.disk.commit(is_durable=False)
        assert (await client.closing()).code == 1013
        assert [f for f in depot.disk.frames if f.direction == "out"] == []
        await eventually(lambda: not depot.charger().online)


async def test_commit_after_the_link_is_gone_is_harmless(depot: Depot) -> None:
    """Nobody to answer, no exception; the retry on the next link gets the same id (TX-04)."""
    client = await depot.connect()
    depot.disk.is_held = True
    client.send([2, "1", "StartTransaction", START])
    await eventually(lambda: depot.disk.waiting)
    client.abort()
    await eventually(lambda: not depot.charger().online)
    depot.disk.is_held = False
    depot.disk.commit()
    async with await depot.connect() as again:
        assert (await again.call("StartTransaction", START))[2]["transactionId"] == 1


async def test_reading_pauses_while_many_answers_are_owed(open_depot: OpenDepot) -> None:
    """Back-pressure on the socket instead of memory; nothing is lost when the disk comes back."""
    depot = await open_depot(settings(max_frames_per_second=0))
    async with await depot.connect() as client:
        depot.disk.is_held = True
        for i in range(600):
            client.send([2, str(i), "MeterValues", METER])
        await eventually(lambda: len(depot.disk.waiting) > 64)
        await asyncio.sleep(0.1)
        assert len(depot.disk.waiting) < 64 + 4096 // 100 + 1  # at most one slice more
        depot.disk.is_held = False
        depot.disk.commit()
        assert [(await client.receive())[1] for _ in range(600)] == [str(i) for i in range(600)]


async def test_reading_pauses_while_the_disk_is_behind(depot: Depot) -> None:
    """And goes on by itself when it keeps up again."""
    async with await depot.connect() as client:
        depot.disk.is_behind = True
        await client.call("MeterValues", METER)
        client.send([2, "h", "Heartbeat", {}])
        await client.nothing_arrives(0.2)
        depot.disk.is_behind = False
        assert (await client.receive())[1] == "h"


async def test_flood_is_slowed_down_and_nothing_is_dropped(open_depot: OpenDepot) -> None:
    """T6: after the burst the rate holds for the flooder; others are answered as before."""
    depot = await open_depot(settings(max_frames_per_second=200))
    async with await depot.connect("/FLOOD") as flooder, await depot.connect("/CALM") as calm:
        with Machine() as machine:
            worst = await slowest_while_flooded(flooder, calm, machine)
    assert worst < 0.5


async def slowest_while_flooded(flooder: RawClient, calm: RawClient, machine: Machine) -> float:
    """The longest that `calm` had to wait for an answer while 900 messages of `flooder` got theirs."""
    for i in range(900):
        flooder.send([2, str(i), "Heartbeat", {}])
    began = time.monotonic()
    received = asyncio.create_task(receive_all(flooder, 900))
    worst = 0.0
    while not received.done():
        asked = time.monotonic()
        assert await calm.is_alive()
        worst = max(worst, time.monotonic() - asked - machine.withheld(asked))
        await asyncio.sleep(0.05)
    assert await received == [str(i) for i in range(900)]
    assert time.monotonic() - began > 0.9  # 500 at once, 400 at 200 a second
    return worst


async def receive_all(client: RawClient, count: int) -> list[str]:
    return [str((await client.receive())[1]) for _ in range(count)]


async def test_peer_that_does_not_read_is_cut(open_depot: OpenDepot) -> None:
    """Reliability, finding 5: a closing handshake would hang behind the full buffer; pending calls fail at once."""
    depot = await open_depot(settings(max_frames_per_second=0), stuck_after=1.0)
    client = await depot.connect()
    client.reader._transport.pause_reading()  # type: ignore[attr-defined]
    _, waiting = depot.start_call(Reset(), timeout=30)
    flood = asyncio.create_task(keep_sending(client))
    try:
        await eventually(lambda: not depot.charger().online, timeout=30)  # the buffers must be full first
    finally:
        flood.cancel()
    assert "has not read" in depot.charger().offline_reason
    assert (await waiting).state is CommandState.OFFLINE
    client.abort()


async def keep_sending(client: RawClient) -> None:
    """Calls without reading the answers, as fast as the server takes them."""
    odd = "x" * 255
    while not client.writer.is_closing():
        for _ in range(200):
            client.send([2, odd, "Heartbeat", {}])
        await client.writer.drain()


async def test_newest_link_wins(depot: Depot) -> None:
    """WS-14: the old one is closed, its pending calls fail at once, its end does not make the charger offline."""
    old = await depot.connect()
    _, waiting = depot.start_call(Reset(), timeout=30)
    await old.receive()
    async with await depot.connect() as new:
        assert (await asyncio.wait_for(waiting, 10)).state is CommandState.OFFLINE
        assert (await old.closing()).code == 1012
        old.abort()
        assert await new.is_alive()
        await asyncio.sleep(0.05)
        assert depot.charger().online and len(depot.links) == 1
        _, waiting = depot.start_call(Reset())
        call = await new.receive()
        new.send([3, call[1], {"status": "Accepted"}])
        assert (await waiting).state is CommandState.ACCEPTED
        takeover = [line.text for line in depot.lines("link") if "replaces" in line.text]
        assert len(takeover) == 1 and takeover[0].count("127.0.0.1:") == 2  # WS-15: both peers are named


async def test_many_takeovers_end_with_one_live_link(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T2: whatever the order of opening and closing, the registry holds the live socket; none of these answers pings,
    so that nobody is kept out for the sake of another."""
    monkeypatch.setattr(registry, "ANSWER_S", 0.02)
    clients: list[RawClient] = []
    for i in range(40):
        clients.append(await depot.connect())
        if i % 3 == 0 and len(clients) > 1:
            clients.pop(-2).abort()
    assert await clients[-1].is_alive()
    assert len(depot.links) == 1 and depot.charger().online
    for client in clients:
        client.abort()
    await eventually(lambda: not depot.charger().online and len(depot.links) == 0)


async def test_ping_keeps_a_quiet_charger(open_depot: OpenDepot, fast_sweep: None) -> None:
    """WS-17, WS-18: pongs are signs of life; a charger that falls silent altogether is cut."""
    depot = await open_depot(settings(ping_interval=0.2), policy=Policy("accept", offline_after_s=1.0))
    client = await depot.connect()
    reading = asyncio.create_task(client.closing())
    await eventually(lambda: client.pings >= 6)
    assert depot.charger().online
    client.answers_pings = False
    assert (await reading).code == 1006
    assert "nothing heard" in depot.charger().offline_reason


async def test_failure_on_one_link_does_not_end_the_care_for_the_others(
    open_depot: OpenDepot, fast_sweep: None, caplog: pytest.LogCaptureFixture
) -> None:
    """A bug on one link costs that link, told once: the others are still pinged and read."""
    depot = await open_depot(settings(ping_interval=0.1))
    broken = await depot.connect("/CP-1")
    connection = depot.links.connection_of("CP-1")
    assert connection is not None and connection.link is not None
    connection.link.tick = None  # type: ignore[assignment, method-assign]
    client = await depot.connect("/CP-2")
    reading = asyncio.create_task(client.closing())
    await eventually(lambda: client.pings >= 3)
    assert not depot.charger("CP-1").online and depot.charger("CP-2").online
    assert [record.exc_info is not None for record in caplog.records] == [True]
    reading.cancel()
    client.abort()
    broken.abort()


async def test_missing_pongs_do_not_cut_a_charger_that_talks(open_depot: OpenDepot, fast_sweep: None) -> None:
    """WS-16: frames are enough."""
    depot = await open_depot(settings(ping_interval=0.1), policy=Policy("accept", offline_after_s=1.0))
    async with await depot.connect() as client:
        client.answers_pings = False
        for _ in range(6):
            await asyncio.sleep(0.2)
            assert await client.is_alive()
        assert client.pings


async def test_charger_that_closes_and_lingers_is_cut(depot: Depot) -> None:
    """A close frame without the end of the TCP connection does not keep the link for ever."""
    client = await depot.connect()
    client.send_frame(0x8, b"\x03\xe8")
    await eventually(lambda: not depot.charger().online)
    assert depot.charger().offline_reason == "link closed by the charger (1000)"
    client.abort()


async def test_no_task_is_left_behind(depot: Depot, caplog: pytest.LogCaptureFixture) -> None:
    """Links that end in all ways leave no task and no noise in the log."""
    before = asyncio.all_tasks()
    for end in ("close", "abort", "protocol error"):
        client = await depot.connect()
        if end == "close":
            await client.close()
        elif end == "abort":
            client.abort()
        else:
            client.send_frame(0x3, b"")
            await client.closing()
            client.abort()
        await eventually(lambda: not depot.charger().online)
    await eventually(lambda: asyncio.all_tasks() <= before)
    assert caplog.records == []
