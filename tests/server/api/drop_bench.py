"""A file drop on a real socket and a real folder, and ways to speak to it."""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from server.api.drop import Drop
from server.config import DropSettings
from server.core.bus import Bus
from server.core.files import Files
from server.core.logring import LogRing
from server.model.drop_file import DropFile
from server.model.operations import GetDiagnostics

DAY = 24 * 3_600_000
NOW = 1_795_000_000_000


class Place:
    """A drop and what it stands on. The clock stands still unless a test moves it."""

    def __init__(self, folder: Path, max_bytes: int = 1_000_000) -> None:
        self.folder = folder
        self.now = NOW
        self.bus = Bus()
        self.files = Files(self.bus)
        self.log = LogRing()
        self.is_durable = True
        self.settings = DropSettings(port=0, max_bytes=max_bytes)
        self.drop = self.another()

    def another(self, is_wanted: bool = False) -> Drop:
        return Drop(
            self.settings,
            "127.0.0.1",
            "127.0.0.1",
            self.folder,
            self.files,
            self.log,
            lambda: self.now,
            self._flush,
            is_wanted,
        )

    async def _flush(self) -> bool:
        return self.is_durable

    def slot(self, charger_id: str = "CP-1") -> DropFile:
        """A place for an upload, as GetDiagnostics makes it."""
        _, place = self.drop.fill(charger_id, GetDiagnostics())
        assert place is not None
        return place

    def on_disk(self) -> list[str]:
        return sorted(os.listdir(self.folder)) if self.folder.is_dir() else []

    def lines(self) -> list[str]:
        return [f"{line.level.name} {line.text}" for line in self.log.since(0)]

    def request(self, method: str, target: str, *headers: str) -> bytes:
        lines = [f"{method} {target} HTTP/1.1", f"Host: 127.0.0.1:{self.drop.port}", *headers, "", ""]
        return "\r\n".join(lines).encode("latin-1")


@asynccontextmanager
async def opened(folder: Path, max_bytes: int = 1_000_000) -> AsyncIterator[Place]:
    place = Place(folder, max_bytes)
    async with place.drop:
        await place.drop.listen(0)
        yield place


@pytest.fixture
async def place(tmp_path: Path) -> AsyncIterator[Place]:
    async with opened(tmp_path / "depot.files", max_bytes=100_000) as made:
        yield made


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient(trust_env=False, timeout=10) as made:
        yield made


async def raw(place: Place, *pieces: bytes, end: bool = False) -> tuple[int, str]:
    """(status, everything that came) of bytes sent as they are."""
    reader, writer = await asyncio.open_connection("127.0.0.1", place.drop.port)
    try:
        for piece in pieces:
            writer.write(piece)
            await writer.drain()
        if end:
            writer.write_eof()
        async with asyncio.timeout(10):
            head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
            return int(head.split()[1]), head
    finally:
        writer.close()
        with contextlib.suppress(ConnectionError):
            await writer.wait_closed()


def everything(folder: Path) -> set[Path]:
    return set(folder.rglob("*"))


async def until(is_so: Callable[[], object]) -> None:
    """Wait for what only the disk or another task can tell."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110 - there is nobody who could set an event
            await asyncio.sleep(0.005)
