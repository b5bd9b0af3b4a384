"""A door with a living depot behind it, and clients on both of its sockets."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import httpx
import pytest

from server.api.door import Door
from server.outlets.metrics import exposition
from tests.server.api.fake_depot import FakeDepot, living_depot

TOKEN = "canary-token"


@pytest.fixture
def socket_path() -> Iterator[Path]:
    """A short path: the one of a unix socket may have 107 bytes."""
    folder = Path(tempfile.mkdtemp(prefix="oc-"))
    yield folder / "s"
    shutil.rmtree(folder)


@pytest.fixture
def depot() -> FakeDepot:
    return living_depot()


@pytest.fixture
async def door(depot: FakeDepot, socket_path: Path) -> AsyncIterator[Door]:
    async with Door(depot, socket_path, 0, TOKEN, None, exposition) as open_door:
        yield open_door


@pytest.fixture
async def unix(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    transport = httpx.AsyncHTTPTransport(uds=str(door.socket_path))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost", trust_env=False) as client:
        yield client


@pytest.fixture
async def tcp(door: Door) -> AsyncIterator[httpx.AsyncClient]:
    """On TCP, with the token."""
    headers = {"Authorization": f"Bearer {TOKEN}"}
    base = f"http://127.0.0.1:{door.port}"
    async with httpx.AsyncClient(base_url=base, headers=headers, trust_env=False) as client:
        yield client
