"""A depot behind a real door, for tests of both of its sides."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path

import httpx

from server.api.door import Door
from server.core.ports import Depot
from server.outlets.metrics import exposition

TOKEN = "canary-token"


@contextmanager
def short_path() -> Iterator[Path]:
    """Where a socket may be: a path of a unix socket has 107 bytes at most."""
    folder = Path(tempfile.mkdtemp(prefix="oc-"))
    try:
        yield folder / "s"
    finally:
        shutil.rmtree(folder)


@asynccontextmanager
async def served(depot: Depot) -> AsyncIterator[Door]:
    """`depot` on a unix socket and on TCP with `TOKEN`."""
    with short_path() as path:
        async with Door(depot, path, 0, TOKEN, None, exposition) as door:
            yield door


def unix_client(door: Door) -> httpx.AsyncClient:
    transport = httpx.AsyncHTTPTransport(uds=str(door.socket_path))
    return httpx.AsyncClient(transport=transport, base_url="http://localhost", trust_env=False, timeout=30)
