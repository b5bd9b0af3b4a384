"""How long a person waits until there is something to see: `demo` from nothing, `attach` to a server that runs."""

from __future__ import annotations

import asyncio
import contextlib
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from tests.bench.console_terminal import Terminal
from tests.bench.links import Server, product
from tests.raw_client import RawClient

CONSOLE = [sys.executable, "-P", "-m", "console.cli"]
CHARGERS = 14
WARM_UP_S = 2.0  #: the server loads its console in a thread once it accepts chargers


class Start(NamedTuple):
    """Seconds from the start of the process."""

    first: float  #: the first words are on the screen
    depot: float  #: a whole frame with chargers is


def demo_starts(times: int) -> list[Start]:
    """`ocpp-console demo`, each time on an empty database."""
    found = []
    for _ in range(times):
        with tempfile.TemporaryDirectory() as folder:
            command = [*CONSOLE, "demo", "--chargers", str(CHARGERS), "--port", "0", "--socket", f"{folder}/s"]
            found.append(start(command))
    return found


def attach_starts(times: int) -> list[Start]:
    """`ocpp-console attach` to a `serve` with chargers on line; the first one, which loads most, is left out."""
    return asyncio.run(_attach_starts(times))


async def _attach_starts(times: int) -> list[Start]:
    async with contextlib.AsyncExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server: Server = stack.enter_context(product(folder))
        for n in range(1, CHARGERS + 1):
            client = await RawClient.connect(server.port, f"/CP-{n:04}")
            stack.callback(client.abort)
            await client.boot()
            status = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}
            await client.call("StatusNotification", status)
        await asyncio.sleep(WARM_UP_S)
        command = [*CONSOLE, "attach", "--socket", str(folder / "s")]
        found = [await asyncio.to_thread(start, command) for _ in range(times + 1)]
    return found[1:]


def start(command: list[str]) -> Start:
    with Terminal(command) as terminal:
        terminal.until(b"CP-%04d" % CHARGERS)
        terminal.until(b"help")
    return Start(terminal.first(lambda text: bool(text.strip())), terminal.first(is_whole))


def is_whole(text: str) -> bool:
    """Tabs, chargers and the line of keys."""
    return "6 Operations" in text and "CP-0001" in text and "move" in text.splitlines()[-1]


def lines(starts: list[Start]) -> Iterator[list[float]]:
    """ms, quickest first: of the first words, of the depot."""
    for column in zip(*starts, strict=True):
        yield sorted(seconds * 1000 for seconds in column)
