"""The loop's budgets: no turn of it takes longer than 20 ms in the console, 5 ms in the server.

A busy machine only makes a run slower, never quicker: the quietest of three runs is the one that tells about the code.
"""

from __future__ import annotations

import asyncio
import json
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from tests.bench.console_sides import Load, Run, run
from tests.bench.links import MESSAGES, first_line, started
from tests.journeys.product import environment
from tests.raw_client import RawClient

RUNS = 3
CONSOLE_MS, SERVER_MS = 20.0, 5.0
CHARGERS = 50
PATHS = ("/api/health", "/api/chargers", "/api/transactions", "/api/faults", "/api/frames", "/metrics")
CPU_PERCENT, KB_PER_S, KEY_MS = 10.0, 40.0, 100.0


def over(found: Run) -> Iterator[str]:
    """What is over its budget, in words."""
    longest = max(found.quiet.handle_cpu_ms, found.typed.handle_cpu_ms)
    if longest >= CONSOLE_MS:
        yield f"longest handle {longest:.1f} ms: {found.quiet.slow + found.typed.slow}"
    if found.quiet.cpu_percent >= CPU_PERCENT:
        yield f"CPU {found.quiet.cpu_percent:.1f} %"
    if found.quiet.kb_per_s >= KB_PER_S:
        yield f"{found.quiet.kb_per_s:.1f} kB/s to the terminal"
    if found.unpainted or found.key_ms[-1] >= KEY_MS:
        yield f"slowest key {found.key_ms[-1]:.0f} ms, {found.unpainted} not painted"


@pytest.mark.slow
def test_console_keeps_its_budget_while_200_chargers_talk() -> None:
    """100 status changes and 100 log lines a second, on a real terminal of 160x48."""
    told = []
    for _ in range(RUNS):
        if not (wrong := list(over(run("ours", Load(seconds=3, keys=20))))):
            return
        told.append("; ".join(wrong))
    pytest.fail("\n".join(told))


@pytest.mark.slow
async def test_server_takes_no_long_turn(folder: Path) -> None:
    """50 chargers call and programs ask meanwhile; each message and each answer is a short turn of the loop."""
    told = []
    for number in range(RUNS):
        slow = await slow_turns(folder, number)
        if not slow:
            return
        told.append("; ".join(slow))
    pytest.fail("\n".join(told))


async def slow_turns(folder: Path, number: int) -> list[str]:
    """Turns over the budget while a server that has started is talked to."""
    report = folder / f"turns{number}.json"
    command = [sys.executable, "-P", "-m", "tests.bench.console_handles", str(report), "serve"]
    command += ["--host", "127.0.0.1", "--port", "0", "--db", str(folder / f"{number}.db")]
    command += ["--socket", str(folder / "s"), "--log-level", "warning"]
    with started(command, environment(OCPP_UNKNOWN_CHARGERS="accept", TAGS_UNKNOWN="accept")) as server:
        port = int(first_line(server).split("ocpp=")[1].split()[0].rsplit(":", 1)[1])
        transport = httpx.AsyncHTTPTransport(uds=str(folder / "s"))
        async with httpx.AsyncClient(transport=transport, base_url="http://local", timeout=10) as programs:
            began, ended = await talked_to(port, programs)
    slow = [h for h in json.loads(report.read_text())["slow"] if began <= h["at"] <= ended]
    return [f"{h['cpu_ms']:.1f} ms: {h['what']}, {h['gc_ms']:.1f} ms in gc" for h in slow if h["cpu_ms"] >= SERVER_MS]


async def talked_to(port: int, programs: httpx.AsyncClient) -> tuple[float, float]:
    """Everybody talks at once, six times over; from when to when."""
    clients = [await RawClient.connect(port, f"/CP-{n:04}") for n in range(CHARGERS)]
    began = time.monotonic()
    await asyncio.gather(*(client.boot() for client in clients))
    for turn in range(6):
        calls = [talk(client, n, turn) for n, client in enumerate(clients)]
        await asyncio.gather(*calls, *(programs.get(path) for path in PATHS))
    ended = time.monotonic()
    for client in clients:
        client.abort()
    return began, ended


async def talk(client: RawClient, number: int, turn: int) -> None:
    for payload, _ in MESSAGES.values():
        client.send(payload(number, turn))
        assert (await client.receive(10))[0] == 3
