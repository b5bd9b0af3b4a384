"""The system around the server: nobody reads its output, no file descriptor is left, Ctrl-C comes too early."""

from __future__ import annotations

import asyncio
import contextlib
import os
import resource
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import httpx
import pytest

from console.terminal import wire
from tests.journeys.neighbour import neighbour, undisturbed
from tests.journeys.product import COMMAND, Served, environment
from tests.raw_client import RawClient


@asynccontextmanager
async def spawned(folder: Path, stdout: int, stderr: int) -> AsyncIterator[asyncio.subprocess.Process]:
    """`serve` with other standard streams than those of `Served`."""
    arguments = ["--host", "127.0.0.1", "--port", "0", "--db", str(folder / "depot.db"), "--socket", str(folder / "s")]
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        "serve",
        *arguments,
        env=environment(OCPP_UNKNOWN_CHARGERS="accept", LOG_LEVEL="info"),
        stdout=stdout,
        stderr=stderr,
    )
    try:
        yield process
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.slow
async def test_log_that_nobody_reads_stops_nothing(folder: Path) -> None:
    """Ctrl-S, or a pager that waits: stderr is full, chargers are answered all the same, SIGTERM ends it in order."""
    full, stderr = os.pipe()
    async with spawned(folder, asyncio.subprocess.PIPE, stderr) as process:
        os.close(stderr)
        assert process.stdout is not None
        port = int((await process.stdout.readline()).split()[1].rsplit(b":", 1)[1])
        async with await RawClient.connect(port, "/CP-1") as charger:
            await charger.boot()
            for _ in range(100):
                await asyncio.gather(*(wrong_hello(folder / "s") for _ in range(10)))
                assert await charger.is_alive()
        process.terminate()
        async with asyncio.timeout(10):
            assert await process.wait() == 0
    os.set_blocking(full, False)
    assert len(os.read(full, 100_000)) > 60_000, "the pipe was not full"
    os.close(full)


async def wrong_hello(path: Path) -> None:
    """Makes the server write one line."""
    with contextlib.suppress(OSError):
        reader, writer = await asyncio.open_unix_connection(path)
        writer.write(wire.MAGIC + wire.pack(wire.HELLO, b'{"version":99}'))
        await reader.read()
        writer.close()


@pytest.mark.parametrize("place", ["closed pipe", pytest.param("/dev/full", marks=pytest.mark.slow)])
async def test_ready_line_that_nobody_takes_stops_nothing(folder: Path, place: str) -> None:
    """The line is a service to scripts: a reader that has gone is no reason not to serve."""
    if place == "closed pipe":
        reader, stdout = os.pipe()
        os.close(reader)
    else:
        stdout = os.open(place, os.O_WRONLY)
    async with spawned(folder, stdout, asyncio.subprocess.PIPE) as process:
        os.close(stdout)
        async with asyncio.timeout(20):
            while not await answers(Served(folder)):
                assert process.returncode is None, (await process.communicate())[1]
                await asyncio.sleep(0.1)
        process.terminate()
        _, said = await asyncio.wait_for(process.communicate(), 15)
    assert (process.returncode, said) == (0, b"")


async def answers(served: Served) -> bool:
    try:
        return bool(await served.get("/api/health"))
    except httpx.TransportError:
        return False


async def test_no_file_descriptor_left_is_told_once(folder: Path) -> None:
    """200 connections to a server that may have 80: who is in stays in, one line is told, later ones get in again."""
    async with Served(folder) as served:
        assert served.process is not None
        async with neighbour(served) as chatter:
            await chatter.answers(20)  # until all modules are loaded
            resource.prlimit(served.process.pid, resource.RLIMIT_NOFILE, (80, 80))
            peers = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(200)]
            await chatter.answers(10)
            for _, writer in peers:
                writer.transport.abort()
            async with asyncio.timeout(10), await RawClient.connect(served.port, "/LATE") as late:
                assert (await late.boot())["status"] == "Accepted"
        assert chatter.slowest < 0.5
        assert await served.terminate() == 0
    (line,) = served.said.splitlines()
    assert "no file descriptor" in line


@pytest.mark.parametrize(
    "after", [0.15, *(pytest.param(after, marks=pytest.mark.slow) for after in (0.05, 0.25, 0.35))]
)
async def test_sigterm_while_it_starts_ends_it_without_a_word(folder: Path, after: float) -> None:
    """Before anything is ready: gone at once, no traceback, and the next start works."""
    async with spawned(folder, asyncio.subprocess.PIPE, asyncio.subprocess.PIPE) as process:
        await asyncio.sleep(after)
        process.terminate()
        _, said = await asyncio.wait_for(process.communicate(), 15)
    assert said == b""
    assert process.returncode in (0, -signal.SIGTERM)
    async with Served(folder) as served:
        assert await served.terminate() == 0


async def test_a_flood_of_half_open_handshakes_keeps_nobody_out(folder: Path) -> None:
    """T8: 560 peers of one address that never finish: the oldest make room, a good charger gets in at once."""
    async with Served(folder) as served:
        async with undisturbed(served):
            peers = [await asyncio.open_connection("127.0.0.1", served.port) for _ in range(560)]
            await asyncio.sleep(1.1)  # none of them is young any more
            async with asyncio.timeout(5), await RawClient.connect(served.port, "/LATE") as late:  # half of their time
                await late.boot()
            with contextlib.suppress(ConnectionError):
                assert await asyncio.wait_for(peers[0][0].read(), 3) == b""
            for _, writer in peers:
                writer.transport.abort()
        assert await served.terminate() == 0
    assert served.said == ""
