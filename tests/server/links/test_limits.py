"""Who knocks too often, guesses, or never finishes; and the charger that must get in all the same."""

from __future__ import annotations

import asyncio
import contextlib
import time

import pytest

from server.links import limits
from server.links.limits import OF_ADDRESS, OF_PAIR, Buckets, Guesses, Waiting, address_of
from server.model.connection import Cause
from server.model.credential import Scheme
from server.model.log import Level
from tests.machine import Machine
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually
from tests.server.links.knocking import ELSEWHERE, PASSWORD, basic, rows, set_password, status_of


async def test_wrong_passwords_are_slowed_down(depot: Depot) -> None:
    """T3: five wrong tries at once for one charger, then 429 with Retry-After, and a row that says to wait."""
    set_password(depot, scheme=Scheme.SCRYPT)
    statuses = [await status_of(depot, *basic("CP-1", f"wrong {i}")) for i in range(20)]
    assert statuses[:OF_PAIR] == [401] * OF_PAIR
    assert statuses[OF_PAIR + 1 :] == [429] * (20 - OF_PAIR - 1)
    client = await RawClient.connect(depot.port, "/CP-1", extra=basic("CP-1", "wrong"))
    assert client.status == 429 and int(client.headers["retry-after"]) >= 1
    client.abort()
    await eventually(lambda: rows(depot, Cause.RATE))
    assert "wait a minute" in rows(depot, Cause.RATE)[0].fix


@pytest.mark.parametrize("was_there_before", ["logged in", "password just set"])
async def test_right_charger_gets_in_while_its_neighbour_guesses(depot: Depot, was_there_before: str) -> None:
    """T3: same address, same id, as behind a NAT; 300 wrong tries a few at a time, and it connects in < 2 s."""
    if was_there_before == "logged in":
        set_password(depot, scheme=Scheme.SCRYPT)
        assert await status_of(depot, *basic("CP-1")) == 101
    else:
        from server.core.passwords import seal

        depot.core.credentials.put("CP-1", seal(PASSWORD, Scheme.SCRYPT), 1, PASSWORD)
    guesses = iter(range(300))

    async def guess() -> None:
        for i in guesses:
            assert await status_of(depot, *basic("CP-1", f"wrong {i}")) in (401, 429)

    guessing = [asyncio.create_task(guess()) for _ in range(4)]
    await eventually(lambda: rows(depot, Cause.RATE))
    for _ in range(3):
        began = time.perf_counter()
        assert await status_of(depot, *basic("CP-1")) == 101
        assert time.perf_counter() - began < 2
    await asyncio.gather(*guessing)


async def test_right_charger_gets_in_while_its_twin_repeats_a_wrong_password(depot: Depot) -> None:
    """T3: after a restart, same address and id: the same wrong password is looked at once, and uses one try up."""
    set_password(depot, scheme=Scheme.SCRYPT)
    for _ in range(3 * OF_PAIR):
        assert await status_of(depot, *basic("CP-1", "of the twin")) == 401
    assert await status_of(depot, *basic("CP-1")) == 101


async def test_right_charger_gets_in_again_while_a_stranger_guesses(depot: Depot) -> None:
    """T3: after a restart, same address and id, a new guess each time: who says the same again is heard."""
    set_password(depot, scheme=Scheme.SCRYPT)
    guesses = iter(range(10_000))

    async def guess() -> None:
        assert await status_of(depot, *basic("CP-1", f"wrong {next(guesses)}")) in (401, 429)

    for _ in range(OF_ADDRESS):
        await guess()
    assert await status_of(depot, *basic("CP-1")) == 429
    for _ in range(50):
        await guess()
    assert await status_of(depot, *basic("CP-1")) == 101


async def test_few_repeated_guesses_reach_the_slow_check(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T3: to say each guess three times makes them no cheaper: a minute's worth of them, each once."""
    computed = []

    async def counting(sealed: object, password: bytes) -> None:
        computed.append(password)

    monkeypatch.setattr(depot.listener._gate._check, "_slowly", counting)
    set_password(depot, scheme=Scheme.SCRYPT)
    for i in range(100):
        for _ in range(3):
            await status_of(depot, *basic("CP-1", f"wrong {i}"))
    assert len(computed) == len(set(computed)) <= OF_ADDRESS + OF_PAIR + 5


async def test_what_was_wrong_is_right_once_it_is_set(depot: Depot) -> None:
    """T3: what is remembered of a wrong password is forgotten with the one that it was held against."""
    set_password(depot, scheme=Scheme.SCRYPT)
    assert await status_of(depot, *basic("CP-1", "the new one")) == 401
    set_password(depot, password="the new one", scheme=Scheme.SCRYPT)
    assert await status_of(depot, *basic("CP-1", "the new one")) == 101
    assert await status_of(depot, *basic("CP-1")) == 401


def test_refused_tries_use_nothing_up() -> None:
    """T3: whoever knocks every second is heard when the next try is due, not when he has been quiet for a minute."""
    guesses = Guesses()
    heard = [second for second in range(60) if guesses.take("a", "CP-1", b"%d" % second, second)]
    assert len(heard) >= 2 * OF_PAIR - 1


async def test_others_behind_the_address_get_in_while_one_id_is_guessed(depot: Depot) -> None:
    """T3: never seen before, slow password, same address: a charger without mistakes is heard."""
    set_password(depot, scheme=Scheme.SCRYPT)
    set_password(depot, "CP-2", scheme=Scheme.SCRYPT)
    for i in range(OF_ADDRESS + 10):
        await status_of(depot, *basic("CP-1", f"wrong {i}"))
    assert await status_of(depot, *basic("CP-2"), target="/CP-2") == 101


async def test_guessing_from_elsewhere_does_not_lock_a_charger_out(depot: Depot) -> None:
    """T3: what a stranger does under its id costs the charger at its own address nothing, cold or warm."""
    set_password(depot, scheme=Scheme.SCRYPT)
    for i in range(20):
        await status_of(depot, *basic("CP-1", f"wrong {i}"), local=ELSEWHERE)
    assert await status_of(depot, *basic("CP-1"), local=ELSEWHERE) == 429
    assert await status_of(depot, *basic("CP-1")) == 101


async def test_few_guesses_reach_the_slow_check(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T3: of 500 wrong tries over 50 ids from one address at most those of one minute and one of each id are
    computed."""
    computed = 0
    slowly = depot.listener._gate._check._slowly

    async def counting(*arguments: object) -> object:
        nonlocal computed
        computed += 1
        return None

    assert slowly is not None
    monkeypatch.setattr(depot.listener._gate._check, "_slowly", counting)
    for i in range(50):
        set_password(depot, f"CP-{i}", scheme=Scheme.SCRYPT)
    for n in range(10):
        for i in range(50):
            await status_of(depot, *basic(f"CP-{i}", f"wrong {n}"), target=f"/CP-{i}")
    assert computed <= OF_ADDRESS + 50


async def test_charger_that_connects_in_order_is_never_slowed_down(depot: Depot) -> None:
    """T3: right logins cost nothing, however many."""
    set_password(depot)
    assert {await status_of(depot, *basic("CP-1")) for _ in range(40)} == {101}


def test_buckets_fill_up_again_and_forget() -> None:
    """T3: so many at once, so many a minute; what is remembered is bounded."""
    guesses = Guesses()
    assert [guesses.take("a", "CP-1", b"%d" % i, 0) for i in range(OF_PAIR)] == [True] * OF_PAIR
    assert not guesses.take("a", "cp-1", b"another", 1)
    assert guesses.take("a", "CP-1", b"one more", 60 / OF_PAIR + 0.01)
    buckets = Buckets(5)
    for i in range(limits.REMEMBERED + 500):
        buckets.take(i, 0)
    assert len(buckets._levels) == limits.REMEMBERED


def test_an_ipv6_line_is_one_address() -> None:
    """T3: it has 2 to the 64 addresses to guess from."""
    assert address_of("[2001:db8::1]:5000") == address_of("[2001:db8::ffff:2]:9")
    assert address_of("[2001:db8:0:1::1]:5000") != address_of("[2001:db8::1]:5000")
    assert address_of("10.0.0.1:1") == "10.0.0.1" and address_of("?:0") == "?"
    assert address_of("[::ffff:10.0.0.1]:1") == "10.0.0.1" != address_of("[::ffff:10.0.0.2]:1")


# handshakes


async def test_half_handshakes_do_not_keep_a_charger_out(depot: Depot, monkeypatch: pytest.MonkeyPatch) -> None:
    """T8: with more half handshakes than may wait the oldest are cut and told; a charger connects in < 1 s."""
    monkeypatch.setattr(limits, "WAITING_OF_ONE", 100)
    monkeypatch.setattr(limits, "YOUNG_S", 0.0)
    half = []
    for _ in range(300):
        reader, writer = await asyncio.open_connection("127.0.0.1", depot.port)
        writer.write(b"GET /CP-1 HTTP/1.1\r\nHost: ")
        half.append((reader, writer))
    with Machine() as machine:
        began = time.monotonic()
        async with await depot.connect() as charger:
            assert charger.status == 101 and time.monotonic() - began - machine.withheld(began) < 1
            assert await charger.is_alive()
    assert len(depot.listener._waiting) <= 100
    (row,) = rows(depot, Cause.RATE)
    assert row.count >= 200 and row.fix
    for _, writer in half:
        writer.close()
    await eventually(lambda: len(depot.listener._waiting) == 0)


def test_a_depot_behind_one_address_may_come_back_at_once() -> None:
    """T8: young handshakes are not cut for being many; old ones are, oldest first, of the crowded address first."""
    waiting: Waiting[int] = Waiting()
    assert [waiting.came(i, "nat", 0.0) for i in range(limits.WAITING_OF_ONE)] == [None] * limits.WAITING_OF_ONE
    assert waiting.came(9_000, "nat", 0.5) is None
    assert waiting.came(9_001, "elsewhere", 2.0) is None
    assert waiting.came(9_002, "nat", 2.0) == 0
    waiting.left(0)
    assert waiting.came(9_003, "nat", 2.0) == 1


async def test_handshake_that_never_ends_is_cut_and_told(
    open_depot: OpenDepot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """T8: byte after byte does not prolong it."""
    from server.links import listener

    monkeypatch.setattr(listener, "OPEN_TIMEOUT", 0.4)
    quick = await open_depot()
    reader, writer = await asyncio.open_connection("127.0.0.1", quick.port)
    writer.write(b"GET /CP-1 HTTP/1.1\r\nHost: ")

    async def drip() -> None:
        while True:
            writer.write(b"a")
            await asyncio.sleep(0.02)

    dripping = asyncio.create_task(drip())  # without end: what is prolonged is never cut
    with contextlib.suppress(ConnectionError):
        assert b"101" not in await asyncio.wait_for(reader.read(), 10)
    dripping.cancel()
    writer.close()
    await eventually(lambda: rows(quick))
    (row,) = rows(quick)
    assert row.cause is Cause.TOO_SLOW and row.fix


# id tags


async def test_trying_one_tag_after_the_other_learns_nothing(depot: Depot) -> None:
    """T4, AUTH-01: ten wrong tags a minute are looked up, the rest is Invalid unseen, one alarm; another charger
    goes on."""
    depot.core.policy = type(depot.core.policy)("accept")
    async with await depot.connect() as client, await depot.connect("/CP-2") as other:
        from server.model.tag import IdTag

        depot.core.put_tag(IdTag("GOOD"), 1)
        assert (await client.call("Authorize", {"idTag": "GOOD"}))[2]["idTagInfo"]["status"] == "Accepted"
        for i in range(100):
            assert (await client.call("Authorize", {"idTag": f"T{i}"}))[2] == {"idTagInfo": {"status": "Invalid"}}
        assert (await client.call("Authorize", {"idTag": "GOOD"}))[2] == {"idTagInfo": {"status": "Invalid"}}
        assert (await other.call("Authorize", {"idTag": "GOOD"}))[2]["idTagInfo"]["status"] == "Accepted"
    alarms = [line for line in depot.lines("id tags") if line.level is Level.ERROR]
    assert len(alarms) == 1 and alarms[0].charger_id == "CP-1"


async def test_tag_of_a_start_is_looked_up_all_the_same(depot: Depot) -> None:
    """T4, TX-02: a session that runs has its verdict, whatever somebody does with the card reader."""
    depot.core.policy = type(depot.core.policy)("accept")
    async with await depot.connect() as client:
        from server.model.tag import IdTag

        depot.core.put_tag(IdTag("GOOD"), 1)
        for i in range(30):
            await client.call("Authorize", {"idTag": f"T{i}"})
        start = {"connectorId": 1, "idTag": "GOOD", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        assert (await client.call("StartTransaction", start))[2]["idTagInfo"]["status"] == "Accepted"
