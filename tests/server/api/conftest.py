"""A door with a living depot behind it, and clients on both of its sockets."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from server.api.door import Door
from tests.server.api.fake_depot import FakeDepot, living_depot
from tests.server.api.served import TOKEN, served, short_path, unix_client


@pytest.fixture
def socket_path() -> Iterator[Path]:
    with short_path() as path:
        yield path


@pytest.fixture
def depot() -> FakeDepot:
    return living_depot()


@pytest.fixture
async def door(depot: FakeDepot) -> AsyncIterator[Door]:
    async with served(depot) as open_door:
        yield open_door


@pytest.fixture
async def unix(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    async with unix_client(door) as client:
        yield client


@pytest.fixture
async def tcp(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """On TCP, with the token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    base = f"http://127.0.0.1:{door.port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False, timeout=30) as client:
        yield client
