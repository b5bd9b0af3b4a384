"""Terminals and servers for the tests of this folder."""

from __future__ import annotations

import asyncio
import shlex
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests.pty_screen import PtyScreen

PROGRAM = [sys.executable, "-m", "tests.console.terminal.programs"]
_ATTACH = "import sys; from console.terminal.attach import attach; sys.exit(attach({path!r}, {arguments}))"


def under_shell(command: list[str]) -> list[str]:
    """The command as a job of a shell: only there can SIGTSTP and its kin stop anything."""
    return ["sh", "-c", f"set -m; {shlex.join(command)}; exit $?"]


class Depot:
    """Files of one test, and the commands that use them."""

    def __init__(self, folder: Path) -> None:
        self.report_path = folder / "report"
        self.socket_path = folder / "socket"

    @property
    def report(self) -> list[str]:
        """What the program under test has told so far."""
        return self.report_path.read_text().splitlines() if self.report_path.exists() else []

    async def until(self, told: Callable[[list[str]], bool]) -> None:
        """Wait until the program has told it, at most 10 s."""
        async with asyncio.timeout(10):
            while not told(self.report):  # noqa: ASYNC110 - a file has no event
                await asyncio.sleep(0.02)

    def told(self, word: str) -> str:
        """What the program has told after `word`, the last time."""
        return [line for line in self.report if line.startswith(word)][-1].removeprefix(word).strip()

    @property
    def gaps(self) -> list[str]:
        return [line for line in self.report if line.startswith("gap")]

    def local(
        self, *options: str, columns: int = 80, lines: int = 24, env: Mapping[str, str | None] | None = None
    ) -> PtyScreen:
        command = [*PROGRAM, "local", str(self.report_path), *options]
        return PtyScreen(under_shell(command) if "shell" in options else command, columns, lines, env)

    def server(self, *options: str) -> PtyScreen:
        """The server of attached terminals; its own terminal shows nothing."""
        env = {"TERM": "dumb", "NO_COLOR": "1", "COLORTERM": None, "LANG": "C"}  # must not matter to any client
        return PtyScreen([*PROGRAM, "serve", str(self.report_path), str(self.socket_path), *options], env=env)

    def client(
        self,
        columns: int = 80,
        lines: int = 24,
        env: Mapping[str, str | None] | None = None,
        arguments: str = "",
        shell: bool = False,
    ) -> PtyScreen:
        command = [sys.executable, "-c", _ATTACH.format(path=str(self.socket_path), arguments=arguments)]
        return PtyScreen(under_shell(command) if shell else command, columns, lines, env)


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    return Depot(tmp_path)
