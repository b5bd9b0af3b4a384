"""A server to ask, and a way to ask it from beside its loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest

from console.oneshot.client import Server
from server.api.door import Door
from tests.server.api.fake_depot import FakeDepot, living_depot
from tests.server.api.served import TOKEN, served

Ask = Callable[..., Awaitable["Said"]]


class Said:
    """What a command left behind: exit code, stdout, stderr."""

    def __init__(self, code: int, out: str, err: str) -> None:
        self.code, self.out, self.err = code, out, err

    @property
    def lines(self) -> list[str]:
        return self.out.splitlines()


@pytest.fixture
def depot() -> FakeDepot:
    return living_depot()


@pytest.fixture
async def door(depot: FakeDepot) -> AsyncIterator[Door]:
    async with served(depot) as open_door:
        yield open_door


@pytest.fixture
def server(door: Door) -> Server:
    return Server(door.socket_path)


@pytest.fixture
def tcp_server(door: Door) -> Server:
    return Server(door.socket_path / "unused", f"http://127.0.0.1:{door.port}", TOKEN)


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Runs a command in a thread, as it would run in another process."""

    async def asked(command: Callable[..., int], *args: object, **options: object) -> Said:
        code = await asyncio.to_thread(command, *args, **options)
        return Said(code, *capsys.readouterr())

    return asked
