"""The whole command line, parsed by typer. `cli.py` comes here when a thin client is not enough."""

from __future__ import annotations

import asyncio
import os
import resource
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Any

import typer

from console import programs
from server.config import (
    Config,
    ConfigError,
    default_db_path,
    default_socket_path,
    effective,
    load_config,
    private_folder,
)

EXIT_FAILED = 1
EXIT_UNREACHABLE = 69
EXIT_CONFIGURATION = 78
MANY_FILES = 65_536

app = typer.Typer(
    name="ocpp-console",
    help="A whole charging station management system (CSMS) in a terminal.\n\n"
    "Without a command: attach to the server that runs on this host, else start server and console.",
    epilog="Chargers connect to ws://HOST:9220/<anything>/<charger id>. First look: `ocpp-console demo`.",
    no_args_is_help=False,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Settings.", no_args_is_help=True)
app.add_typer(config_app, name="config")
programs.register(app)

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", envvar="OCPP_CONSOLE_CONFIG", help="TOML file with settings.", show_default=False),
]
Db = Annotated[Path | None, typer.Option(help="SQLite database.", show_default="in the user's data folder")]
Host = Annotated[str | None, typer.Option(help="Address for chargers.", show_default="0.0.0.0")]
Port = Annotated[int | None, typer.Option(help="Port for chargers; 0 = any free one.", show_default="9220")]
ApiPort = Annotated[int | None, typer.Option(help="TCP port for programs, on loopback.", show_default="off")]
ApiToken = Annotated[str | None, typer.Option(help="Token for the TCP port.", show_default="made once")]
Socket = Annotated[
    Path | None, typer.Option(help="Unix socket for terminals and programs.", show_default="in the user's folder")
]
LogLevel = Annotated[str | None, typer.Option(help="debug, info, warning or error.", show_default="info")]
Ascii = Annotated[bool, typer.Option("--ascii", help="No character above 127.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Look only: no operation can be sent.")]


def run(arguments: list[str]) -> None:
    """Parse and carry out; ends the process with the exit code."""
    try:
        app(arguments, standalone_mode=True)
    except ConfigError as error:
        _complain(str(error))
        sys.exit(EXIT_CONFIGURATION)


def _complain(text: str) -> None:
    sys.stderr.write(f"ocpp-console: {text}\n")


def _load(file: Path | None, **flags: Any) -> Config:
    names = {
        "db": "store.path",
        "host": "ocpp.host",
        "port": "ocpp.port",
        "api_port": "api.port",
        "api_token": "api.token",
    }
    config = load_config(file, os.environ, {names.get(k, k): v for k, v in flags.items()})
    if config.security.problem:
        raise ConfigError(config.security.problem)
    if config.store.path == Path():
        config.store.path = default_db_path()
    if config.socket == Path():
        config.socket = default_socket_path()
    return config


def _start(settings: Config, work: Callable[[], Any]) -> None:
    """Run a server; what can go wrong at start ends with one sentence and its exit code."""
    from server.site import CannotStart

    try:
        _make_folder(settings.store.path, "--db")
        _make_folder(settings.socket, "--socket")
        _allow_many_files()
        code = asyncio.run(work())
    except (CannotStart, OSError) as error:
        _complain(str(error))
        sys.exit(EXIT_CONFIGURATION)
    sys.exit(code)


def _allow_many_files() -> None:
    """Every charger and every terminal is an open file."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if 0 <= soft < MANY_FILES:
        wanted = MANY_FILES if hard == resource.RLIM_INFINITY else min(hard, MANY_FILES)
        with suppress(OSError, ValueError):  # some systems have a lower limit than they tell
            resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def _make_folder(file: Path, option: str) -> None:
    try:
        private_folder(file.parent)
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(f"the folder of {file} cannot be made: {why}. Choose another place with {option}") from error


@app.callback()
def _plain(
    context: typer.Context,
    config: ConfigFile = None,
    db: Db = None,
    host: Host = None,
    port: Port = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
    ascii_only: Ascii = False,
    no_color: NoColor = False,
    read_only: ReadOnly = False,
) -> None:
    if context.invoked_subcommand is not None:
        return
    from console.terminal.attach import attach
    from console.terminal.served import is_served

    settings = _load(
        config, db=db, host=host, port=port, api_port=api_port, api_token=api_token, socket=socket, log_level=log_level
    )
    if is_served(str(settings.socket)):
        flags = {"ascii": ascii_only, "no_color": no_color}
        sys.exit(attach(str(settings.socket), read_only=read_only, flags=flags))
    settings.console.read_only = settings.console.read_only or read_only
    _with_console(settings, ascii_only, no_color)


def _with_console(settings: Config, ascii_only: bool, no_color: bool, demo: Any = None) -> None:
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        _complain("this is no terminal: start the server alone with `ocpp-console serve`")
        sys.exit(2)
    from console.running import run_with_console
    from console.terminal.environment import shell_environment
    from console.terminal.profile import Flags, profile_of

    console = settings.console
    profile = profile_of(
        shell_environment(),
        Flags(ascii=ascii_only or console.ascii, no_color=no_color, mouse=console.mouse, rate_hz=console.rate),
    )
    _start(settings, lambda: run_with_console(settings, profile, demo))


@app.command()
def demo(
    chargers: Annotated[int, typer.Option(min=1, max=500, help="How many simulated chargers.")] = 14,
    seed: Annotated[int, typer.Option(help="Another number, another life.")] = 7,
    config: ConfigFile = None,
    db: Db = None,
    host: Host = None,
    port: Port = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
    ascii_only: Ascii = False,
    no_color: NoColor = False,
) -> None:
    """Server, console and a simulated depot on temporary data; nothing is kept."""
    from console.running import DemoPlan
    from console.terminal.served import is_served

    with tempfile.TemporaryDirectory(prefix="ocpp-console-demo-") as folder:
        flags: dict[str, Any] = {
            "host": host or "127.0.0.1",
            "port": port,
            "api_port": api_port,
            "api_token": api_token,
        }
        settings = _load(config, db=db or Path(folder) / "depot.db", socket=socket, log_level=log_level, **flags)
        if socket is None and is_served(str(settings.socket)):
            settings.socket = Path(folder) / "socket"  # a real server runs here: keep away from it
        if port is None and not _is_free(settings.ocpp.host, settings.ocpp.port):
            settings.ocpp.port = 0
        if not _is_free(settings.drop.host or settings.ocpp.host, settings.drop.port):
            settings.drop.port = 0
        settings.ocpp.unknown_chargers = "accept"
        settings.ocpp.heartbeat_interval = 30
        settings.site.name = "demo depot" if "site.name" not in settings.sources else settings.site.name
        settings.site.power_limit_kw = settings.site.power_limit_kw or chargers * 30
        _with_console(settings, ascii_only, no_color, DemoPlan(chargers, seed))


def _is_free(host: str, port: int) -> bool:
    import socket

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
    return True


@app.command()
def serve(
    config: ConfigFile = None,
    db: Db = None,
    host: Host = None,
    port: Port = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
) -> None:
    """Server only, for systemd and containers. Prints one line when it accepts chargers."""
    settings = _load(
        config, db=db, host=host, port=port, api_port=api_port, api_token=api_token, socket=socket, log_level=log_level
    )
    from console.running import serve

    _start(settings, lambda: serve(settings))


@app.command()
def attach(
    socket: Socket = None, read_only: ReadOnly = False, ascii_only: Ascii = False, no_color: NoColor = False
) -> None:
    """One more terminal on the running server. `q` detaches; the server goes on."""
    from console.terminal import attach as client

    path = str(socket or os.environ.get("OCPP_CONSOLE_SOCKET", "") or default_socket_path())
    sys.exit(client.attach(path, read_only=read_only, flags={"ascii": ascii_only, "no_color": no_color}))


@config_app.command("check")
def config_check(config: ConfigFile = None) -> None:
    """Show every setting, its value and where it comes from; exit code 78 when something is wrong."""
    for row in effective(_load(config)):
        sys.stdout.write(f"{row.key:36} {row.value:32} {row.source}\n")
