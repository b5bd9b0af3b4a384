"""The whole product as a process of its own, with its files in a folder of the test."""

from __future__ import annotations

import asyncio
import os
import shutil
import signal
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import httpx

from console.dialogs.frame import SEEN_S, UNREAD
from tests.pty_screen import PtyScreen

ROOT = Path(__file__).parents[2]
NEWS = " depot: "
COMMAND = [sys.executable, "-P", "-m", "console.cli"]


@contextmanager
def short_folder() -> Iterator[Path]:
    """A folder with a short path: a unix socket has room for about a hundred characters."""
    made = Path(tempfile.mkdtemp(prefix="oc-"))
    yield made
    shutil.rmtree(made, ignore_errors=True)


def environment(**settings: str) -> dict[str, str]:
    """The environment of the test without settings of ours, plus `settings` as OCPP_CONSOLE_<NAME>."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("OCPP_CONSOLE_", "NO_COLOR", "COLORTERM"))}
    kept |= {f"OCPP_CONSOLE_{name}": value for name, value in settings.items()}
    return kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm-256color", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}


async def confirm(screen: PtyScreen) -> None:
    """Press `y` in a dialog that is on the screen, as somebody who has read it.

    The console counts that time from a moment of its own; whoever is told that it was too early presses again.
    """
    await screen.until("y send")
    async with asyncio.timeout(15):
        while True:
            await asyncio.sleep(SEEN_S + 0.1)
            if "y send" not in screen.text:
                return
            screen.send("y")
            await screen.until(lambda s: "y send" not in s.text or UNREAD.partition(":")[0] in s.text)


class Served:
    """`ocpp-console serve` on free ports. The same folder again is the same depot after a restart."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.socket = folder / "s"
        self.db = folder / "depot.db"
        self.log = folder / "log"  #: what it has said on stderr, over all its lives
        self.settings = {"OCPP_UNKNOWN_CHARGERS": "accept", "TAGS_UNKNOWN": "accept"} | settings
        self.log_level = "warning"
        self.prefix: list[str] = []  #: a command that starts it
        self.port = 0
        self.ready = ""  #: the line that it printed when it was
        self.api = "-"  #: address of the API on TCP, "-" without
        self.process: asyncio.subprocess.Process | None = None

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.kill()
            await self.process.wait()

    async def start(self, timeout: float = 20.0) -> None:
        """Start, and return once it accepts chargers: on the port of the first start, so that they find it again."""
        arguments = ["serve", "--host", "127.0.0.1", "--port", str(self.port), "--db", str(self.db)]
        arguments += ["--socket", str(self.socket), "--log-level", self.log_level]
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *self.prefix,
                *COMMAND,
                *arguments,
                env=environment(**self.settings),
                cwd=self.folder,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
            )
        assert self.process.stdout is not None
        async with asyncio.timeout(timeout):
            line = (await self.process.stdout.readline()).decode()
        assert line.startswith("ready ocpp=ws://127.0.0.1:"), f"not a ready line: {line!r}\n{self.said}"
        self.ready = line.strip()
        self.port = int(line.split()[1].rsplit(":", 1)[1])
        self.api = line.split()[2].removeprefix("api=")

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}/ocpp"

    @property
    def said(self) -> str:
        """What it has written to stderr about itself; of its depot see `news`."""
        return "".join(line for line in self._lines() if NEWS not in line)

    @property
    def news(self) -> str:
        """What it has written to stderr about its depot: who was refused, offline, faults."""
        return "".join(line for line in self._lines() if NEWS in line)

    def _lines(self) -> list[str]:
        return self.log.read_text(errors="replace").splitlines(keepends=True)

    async def kill(self) -> None:
        """kill -9."""
        assert self.process is not None
        self.process.kill()
        await self.process.wait()

    async def terminate(self, timeout: float = 10.0) -> int:
        """SIGTERM; the exit code. `TimeoutError` when it takes longer than it may."""
        self.signal(signal.SIGTERM)
        return await self.ended(timeout)

    def signal(self, number: signal.Signals) -> None:
        assert self.process is not None
        self.process.send_signal(number)

    async def ended(self, timeout: float = 10.0) -> int:
        """The exit code. `TimeoutError` when it takes longer than it may."""
        assert self.process is not None
        async with asyncio.timeout(timeout):
            return await self.process.wait()

    async def get(self, path: str, **query: Any) -> Any:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(self.socket))) as client:
            answer = await client.get(f"http://local{path}", params=query, timeout=30)
        answer.raise_for_status()
        return answer.json()

    async def flushed(self) -> None:
        """Return once what it has heard so far is on its disk: rows that nobody waits for come there a moment later."""
        await self.get("/api/reservations")  # that list is read behind such a flush

    async def offline(self, *charger_ids: str) -> None:
        """Return once it has seen that the lines of these chargers are gone; of all without an id."""
        async with asyncio.timeout(10):
            while any(  # noqa: ASYNC110 - of another process
                c["isOnline"]
                for c in (await self.get("/api/chargers"))["chargers"]
                if not charger_ids or c["chargerId"] in charger_ids
            ):
                await asyncio.sleep(0.02)

    async def text(self, path: str) -> str:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(self.socket))) as client:
            return (await client.get(f"http://local{path}", timeout=30)).text

    async def post(self, path: str, body: dict[str, Any], **query: Any) -> Any:
        async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(self.socket))) as client:
            answer = await client.post(f"http://local{path}", json=body, params=query, timeout=40)
        return answer.json()
