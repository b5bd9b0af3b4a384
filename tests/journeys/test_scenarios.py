"""`ocpp-console simulate --scenario` against `ocpp-console serve`: everything that is shipped passes, unattended."""

from __future__ import annotations

import asyncio
import json
import signal
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any, NamedTuple

import httpx
import pytest

from simulator import Status
from simulator.scenario import load, shipped
from tests.journeys.command import run
from tests.journeys.product import COMMAND, Served, environment

ID = "SCN-1"
TAG, CUSTOM = "A1B2C3", "04E91C5A123480"
LONGEST_S = 90.0


class Result(NamedTuple):
    code: int
    events: list[dict[str, Any]]

    def of(self, event: str) -> list[dict[str, Any]]:
        return [one for one in self.events if one["event"] == event]


@asynccontextmanager
async def depot(folder: Path) -> AsyncIterator[Served]:
    """A server that knows two tags and no other."""
    async with Served(folder, TAGS_UNKNOWN="reject") as served:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(served.socket))) as client:
            for tag in (TAG, CUSTOM):
                (await client.put(f"http://local/api/tags/{tag}", json={"status": "Accepted"})).raise_for_status()
        yield served


@asynccontextmanager
async def firmware_place() -> AsyncIterator[str]:
    """URL of a file that can be fetched."""

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 8\r\nConnection: close\r\n\r\nfirmware")
        await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/acme-1.4.2.bin"


async def simulate(
    url: str, *arguments: str, asked: Callable[[dict[str, Any]], Any] | None = None, tempo: str = "20"
) -> Result:
    """Run scenarios with `--json`; `asked` is awaited for whatever the CSMS has to do."""
    process = await asyncio.create_subprocess_exec(
        *COMMAND,
        *("simulate", f"{url}/{ID}", "--json", "--tempo", tempo, *arguments),
        env=environment(),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    events = []
    try:
        async with asyncio.timeout(LONGEST_S):
            async for line in process.stdout:
                events.append(json.loads(line))
                if asked is not None and events[-1]["event"] == "asks":
                    await asked(events[-1])
            return Result(await process.wait(), events)
    finally:
        if process.returncode is None:
            process.kill()
            await process.wait()


@pytest.mark.slow
async def test_all_shipped_scenarios_pass(folder: Path) -> None:
    """Rows 152 to 156, 161, 163 to 168, 170, 171: every file of the library, the CSMS acts by its API, no deviation."""
    async with depot(folder) as served, firmware_place() as location:

        async def ask(wish: dict[str, Any]) -> None:
            answer = await served.post(f"/api/chargers/{ID}/operations/{wish['action']}", wish["payload"], wait=0)
            assert "commandId" in answer, answer

        played = await simulate(served.url, "--scenario", "all", "--set", f"location={location}", asked=ask)
        assert [one["name"] for one in played.of("result") if not one["ok"]] == []
        bad = [event for event in played.events if event.get("ok") is False]
        assert (played.code, bad) == (0, []), json.dumps(bad, indent=1)
        assert [one["name"] for one in played.of("result")] == [load(path).name for path in shipped().values()]
        assert len(played.of("asks")) == 12
        await served.flushed()
        noted = {one["rule"] for one in (await served.get("/api/deviations"))["deviations"]}
        assert noted <= {"TX-24"}  # a hurried session ends and hangs up within the second
        told = (await served.get("/api/frames", action="StatusNotification", direction="in", limit=1000))["frames"]
        assert {json.loads(one["raw"])[3]["status"] for one in told} == set(Status)
        running = (await served.get("/api/transactions"))["transactions"]
        assert {one["state"] for one in running} == {"completed"}


@pytest.mark.slow
async def test_a_session_is_recorded_and_played_by_the_command(folder: Path) -> None:
    """`--record` writes what a script did, `--scenario FILE` does it again on the same server; both end with 0."""
    recording = folder / "mine.toml"
    async with depot(folder) as served:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *("simulate", f"{served.url}/{ID}", "--plain", "--tempo", "20", "--record", str(recording)),
            env=environment(),
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        script = b"plug-in 1\nstart 1\nwait-for charging\nwait 5\nstop 1\nplug-out 1\nwait-for delivered\n"
        _, err = await asyncio.wait_for(process.communicate(script), 40)
        assert process.returncode == 0
        assert f"steps are in {recording}" in err.decode()
        assert [step.title for step in load(recording).steps if "wait" in step.title] != []
        played = await simulate(served.url, "--scenario", str(recording))
        assert played.code == 0, played.events
        assert len((await served.get("/api/transactions"))["transactions"]) == 2


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ("--scenario nothing", "nothing: There is no such scenario: a file, all, or one of basic-session, boot"),
        ("--scenario boot --set card=1", "--set card: there is no such variable; there are none."),
        ("--scenario boot --set card", "--set is written as name=value, not 'card'."),
        (
            "--scenario boot --record x.toml",
            "--record writes down what you do by hand, --scenario does it: choose one.",
        ),
        ("--scenario broken.toml", 'broken.toml: step 1: do: "fly" is none of plug-in, plug-out'),
    ],
)
async def test_command_lines_that_cannot_be_meant(folder: Path, arguments: str, sentence: str) -> None:
    """A sentence on stderr, exit code 2, and nobody is dialled."""
    (folder / "broken.toml").write_text('[[step]]\ndo = "fly"\n')
    said = await run("simulate", "ws://127.0.0.1:9/CP-1", *arguments.split(), folder=folder)
    assert (said.code, said.is_sentence) == (2, True), said
    assert sentence in said.err


async def test_what_is_shipped_is_listed(folder: Path) -> None:
    """`--list-scenarios` needs no address; every file of the library has its line."""
    said = await run("simulate", "--list-scenarios", folder=folder)
    assert said.code == 0
    assert [line.split()[0] for line in said.out.splitlines()] == list(shipped())


async def test_ctrl_c_ends_a_scenario(folder: Path) -> None:
    """SIGINT in the middle of a step: the line is closed, the exit code is that of the signal, no traceback."""
    (folder / "long.toml").write_text('[[step]]\nuntil = "online"\n[[step]]\nwait = 80000\n')
    async with depot(folder) as served:
        process = await asyncio.create_subprocess_exec(
            *COMMAND,
            *("simulate", f"{served.url}/{ID}", "--scenario", "long.toml"),
            env=environment(),
            cwd=folder,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        assert process.stdout is not None and process.stderr is not None
        async with asyncio.timeout(30):
            while b"until online" not in await process.stdout.readline():
                pass
            process.send_signal(signal.SIGINT)
            assert await process.wait() == 130
            assert await process.stdout.read() == b"stopped\n"
            assert await process.stderr.read() == b""
