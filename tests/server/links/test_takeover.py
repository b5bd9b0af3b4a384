"""Two connections that call themselves the same charger."""

from __future__ import annotations

import asyncio
import random
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from server.links import registry, takeover
from server.links.takeover import Takeovers
from server.model.connection import Cause
from server.model.log import Level
from tests.raw_client import Closed, RawClient
from tests.server.links.conftest import Depot, eventually
from tests.server.links.knocking import ELSEWHERE, basic, rows, set_password, status_of


@asynccontextmanager
async def reading(client: RawClient) -> AsyncIterator[asyncio.Task[Closed]]:
    """`client` answers pings meanwhile; the task tells how its link ended."""
    task = asyncio.create_task(client.closing(timeout=60))
    try:
        yield task
    finally:
        task.cancel()
        client.abort()


async def test_password_comes_before_takeover(depot: Depot) -> None:
    """WS-15, T2: of 200 diallers without the right password none disturbs the link that stands."""
    set_password(depot)
    async with await depot.connect(extra=basic("CP-1")) as charger:
        assert charger.status == 101
        for i in range(100):
            wrong = await RawClient.connect(depot.port, "/CP-1", extra=basic("CP-1", f"guess {i}"))
            bare = await RawClient.connect(depot.port, "/cp-1")
            assert wrong.status in (401, 429) and bare.status == 401
            wrong.abort()
            bare.abort()
        assert await charger.is_alive()
        assert len(depot.links) == 1 and rows(depot, Cause.TAKEN_OVER) == []


async def test_right_password_takes_over_at_once_from_anywhere(depot: Depot) -> None:
    """WS-14: a charger that comes back on another line is not kept waiting for its old link, although that answers."""
    set_password(depot)
    old = await depot.connect(extra=basic("CP-1"))
    async with reading(old) as ended, await depot.connect(extra=basic("CP-1"), local=ELSEWHERE) as new:
        assert new.status == 101
        assert (await asyncio.wait_for(ended, 10)).code == 1012
        assert await new.is_alive()
    (row,) = rows(depot, Cause.TAKEN_OVER)
    assert "127.0.0.1:" in row.detail and f"{ELSEWHERE}:" in row.detail and row.fix


async def test_stranger_never_takes_the_place_of_a_link_that_answers(depot: Depot) -> None:
    """WS-15, T2: without a password a dialler from elsewhere gets 409; both addresses are told."""
    charger = await depot.connect()
    async with reading(charger) as ended:
        stranger = await RawClient.connect(depot.port, "/CP-1", local=ELSEWHERE)
        assert stranger.status == 409 and "Another device" in stranger.body
        await stranger.close()
        assert not ended.done() and depot.charger().peer.startswith("127.0.0.1:")
        await eventually(lambda: rows(depot, Cause.IN_USE))
    (row,) = rows(depot, Cause.IN_USE)
    assert row.peer.startswith(ELSEWHERE) and "127.0.0.1:" in row.detail and "own id" in row.fix


async def test_many_strangers_cannot_have_a_charger_pinged_all_the_time(depot: Depot) -> None:
    """T2: who asks within a second of another gets the same answer; a charger may be on a line paid by the byte."""
    charger = await depot.connect()
    async with reading(charger):
        began = time.monotonic()
        statuses = await asyncio.gather(*(status_of(depot, local=ELSEWHERE) for _ in range(30)))
        assert statuses == [409] * 30
        assert await status_of(depot, local=ELSEWHERE) == 409
        assert charger.pings <= 2 + int(time.monotonic() - began)


async def test_dead_link_is_replaced_from_anywhere(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-14: a charger whose line broke comes back under a new address; its old link answers nothing."""
    monkeypatch.setattr(registry, "ANSWER_S", 0.1)
    dead = await depot.connect()  # nobody reads it
    async with await depot.connect(local=ELSEWHERE) as back:
        assert back.status == 101 and await back.is_alive()
        assert depot.charger().peer.startswith(ELSEWHERE)
    dead.abort()


async def test_only_one_of_two_gets_the_place_of_a_dead_link(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T2: who waited for the same dead link meets the one that was faster, and that one is alive."""
    monkeypatch.setattr(registry, "ANSWER_S", 1.0)
    dead = await depot.connect()

    async def dial(local: str) -> RawClient:
        client = await RawClient.connect(depot.port, "/CP-1", local=local)
        if client.status == 101:
            tasks.append(asyncio.create_task(client.closing(timeout=60)))
        return client

    tasks: list[asyncio.Task[Closed]] = []
    first, second = await asyncio.gather(dial("127.0.0.2"), dial("127.0.0.3"))
    assert sorted((first.status, second.status)) == [101, 409]
    assert len(depot.links) == 1
    for task in tasks:
        task.cancel()
    for client in (dead, first, second):
        client.abort()


async def test_two_clients_that_fight_are_held_down_and_told(depot: Depot) -> None:
    """WS-15, T2: after three takeovers within a minute the link that lives is kept, with and without password."""
    set_password(depot)
    clients = [await depot.connect(extra=basic("CP-1")) for _ in range(takeover.MANY + 2)]
    assert {client.status for client in clients} == {101}
    async with reading(clients[-1]) as ended:
        late = await RawClient.connect(depot.port, "/CP-1", extra=basic("CP-1"))
        assert late.status == 409
        late.abort()
        assert not ended.done()
        await eventually(lambda: rows(depot, Cause.IN_USE))
    (alarm,) = [line for line in depot.lines("link") if line.level is Level.ERROR]
    assert alarm.text.count("127.0.0.1:") == 2 and alarm.charger_id == "CP-1"
    (row,) = rows(depot, Cause.TAKEN_OVER)
    assert row.count == takeover.MANY + 1 and "give each its own id" in row.fix
    for client in clients:
        client.abort()


async def test_hold_down_does_not_keep_a_dead_link(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T2: a charger that comes back again and again without saying goodbye waits a moment, and is let in."""
    monkeypatch.setattr(registry, "ANSWER_S", 0.05)
    clients = [await depot.connect() for _ in range(8)]
    assert {client.status for client in clients} == {101}
    assert await clients[-1].is_alive()
    for client in clients:
        client.abort()


def test_hold_down_ends() -> None:
    """T2: one minute; takeovers that are further apart are no fight; what is remembered is bounded."""
    seen = Takeovers()
    assert [seen.count("CP-1", now) for now in (0, 1, 2, 3)] == [False, False, False, True]
    assert seen.is_held("CP-1", 62) and not seen.is_held("CP-1", 63.1)
    assert [seen.count("CP-2", now) for now in (0, 30, 60, 90, 120)] == [False] * 5
    for i in range(takeover.REMEMBERED + 1_000):
        seen.count(f"X-{i}", 200)
    assert len(seen._times) == takeover.REMEMBERED and "CP-1" not in seen._held_until


async def test_registry_and_live_socket_agree_after_any_order(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-14, T2: opened, closed, and cut in 60 random orders: what is listed is what lives."""
    monkeypatch.setattr(registry, "ANSWER_S", 0.01)
    dice = random.Random(7)
    for _ in range(60):
        clients = [await depot.connect() for _ in range(dice.randint(1, 3))]
        newest = clients[-1]
        order = dice.sample(clients, len(clients))
        for client in order[: dice.randint(0, len(order))]:
            client.abort()
        if newest.writer.transport.is_closing():
            await eventually(lambda: not depot.charger().online)
            assert depot.links.connection_of("CP-1") is None
        else:
            assert await newest.is_alive() and depot.charger().online
            assert len(depot.links) == 1
        for client in clients:
            client.abort()
        await eventually(lambda: len(depot.links) == 0)
