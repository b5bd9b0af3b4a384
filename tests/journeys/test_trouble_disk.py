"""A disk that fills up while the depot runs: nothing is acknowledged that is not on it, and it heals by itself."""

from __future__ import annotations

import asyncio
import os
import re
import resource
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.neighbour import undisturbed
from tests.journeys.product import Served
from tests.raw_client import Closed, RawClient

START = {"connectorId": 1, "idTag": "A1", "meterStart": 100, "timestamp": "2026-11-21T10:00:00Z"}


async def health(served: Served, status: str) -> dict[str, Any]:
    """Wait until the health of the server is `status`."""
    async with asyncio.timeout(20):
        while True:
            told: dict[str, Any] = await served.get("/api/health")
            if told["status"] == status:
                return told
            await asyncio.sleep(0.05)


async def says_nothing(client: RawClient, seconds: float) -> None:
    with pytest.raises(TimeoutError):
        await client.receive(timeout=seconds)


def limit_files(served: Served, size: int) -> None:
    """No file of the server may grow beyond `size` bytes: every write beyond fails."""
    assert served.process is not None
    _, hard = resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(served.process.pid, resource.RLIMIT_FSIZE, (size, hard))


async def transactions(served: Served, charger: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = (await served.get("/api/transactions", charger=charger))["transactions"]
    return found


async def test_nothing_is_acknowledged_while_the_disk_takes_nothing(folder: Path) -> None:
    """F4: a start waits without an answer, heartbeats go on, health tells why; room again, and the answer comes."""
    async with Served(folder) as served:
        async with undisturbed(served), await RawClient.connect(served.port, "/CP-1") as charger:
            await charger.boot()
            limit_files(served, 1)
            charger.send([2, "start", "StartTransaction", START])
            await says_nothing(charger, 1.0)
            assert await charger.is_alive()
            reasons = (await health(served, "degraded"))["reasons"]
            assert any("disk" in reason for reason in reasons), reasons
            async with await RawClient.connect(served.port, "/NEW") as new:
                assert (await new.boot())["status"] == "Accepted"  # the first boot of a charger needs no disk
            limit_files(served, resource.RLIM_INFINITY)
            kind, message_id, answer = await charger.receive(timeout=20)
            assert (kind, message_id) == (3, "start")
            await health(served, "healthy")
            (kept,) = await transactions(served, "CP-1")
            assert kept["transactionId"] == answer["transactionId"]
        assert await served.terminate() == 0
    assert served.said.count("\n") <= 2, served.said


@pytest.mark.slow
async def test_stop_on_a_full_disk_ends_in_time_and_keeps_what_was_acknowledged(folder: Path) -> None:
    """SIGTERM while rows wait: exit within 5 s; after a restart every acknowledged start is there, no other is."""
    async with Served(folder) as served:
        async with await RawClient.connect(served.port, "/CP-1") as charger:
            await charger.boot()
            acknowledged = await charger.call("StartTransaction", START)
            limit_files(served, 1)
            charger.send([2, "lost", "StartTransaction", START | {"idTag": "A2"}])
            await says_nothing(charger, 0.3)
            assert await served.terminate(5) == 0
            with pytest.raises((Closed, TimeoutError)):
                assert (await charger.receive())[1] != "lost"
        assert "Traceback" not in served.said
        await served.start()
        assert [t["transactionId"] for t in await transactions(served, "CP-1")] == [acknowledged[2]["transactionId"]]
        assert await served.terminate() == 0


@pytest.mark.slow
@pytest.mark.parametrize("locked_s", [0.3, 4.0])
async def test_stop_while_another_program_has_the_database_ends_in_time(folder: Path, locked_s: float) -> None:
    """SIGTERM while a lock is held, just now or for long: exit within 5 s, and one line says what is not written."""
    async with Served(folder) as served:
        async with await RawClient.connect(served.port, "/CP-1") as charger:
            await charger.boot()
            assert (await charger.call("StartTransaction", START))[0] == 3
            await served.flushed()
            with closing(sqlite3.connect(served.db, isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                charger.send([2, "lost", "StartTransaction", START | {"idTag": "A2"}])
                await says_nothing(charger, locked_s)
                assert await served.terminate(5) == 0
            with pytest.raises((Closed, TimeoutError)):
                assert (await charger.receive())[1] != "lost"
        line = r"\d+ rows could not be written: store: database is locked by another program\n"
        assert re.search(line, served.said), served.said
        assert "Traceback" not in served.said
        await served.start()
        assert [t["idTag"] for t in await transactions(served, "CP-1")] == ["A1"]
        assert await served.terminate() == 0


@pytest.fixture
def small_disk(folder: Path) -> Iterator[Path]:
    """A file system of 1 MB."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount")
    place = folder / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=1m", "tmpfs", str(place)], capture_output=True)
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    yield place
    subprocess.run(["umount", "-l", str(place)], check=True)


async def test_full_disk_is_told_and_heals(folder: Path, small_disk: Path) -> None:
    """F4: the real thing: `No space left on device`, then somebody deletes a file."""
    served = Served(folder)
    served.db = small_disk / "depot.db"
    ballast = small_disk / "ballast"
    async with served:
        async with undisturbed(served), await RawClient.connect(served.port, "/CP-1") as charger:
            await charger.boot()
            fill(ballast)
            text = "x" * 400
            for i in range(300):  # into the room that is left in the open files
                charger.send([2, f"d{i}", "DataTransfer", {"vendorId": "v", "data": text}])
            charger.send([2, "start", "StartTransaction", START])
            async with asyncio.timeout(20):
                assert (await health(served, "degraded"))["reasons"] == ["store: disk is full"]
            ballast.unlink()
            while (answer := await charger.receive(timeout=20))[1] != "start":
                pass
            await health(served, "healthy")
            (kept,) = await transactions(served, "CP-1")
            assert kept["transactionId"] == answer[2]["transactionId"]
        assert await served.terminate() == 0


def fill(file: Path) -> None:
    with file.open("wb", buffering=0) as ballast:
        try:
            while True:
                ballast.write(bytes(4096))
        except OSError:
            return
