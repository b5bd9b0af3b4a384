"""`ocpp-console simulate URL --fleet N` against `ocpp-console serve`, as a developer of a CSMS starts it."""

from __future__ import annotations

import asyncio
import json
import signal
from asyncio.subprocess import DEVNULL, PIPE
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.command import run
from tests.journeys.product import COMMAND, Served, environment
from tests.pty_screen import PtyScreen


@pytest.mark.slow
@pytest.mark.parametrize("profile", ["depot", "storm"])
async def test_fifty_for_some_seconds_without_an_error(profile: str, folder: Path) -> None:
    """Exit code 0, no error in any line; the server knows the fifty and their sessions."""
    async with Served(folder) as served:
        arguments = ["--fleet", "50", "--profile", profile, "--prefix", "F", "--seed", "3", "--tempo", "4"]
        said = await run("simulate", served.url, *arguments, "--seconds", "7", "--json")
        assert said.code == 0, said.out + said.err
        *figures, summary = [json.loads(line) for line in said.out.splitlines()]
        assert len(figures) >= 6
        assert summary["event"] == "summary"
        assert (summary["errors"], summary["timed_out"], summary["refused"], summary["stray"]) == (0, 0, 0, 0)
        assert summary["messages"] >= 50 * 3
        assert max(line["accepted"] for line in figures) == 50
        await served.offline()  # every line was hung up, none was just lost
        chargers = (await served.get("/api/chargers"))["chargers"]
        assert {c["chargerId"] for c in chargers} == {f"F-{n:04d}" for n in range(1, 51)}
        assert (await served.get("/api/transactions", limit=100))["transactions"]


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
async def test_it_ends_cleanly_when_it_is_told_to(number: signal.Signals, folder: Path) -> None:
    """Ctrl-C: lines closed with 1001, a summary, exit code 0, no traceback."""
    async with Served(folder) as served:
        process = await asyncio.create_subprocess_exec(
            *(*COMMAND, "simulate", served.url, "--fleet", "20", "--profile", "street", "--json"),
            env=environment(),
            stdin=DEVNULL,
            stdout=PIPE,
            stderr=PIPE,
        )
        assert process.stdout is not None
        async with asyncio.timeout(30):
            line: dict[str, Any] = {"accepted": 0}
            while line["accepted"] < 20:
                line = json.loads(await process.stdout.readline())
        process.send_signal(number)
        out, err = await asyncio.wait_for(process.communicate(), 15)
        assert (process.returncode, err) == (0, b"")
        assert json.loads(out.splitlines()[-1])["event"] == "summary"
        await served.offline()
        ended = (await served.get("/api/connections", limit=100))["connections"]
        assert {connection["closedBecause"] for connection in ended} == {"link closed by the charger (1001)"}


@pytest.mark.slow
async def test_figures_fill_a_terminal(folder: Path) -> None:
    """In a terminal it is one screenful; afterwards the summary stands where the command was typed."""
    async with Served(folder) as served:
        command = [*COMMAND, "simulate", served.url, "--fleet", "10", "--profile", "street", "--seconds", "3"]
        async with PtyScreen(command, 80, 24, {}) as screen:
            await screen.until("connected 10   accepted 10", 20)
            await screen.until("10 charge points, 3 s:", 20)
            await screen.until("no errors")


async def test_wrong_arguments_are_sentences() -> None:
    """Exit code 2 and one sentence."""
    said = await run("simulate", "ws://127.0.0.1:1/ocpp", "--fleet", "999999")
    assert (said.code, said.is_sentence) == (2, True)
    said = await run("simulate", "http://127.0.0.1/ocpp", "--fleet", "3")
    assert (said.code, said.is_sentence) == (2, True)
