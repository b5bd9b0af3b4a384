"""The whole command line, parsed by typer. `cli.py` comes here when a thin client is not enough."""

from __future__ import annotations

import asyncio
import os
import sys
import tempfile
from collections.abc import Callable
from copy import deepcopy
from enum import StrEnum
from importlib.metadata import version
from pathlib import Path
from typing import Annotated, Any

import typer

from console import asked, certificates, open_files, programs, simulating
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

app = typer.Typer(
    name="ocpp-console",
    help="A whole charging station management system (CSMS) in a terminal.\n\n"
    "Without a command: attach to the server that runs on this host, else start server and console.",
    epilog="Chargers connect to ws://HOST:9220/<anything>/<charger id>. First look: `ocpp-console demo`.\n\n"
    "Exit codes: 0 fine, 1 the operation failed or was refused, 2 usage, 69 no server answers, "
    "78 the configuration is wrong.",
    no_args_is_help=False,
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)
config_app = typer.Typer(help="Settings.", no_args_is_help=True)
app.add_typer(config_app, name="config")
programs.register(app)
certificates.register(app)
simulating.register(app)

ConfigFile = Annotated[
    Path | None,
    typer.Option("--config", envvar="OCPP_CONSOLE_CONFIG", help="TOML file with settings.", show_default=False),
]
Db = Annotated[Path | None, typer.Option(help="SQLite database.", show_default="in the user's data folder")]
DemoDb = Annotated[Path | None, typer.Option(help="SQLite database.", show_default="in a temporary folder")]
Host = Annotated[str | None, typer.Option(help="Address for chargers.", show_default="0.0.0.0")]
DemoHost = Annotated[str | None, typer.Option(help="Address for chargers.", show_default="127.0.0.1")]
HIGHEST_PORT = 65_535
Port = Annotated[
    int | None,
    typer.Option(min=0, max=HIGHEST_PORT, help="Port for chargers; 0 = any free one.", show_default="9220"),
]
ApiPort = Annotated[
    int | None, typer.Option(min=0, max=HIGHEST_PORT, help="TCP port for programs, on loopback.", show_default="off")
]
ApiToken = Annotated[str | None, typer.Option(help="Token for the TCP port.", show_default="made once")]
TlsPort = Annotated[
    int | None, typer.Option(min=0, max=HIGHEST_PORT, help="Port for chargers with TLS.", show_default="9443")
]
Certificate = Annotated[
    Path | None,
    typer.Option(help="TLS certificate, PEM; `ocpp-console certificates init` makes one.", show_default="no TLS"),
]
Key = Annotated[Path | None, typer.Option(help="Its key, PEM.", show_default="in the same file")]
Socket = Annotated[
    Path | None, typer.Option(help="Unix socket for terminals and programs.", show_default="in the user's folder")
]
Level = StrEnum("Level", ["debug", "info", "warning", "error"])
LogLevel = Annotated[
    Level | None,
    typer.Option(
        metavar="<level>",
        help="What is written to stderr: debug, info, warning or error.",
        show_default="info",
    ),
]
Ascii = Annotated[bool, typer.Option("--ascii", help="No character above 127.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]
ReadOnly = Annotated[bool, typer.Option("--read-only", help="Look only: no operation can be sent.")]


def run(arguments: list[str]) -> None:
    """Parse and carry out; ends the process with the exit code."""
    try:
        asked.with_config(typer.main.get_command(app)).main(arguments, prog_name="ocpp-console")
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
        "tls_port": "security.tls_port",
        "certificate": "security.certificate",
        "key": "security.key",
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
        if warning := open_files.allow_many():
            _complain(warning)
        code = asyncio.run(work())
    except CannotStart as error:
        _complain(str(error))
        sys.exit(EXIT_CONFIGURATION)
    except OSError as error:
        where = error.filename or f"the folder of {settings.store.path}"
        _complain(f"cannot start: {where}: {(error.strerror or str(error)).lower()}")
        sys.exit(EXIT_CONFIGURATION)
    sys.exit(code)


def _make_folder(file: Path, option: str) -> None:
    try:
        private_folder(file.parent)
    except OSError as error:
        why = error.strerror or error
        raise ConfigError(f"the folder of {file} cannot be made: {why}. Choose another place with {option}") from error


def _tell_version(wanted: bool) -> None:
    if wanted:
        sys.stdout.write(f"ocpp-console {version('ocpp-console')}\n")
        raise typer.Exit


@app.callback()
def _plain(
    context: typer.Context,
    _version: Annotated[
        bool, typer.Option("--version", is_eager=True, callback=_tell_version, help="Tell the version.")
    ] = False,
    config: ConfigFile = None,
    db: Db = None,
    host: Host = None,
    port: Port = None,
    tls_port: TlsPort = None,
    certificate: Certificate = None,
    key: Key = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
    ascii_only: Ascii = False,
    no_color: NoColor = False,
    read_only: ReadOnly = False,
) -> None:
    if context.invoked_subcommand is not None:
        asked.carry(context.params)
        return
    from console.terminal.attach import attach
    from console.terminal.served import is_served

    tls = {"tls_port": tls_port, "certificate": certificate, "key": key}
    api = {"api_port": api_port, "api_token": api_token}
    settings = _load(config, db=db, host=host, port=port, **tls, **api, socket=socket, log_level=log_level)
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
    db: DemoDb = None,
    host: DemoHost = None,
    port: Port = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
    ascii_only: Ascii = False,
    no_color: NoColor = False,
) -> None:
    """Server, console and a simulated depot on temporary data: nothing is kept, unless --db names a place."""
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
        drop_host = settings.drop.host or settings.ocpp.host
        if settings.drop.port and not _is_free(drop_host, settings.drop.port):
            settings.drop.port = _free_port(drop_host)
        settings.ocpp.unknown_chargers = "accept"
        settings.ocpp.heartbeat_interval = 30
        settings.site.name = "demo depot" if "site.name" not in settings.sources else settings.site.name
        settings.site.power_limit_kw = settings.site.power_limit_kw or chargers * 30
        elsewhere = deepcopy(settings)  # should a server or another demo be there before it, or at the same moment
        if socket is None:
            elsewhere.socket = Path(folder) / "socket"
            if is_served(str(settings.socket)):
                settings.socket = elsewhere.socket
        plan = DemoPlan(chargers, seed, elsewhere, settings.ocpp.port if port is None else 0)
        if settings.drop.port:
            elsewhere.drop.port = _free_port(drop_host)
        if port is None:
            elsewhere.ocpp.port = 0
            if not _is_free(settings.ocpp.host, settings.ocpp.port):
                settings.ocpp.port = 0
        _with_console(settings, ascii_only, no_color, plan)


def _free_port(host: str) -> int:
    """One that nobody listens on now; 0 when `host` is no address of this machine."""
    import socket

    with socket.socket() as probe:
        try:
            probe.bind((host, 0))
        except OSError:
            return 0
        return int(probe.getsockname()[1])


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
    tls_port: TlsPort = None,
    certificate: Certificate = None,
    key: Key = None,
    api_port: ApiPort = None,
    api_token: ApiToken = None,
    socket: Socket = None,
    log_level: LogLevel = None,
) -> None:
    """Server only, for systemd and containers. Prints one line when it accepts chargers."""
    tls = {"tls_port": tls_port, "certificate": certificate, "key": key}
    api = {"api_port": api_port, "api_token": api_token}
    settings = _load(config, db=db, host=host, port=port, **tls, **api, socket=socket, log_level=log_level)
    from console.running import serve

    _start(settings, lambda: serve(settings))


@app.command()
def attach(
    socket: Socket = None, read_only: ReadOnly = False, ascii_only: Ascii = False, no_color: NoColor = False
) -> None:
    """One more terminal on the running server. `q` detaches; the server goes on."""
    from console.terminal import attach as client

    path = str(asked.socket_of(socket))
    sys.exit(client.attach(path, read_only=read_only, flags={"ascii": ascii_only, "no_color": no_color}))


@config_app.command("check")
def config_check(config: ConfigFile = None) -> None:
    """Show every setting, its value and where it comes from; exit code 78 when something is wrong."""
    for row in effective(_load(config)):
        sys.stdout.write(f"{row.key:36} {row.value:32} {row.source}\n")
