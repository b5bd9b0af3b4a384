"""A new AuthorizationKey for a charger over OCPP, through the whole server: whatever happens on the way, the charger
can log in with the key that it has."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest

from server.core.access import AccessChange
from server.core.passwords import new_key
from server.model.command import ChangeConfiguration, Command, CommandState
from server.model.log import FrameQuery
from server.site import Site, open_site
from tests.journeys.product import short_folder
from tests.raw_client import RawClient
from tests.server.links.knocking import basic
from tests.server.operations.whole import config_in

OLD = "old password 1"


@pytest.fixture
def folder() -> Any:
    with short_folder() as made:
        yield made


@asynccontextmanager
async def running(folder: Path, call_timeout: float = 5.0) -> AsyncIterator[Site]:
    config = config_in(folder)
    config.ocpp.call_timeout = call_timeout
    async with open_site(config) as site:
        yield site


async def dial(site: Site, password: str | bytes | None) -> RawClient:
    port = int(site.health.ocpp_url.rpartition(":")[2])
    return await RawClient.connect(port, "/CP-1", extra=basic("CP-1", password) if password is not None else ())


async def status_of(site: Site, password: str | bytes | None) -> int:
    client = await dial(site, password)
    await client.close()
    return client.status


class Rotation:
    """One rotation under way: the charger got `key`, and has not answered."""

    def __init__(self, client: RawClient, message_id: str, key: str, outcome: asyncio.Task[Command]) -> None:
        self.client, self.message_id, self.key, self.outcome = client, message_id, key, outcome

    async def answer(self, status: str) -> Command:
        self.client.send([3, self.message_id, {"status": status}])
        return await self.outcome


@asynccontextmanager
async def rotating(site: Site, password: str | bytes | None = OLD, wait: float = 5.0) -> AsyncIterator[Rotation]:
    """The charger is connected with `password`, and gets a new key."""
    client = await dial(site, password)
    assert client.status == 101
    await client.boot()
    outcome = asyncio.create_task(site.access.rotate_key("CP-1", "ana", wait))
    while True:
        _, message_id, action, payload = await client.receive()
        if action == "ChangeConfiguration":
            break
        client.send([3, message_id, {"status": "Accepted"}])
    assert payload["key"] == "AuthorizationKey"
    try:
        yield Rotation(client, message_id, payload["value"], outcome)
    finally:
        client.abort()
        outcome.cancel()


async def set_old(site: Site) -> None:
    await site.access.put("CP-1", AccessChange(password=OLD))


def copied(folder: Path) -> Path:
    """The database as a power cut would leave it now."""
    copy = folder / "copy"
    copy.mkdir()
    for file in folder.glob("depot.db*"):
        if file.is_file():
            (copy / file.name).write_bytes(file.read_bytes())
    return copy


def bytes_of(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir() if path.is_file())


def is_changing(site: Site) -> bool:
    return site.access.password_of("CP-1").is_changing


@pytest.mark.parametrize("status", ["Accepted", "accepted", " ACCEPTED"])
async def test_key_that_is_taken_replaces_the_one_before(folder: Path, status: str) -> None:
    """SEC-04, SEC-06: 40 hex digits; once Accepted the one before is refused, and the new one comes decoded."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            assert len(rotation.key) == 40 and len(bytes.fromhex(rotation.key)) == 20
            command = await rotation.answer(status)
            assert command.state is CommandState.ACCEPTED
        assert await status_of(site, OLD) == 401
        assert await status_of(site, bytes.fromhex(rotation.key)) == 101
        assert site.access.password_of("CP-1").form == "decoded bytes" and not is_changing(site)


@pytest.mark.parametrize("status", ["Rejected", "NotSupported", "notsupported"])
async def test_key_that_is_refused_changes_nothing(folder: Path, status: str) -> None:
    """SEC-06: the one before stays, the new one is worth nothing."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            assert (await rotation.answer(status)).state is CommandState.REJECTED
        assert await status_of(site, bytes.fromhex(rotation.key)) == 401
        assert await status_of(site, OLD) == 101
        assert not is_changing(site)


@pytest.mark.parametrize("has_taken_it", [True, False])
async def test_lost_answer_leaves_both_until_the_charger_is_back(folder: Path, has_taken_it: bool) -> None:
    """SEC-06: the line broke before the answer; what the charger comes back with decides, the other is over."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            rotation.client.abort()
            assert (await rotation.outcome).state is CommandState.OFFLINE
        assert is_changing(site)
        new = bytes.fromhex(rotation.key)
        kept, over = (new, OLD) if has_taken_it else (OLD, new)
        assert await status_of(site, kept) == 101
        assert await status_of(site, over) == 401
        assert await status_of(site, kept) == 101
        assert not is_changing(site)


async def test_late_answer_decides(folder: Path) -> None:
    """SEC-06, RPC-06: no answer in time, both are accepted; then it comes and says no."""
    async with running(folder, call_timeout=0.5) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            assert (await rotation.outcome).state is CommandState.TIMED_OUT
            assert is_changing(site)
            rotation.client.send([3, rotation.message_id, {"status": "Rejected"}])
            assert await rotation.client.is_alive()
            assert not is_changing(site)
        assert await status_of(site, bytes.fromhex(rotation.key)) == 401


async def test_error_instead_of_an_answer_leaves_both(folder: Path) -> None:
    """SEC-06: it says nothing of what the charger did before it failed."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            rotation.client.send([4, rotation.message_id, "InternalError", "flash is full", {}])
            assert (await rotation.outcome).state is CommandState.ERROR
        assert await status_of(site, bytes.fromhex(rotation.key)) == 101
        assert await status_of(site, OLD) == 401


async def test_several_lost_answers_lock_nobody_out(folder: Path) -> None:
    """SEC-06: three keys on their way, none answered, a restart in between: the first one was taken."""
    keys: list[str] = []
    async with running(folder, call_timeout=0.5) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            keys.append(rotation.key)
            await rotation.outcome
            for _ in range(2):
                again = asyncio.create_task(site.access.rotate_key("CP-1", "ana", 5))
                keys.append((await rotation.client.receive())[3]["value"])
                assert (await again).state is CommandState.TIMED_OUT
    async with running(folder) as site:
        assert is_changing(site)
        assert await status_of(site, bytes.fromhex(keys[0])) == 101
        for over in (OLD, bytes.fromhex(keys[1]), bytes.fromhex(keys[2])):
            assert await status_of(site, over) == 401


async def test_power_cut_after_sending_locks_nobody_out(folder: Path) -> None:
    """SEC-06: the new key is on disk before it leaves; whichever the charger has, it gets in after the restart."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            copy = copied(folder)
    async with running(copy) as site:
        assert await status_of(site, bytes.fromhex(rotation.key)) == 101
        assert await status_of(site, OLD) == 401


async def test_charger_that_never_comes_back_keeps_both(folder: Path) -> None:
    """SEC-06: over restarts, until somebody sets another password."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            rotation.client.abort()
            await rotation.outcome
    for _ in range(2):
        async with running(folder) as site:
            assert is_changing(site)
    async with running(folder) as site:
        await site.access.put("CP-1", AccessChange(password="another one 2"))
        assert await status_of(site, bytes.fromhex(rotation.key)) == 401
        assert await status_of(site, OLD) == 401
        assert await status_of(site, "another one 2") == 101


async def test_key_for_after_a_reboot(folder: Path) -> None:
    """SEC-06: RebootRequired: the one before is accepted until the charger comes with the new one, however often."""
    async with running(folder) as site:
        await set_old(site)
        async with rotating(site) as rotation:
            assert (await rotation.answer("RebootRequired")).state is CommandState.ACCEPTED
        for _ in range(2):
            assert await status_of(site, OLD) == 101
        assert await status_of(site, bytes.fromhex(rotation.key)) == 101
        assert await status_of(site, OLD) == 401


async def test_first_key_of_a_charger_without_password(folder: Path) -> None:
    """SEC-06: until it has taken the key it needs none; from then on it does."""
    async with running(folder) as site:
        async with rotating(site, password=None) as rotation:
            assert await status_of(site, None) == 101
        async with rotating(site, password=None) as rotation:
            await rotation.answer("Accepted")
        assert await status_of(site, None) == 401
        assert await status_of(site, bytes.fromhex(rotation.key)) == 101


async def test_key_is_not_made_for_a_charger_that_is_away(folder: Path) -> None:
    """SEC-06: nothing is sent, nothing changes, and the words say why; an unknown charger is a KeyError."""
    async with running(folder) as site:
        await set_old(site)
        command = await site.access.rotate_key("CP-1", "ana", 1)
        assert command.state is CommandState.BLOCKED and "offline" in command.error
        assert not is_changing(site) and await status_of(site, OLD) == 101
        with pytest.raises(KeyError):
            await site.access.rotate_key("CP-9", "ana", 1)


async def test_key_that_an_operator_sends_by_hand_counts_too(folder: Path) -> None:
    """SEC-04, SEC-06: `do ChangeConfiguration key=AuthorizationKey` is followed like a rotation."""
    key = new_key()
    async with running(folder) as site:
        await set_old(site)
        client = await dial(site, OLD)
        await client.boot()
        asked = asyncio.create_task(site.execute("CP-1", ChangeConfiguration("authorizationkey", key), "ana", 5))
        call = await client.receive()
        client.send([3, call[1], {"status": "Accepted"}])
        assert (await asked).state is CommandState.ACCEPTED
        client.abort()
        assert await status_of(site, OLD) == 401
        assert await status_of(site, bytes.fromhex(key)) == 101


async def test_keys_are_nowhere_in_the_clear(folder: Path) -> None:
    """SEC-07, T15: not in journal, database, log, commands or events; the charger alone was told."""
    async with running(folder) as site:
        events: list[str] = []
        site.listen(lambda event: events.append(repr(event.subject)))
        await set_old(site)
        async with rotating(site) as rotation:
            await rotation.answer("Accepted")
            assert await rotation.client.is_alive()
        assert await site.flush()
        told = [line.text for line in site.log.since(0)] + [repr(c) for c in await site.find_commands()]
        told += [str(frame.raw) for _, frame in await site.find_frames(FrameQuery())]
        told += events
        assert not [text for text in told if rotation.key in text or OLD in text]
        assert any("AuthorizationKey" in text for text in told)
    stored = bytes_of(folder)
    for secret in (OLD.encode(), rotation.key.encode(), bytes.fromhex(rotation.key)):
        assert secret not in stored
