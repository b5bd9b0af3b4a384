"""What the command line makes of its words before anything runs."""

from __future__ import annotations

import errno
import socket
from pathlib import Path
from typing import Any

import pytest

from console import commands
from console.running import DemoPlan
from server.config import Config


def test_demo_has_a_file_drop_although_its_port_is_taken(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It takes a free one, so that chargers of a demo can send their diagnostics."""
    seen: list[Config] = []
    monkeypatch.setattr(commands, "_with_console", lambda settings, *more: seen.append(settings))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        monkeypatch.setenv("OCPP_CONSOLE_DROP_PORT", str(port))
        with pytest.raises(SystemExit) as ended:
            commands.run(["demo", "--socket", str(tmp_path / "s")])
    assert ended.value.code == 0
    assert seen[0].drop.port not in (0, port)


def test_demo_gives_way_unless_a_port_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What nobody has named may be elsewhere: another demo could have taken it. `--port` stands."""
    seen: list[DemoPlan] = []
    monkeypatch.setattr(commands, "_with_console", lambda settings, ascii_, plain, plan: seen.append(plan))
    monkeypatch.setenv("HOME", str(tmp_path))
    for words in ([], ["--port", "9321", "--socket", str(tmp_path / "s")]):
        with pytest.raises(SystemExit):
            commands.run(["demo", *words])
    free, named = seen
    assert free.elsewhere is not None and named.elsewhere is not None
    assert (free.port, free.elsewhere.ocpp.port) == (9220, 0) and "ocpp-console-demo-" in str(free.elsewhere.socket)
    assert (named.port, named.elsewhere.ocpp.port) == (0, 9321) and named.elsewhere.socket == tmp_path / "s"


def test_a_start_that_the_disk_refuses_names_the_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Which folder is full, without the number of the error."""

    async def fails(settings: Any) -> int:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr("console.running.serve", fails)
    with pytest.raises(SystemExit) as ended:
        commands.run(["serve", "--db", str(tmp_path / "depot.db"), "--socket", str(tmp_path / "s")])
    assert ended.value.code == 78
    assert f"the folder of {tmp_path / 'depot.db'}: no space left on device" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (["serve", "--log-level", "nonsense"], "'nonsense' is not one of"),
        (["get", "faults", "--limit", "x"], "must be a whole number"),
        (["get", "faults", "--limit", "0"], "must be greater than or equal to 1"),
        (["get", "frames", "--direction", "up"], "'up' is not one of 'in', 'out'"),
        (["get", "frames", "--json", "-o", "csv"], "--json: it is the same as -o json"),
        (["get", "frames", "--since", "-1h", "--until", "-2h"], "--since -1h is after --until -2h"),
    ],
)
def test_what_does_not_fit_is_told_in_plain_words(
    words: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """No words of the library that found it."""
    with pytest.raises(SystemExit) as ended:
        commands.run(words)
    said = " ".join(capsys.readouterr().err.replace("│", " ").split())
    assert ended.value.code == 2 and told in said
    assert "Value error" not in said and "unable to parse" not in said


@pytest.mark.parametrize("command", ["demo", "serve"])
def test_help_names_the_true_defaults(
    command: str, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Of that very command, bare, and whole also at 80 columns."""
    monkeypatch.setenv("COLUMNS", "80")
    with pytest.raises(SystemExit):
        commands.run([command, "--help"])
    said = " ".join(capsys.readouterr().out.replace("│", " ").split())
    places = {"demo": ("in a temporary folder", "127.0.0.1"), "serve": ("in the user's data folder", "0.0.0.0")}
    for value in (*places[command], "9220", "info"):
        assert f"[default: {value}]" in said
    assert "[default: (" not in said and "<level>" in said and "debug, info, warning or error" in said
