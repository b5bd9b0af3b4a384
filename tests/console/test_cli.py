"""The first lines that run, whatever the command is."""

from __future__ import annotations

import sys

import pytest

from console import cli


def test_ctrl_c_while_it_loads_is_no_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    """The exit code of a shell for SIGINT, and not a word."""

    def interrupted(arguments: list[str]) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("console.commands.run", interrupted)
    monkeypatch.setattr(sys, "argv", ["ocpp-console", "serve"])
    with pytest.raises(SystemExit) as ended:
        cli.main()
    assert ended.value.code == 130


def test_settings_file_of_the_environment_is_looked_at_before_a_server(monkeypatch: pytest.MonkeyPatch) -> None:
    """It may name another socket than the usual one, so that a thin attach would go to the wrong server."""
    seen: list[list[str]] = []
    monkeypatch.setattr("console.commands.run", seen.append)
    monkeypatch.setattr(sys, "argv", ["ocpp-console"])
    monkeypatch.setenv("OCPP_CONSOLE_CONFIG", "/etc/depot.toml")
    cli.main()
    assert seen == [[]]
