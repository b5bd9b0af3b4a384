"""Terminals and servers for the tests of this folder."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.pty_screen import PtyScreen

PROGRAM = [sys.executable, "-m", "tests.console.terminal.programs"]
_ATTACH = "import sys; from console.terminal.attach import attach; sys.exit(attach({path!r}, {arguments}))"


class Depot:
    """Files of one test, and the commands that use them."""

    def __init__(self, folder: Path) -> None:
        self.report_path = folder / "report"
        self.socket_path = folder / "socket"

    @property
    def report(self) -> list[str]:
        """What the program under test has told so far."""
        return self.report_path.read_text().splitlines() if self.report_path.exists() else []

    @property
    def gaps(self) -> list[str]:
        return [line for line in self.report if line.startswith("gap")]

    def local(
        self, *options: str, columns: int = 80, lines: int = 24, env: Mapping[str, str | None] | None = None
    ) -> PtyScreen:
        return PtyScreen([*PROGRAM, "local", str(self.report_path), *options], columns, lines, env)

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
    ) -> PtyScreen:
        code = _ATTACH.format(path=str(self.socket_path), arguments=arguments)
        return PtyScreen([sys.executable, "-c", code], columns, lines, env)


@pytest.fixture
def depot(tmp_path: Path) -> Depot:
    return Depot(tmp_path)
