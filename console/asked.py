"""Which server a command is for: `--socket`, else the settings of `--config`, else this user's own.

`--config` belongs to every command that asks a server; options before a command count for it too.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer

from server.config import Config, default_socket_path, load_config

#: Options that may stand before a command, by parameter, and the variable that carries each to it.
CARRIED = {
    "config": "CONFIG",
    "db": "DB",
    "host": "HOST",
    "port": "PORT",
    "tls_port": "SECURITY_TLS_PORT",
    "certificate": "SECURITY_CERTIFICATE",
    "key": "SECURITY_KEY",
    "api_port": "API_PORT",
    "api_token": "API_TOKEN",
    "socket": "SOCKET",
    "log_level": "LOG_LEVEL",
}


def carry(options: dict[str, Any]) -> None:
    """Let `options` that stood before a command count for it; `typer.BadParameter` for those that cannot."""
    for name, value in options.items():
        if value is None or value is False:
            continue
        if name not in CARRIED:
            raise typer.BadParameter("write it behind the command", param_hint=f"--{name.replace('_', '-')}")
        os.environ[f"OCPP_CONSOLE_{CARRIED[name]}"] = str(value)


def socket_of(socket: Path | None) -> Path:
    """The unix socket to ask. `ConfigError` when the file with the settings is wrong."""
    given = socket or os.environ.get("OCPP_CONSOLE_SOCKET", "")
    if given:
        return Path(given).expanduser()
    settings = named_settings()
    if settings is not None and settings.socket != Path():
        return settings.socket
    return default_socket_path(os.environ)


def named_settings() -> Config | None:
    """The settings of the file that was named, None when none was."""
    file = os.environ.get("OCPP_CONSOLE_CONFIG", "")
    return load_config(Path(file), os.environ, {}) if file else None


def with_config(command: Any) -> Any:
    """`command` with `--config` on it, and on all below it, wherever there is a `--socket` and none yet.

    What is wrong with a value is told in words of ours, too, and a default that is told in words stands bare.
    """
    for below in getattr(command, "commands", {}).values():
        with_config(below)
    for parameter in command.params:
        parameter.process_value = _in_own_words(parameter.process_value)
        if isinstance(words := getattr(parameter, "show_default", None), str):
            parameter._get_default_string = _bare(words)  # typer has no setting for it, and adds parentheses
    names = {parameter.name for parameter in command.params}
    if "socket" in names and "config" not in names:
        command.params.append(_config_option())
    return command


def _in_own_words(process: Callable[..., Any]) -> Callable[..., Any]:
    """What does not fit is told without the words of the library that found it."""

    def processed(*arguments: Any) -> Any:
        try:
            return process(*arguments)
        except typer.BadParameter as error:
            words = error.message.removeprefix("Value error, ")
            words = words.replace("Input should be", "must be").replace("a valid integer", "a whole number")
            error.message = words.partition(", unable to parse")[0]
            raise

    return processed


def _bare(words: str) -> Callable[..., str]:
    return lambda *_, **__: words


def _keep(file: Path | None) -> None:
    if file is not None:
        carry({"config": file})


def _config_option() -> Any:
    """As typer makes it of a parameter: its own classes for options are nothing to build upon."""
    carrier = typer.Typer()

    @carrier.command()
    def _(
        config: Annotated[
            Path | None,
            typer.Option(
                envvar="OCPP_CONSOLE_CONFIG",
                help="TOML file with settings: the socket in it counts.",
                show_default=False,
                callback=_keep,
                expose_value=False,
            ),
        ] = None,
    ) -> None: ...

    return next(option for option in typer.main.get_command(carrier).params if option.name == "config")
