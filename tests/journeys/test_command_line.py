"""The command line without a server: help, usage, settings, and who cannot be reached."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.journeys.command import run, run_all
from tests.journeys.product import COMMAND
from tests.pty_screen import PtyScreen

COMMANDS = (
    "",
    "serve",
    "demo",
    "attach",
    "get",
    "do",
    "tags",
    "tags list",
    "tags add",
    "tags block",
    "tags remove",
    "chargers",
    "chargers list",
    "chargers adopt",
    "config",
    "config check",
)


@pytest.mark.slow
async def test_every_command_has_help() -> None:
    """Exit code 0, something to read on stdout, nothing on stderr; the overview names every command."""
    told = await run_all(f"{command} --help" for command in COMMANDS)
    for command, said in zip(COMMANDS, told, strict=True):
        assert (said.code, said.err) == (0, ""), command
        assert "Usage:" in said.out and len(said.out.splitlines()) > 5, command
        assert max(len(line) for line in said.out.splitlines()) <= 80, command
    assert all(f" {command.split()[0]} " in told[0].out for command in COMMANDS if command)


async def test_help_says_what_stands_in_the_source() -> None:
    """Brackets and backticks are not taken for markup."""
    said = await run("tags", "remove", "--help")
    assert "`tags.unknown`" in said.out


#: Command lines that cannot be right, and a word of what they are answered.
OFTEN_WRONG = {
    "nonsense": "nonsense",
    "get chargers -o xml": "csv",
    "do Reset CP-1 type": "name=value",
    "": "this is no terminal",
}
RARELY_WRONG = {
    "get nonsense": "connectors",
    "do Reset": "charger",
    "do Reset CP-1 --payload [] type=Soft": "--payload",
    "tags add": "id_tag",
    "tags add A1 --expires soon": "2027-03-01",
    "serve --port many": "--port",
    "demo --chargers 0": "--chargers",
    "demo": "this is no terminal",
}


@pytest.mark.parametrize("lines", [OFTEN_WRONG, pytest.param(RARELY_WRONG, marks=pytest.mark.slow)])
async def test_wrong_usage_is_2_and_told_on_stderr(folder: Path, lines: dict[str, str]) -> None:
    """What is wrong and what would be right; stdout stays empty, so that no script takes it for data."""
    for (line, words), said in zip(lines.items(), await run_all(lines, folder), strict=True):
        assert (said.code, said.out) == (2, ""), line
        assert words in re.sub(r"\W*\n\W*", " ", said.err), line


#: Command lines that need a server: one of each way to ask it, and the others.
ASKING = ("get chargers", "do Reset CP-1 type=Soft", "get chargers --api http://127.0.0.1:1")
ASKING_TOO = ("get chargers --watch", "tags list", "tags add A1", "chargers adopt CP-1")


@pytest.mark.parametrize("lines", [ASKING, pytest.param(ASKING_TOO, marks=pytest.mark.slow)])
async def test_no_server_is_69_and_told(folder: Path, lines: tuple[str, ...]) -> None:
    """One sentence that names the place and the command that starts one."""
    for line, said in zip(lines, await run_all(lines, folder), strict=True):
        assert said.code == 69, line
        assert said.is_sentence and "ocpp-console serve" in said.err, said


async def test_attach_without_a_server_is_69(folder: Path) -> None:
    """The terminal is left as it was, with a sentence."""
    async with PtyScreen([*COMMAND, "attach", "--socket", str(folder / "s")]) as screen:
        assert await screen.wait_exit() == 69
        await screen.until("no server answers")
        assert not screen.is_alternate


async def test_config_check_tells_every_setting_and_its_source(folder: Path) -> None:
    """File < environment < flag, each named; a secret is not shown."""
    file = folder / "depot.toml"
    file.write_text('[ocpp]\nport = 9000\nheartbeat_interval = 60\n[api]\ntoken = "canary"\n')
    said = await run("config", "check", "--config", str(file), settings={"PORT": "9001"})
    assert (said.code, said.err) == (0, "")
    rows = {line.split()[0]: line.split(maxsplit=2)[1:] for line in said.out.splitlines()}
    assert rows["ocpp.port"] == ["9001", "environment OCPP_CONSOLE_PORT"]
    assert rows["ocpp.heartbeat_interval"] == ["60", str(file)]
    assert rows["ocpp.call_timeout"][1] == "default"
    assert "canary" not in said.out
