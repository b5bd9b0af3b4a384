"""The part of the command line that asks a running server: `get`, `do`, `tags`, `chargers`."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from console import asked
from console.oneshot import access as access_of
from console.oneshot import chargers as chargers_of
from console.oneshot import do as doing
from console.oneshot import files as files_of
from console.oneshot import get as getting
from console.oneshot import tags as tags_of
from console.oneshot.client import Server
from console.oneshot.listings import WHATS

What = StrEnum("What", [(name, name) for name in WHATS])  # type: ignore[misc]  # from the table of listings
Output = StrEnum("Output", [(name, name) for name in getting.OUTPUTS])  # type: ignore[misc]
Direction = StrEnum("Direction", ["in", "out"])

Socket = Annotated[
    Path | None,
    typer.Option(envvar="OCPP_CONSOLE_SOCKET", help="Unix socket of the server.", show_default="in the user's folder"),
]
Api = Annotated[str, typer.Option("--api", help="Ask over TCP instead: http://127.0.0.1:PORT", show_default=False)]
Token = Annotated[
    str, typer.Option("--token", envvar="OCPP_CONSOLE_API_TOKEN", help="Token for --api.", show_default=False)
]
#: What `get` lists when nobody says how much.
DEFAULT_ROWS = "csv, json: all; table, --watch: 50, of deviations 200"
As = Annotated[Output, typer.Option("-o", "--output", help="How to print it.")]

tags = typer.Typer(help="Id tags: who may charge.", no_args_is_help=True)
chargers = typer.Typer(help="Chargers that the server knows.", no_args_is_help=True)
files = typer.Typer(help="Firmware for chargers, and the diagnostics that they have sent.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add these commands to `app`."""
    app.command("get")(get)
    app.command("do")(do)
    app.add_typer(tags, name="tags")
    app.add_typer(chargers, name="chargers")
    app.add_typer(files, name="files")


def _server(socket: Path | None, api: str = "", token: str = "") -> Server:
    if api and not token and (settings := asked.named_settings()) is not None:
        token = settings.api.token
    return Server(asked.socket_of(socket), api, token)


def get(
    what: Annotated[What, typer.Argument(help="What to list.")],
    output: As = Output["table"],
    watch: Annotated[bool, typer.Option("--watch", help="Print anew every 2 s until Ctrl-C.")] = False,
    charger: Annotated[str, typer.Option(help="Of this charger only.", show_default=False)] = "",
    limit: Annotated[
        int | None, typer.Option(min=1, help="At most so many rows, the newest.", show_default=DEFAULT_ROWS)
    ] = None,
    since: Annotated[
        str, typer.Option(help="Frames: not older than -1h, 14:30, or a date and time.", show_default=False)
    ] = "",
    until: Annotated[str, typer.Option(help="Frames: not newer.", show_default=False)] = "",
    action: Annotated[str, typer.Option(help="Frames: of this OCPP action.", show_default=False)] = "",
    direction: Annotated[
        Direction | None, typer.Option(help="Frames: from chargers (in) or to them (out).", show_default=False)
    ] = None,
    before: Annotated[
        int | None, typer.Option(min=0, metavar="ID", help="Rows older than the one with this id.", show_default=False)
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="The same as -o json.")] = False,
    socket: Socket = None,
    api: Api = "",
    token: Token = "",
) -> None:
    """List what a running server knows.

    Example: ocpp-console get transactions --charger CP-0003 -o csv
    """
    if as_json and output == "csv":
        raise typer.BadParameter("it is the same as -o json: write one of them", param_hint="--json")
    server = _server(socket, api, token)
    form = "json" if as_json else str(output)
    way = str(direction or "")
    sys.exit(getting.run(str(what), server, form, watch, charger, limit, since, until, action, way, before))


def do(
    operation: Annotated[str, typer.Argument(help="OCPP name: Reset, GetConfiguration, ChangeConfiguration, ...")],
    charger: Annotated[str, typer.Argument(help="Charger id.")],
    arguments: Annotated[
        list[str] | None, typer.Argument(metavar="[KEY=VALUE]...", help="Payload; KEY:=JSON for anything but text.")
    ] = None,
    payload: Annotated[str, typer.Option(help="The whole payload as JSON instead.", show_default=False)] = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the whole answer as JSON.")] = False,
    wait: Annotated[float, typer.Option(min=0, help="Seconds to wait for the answer.")] = 30.0,
    socket: Socket = None,
    api: Api = "",
    token: Token = "",
) -> None:
    """One remote operation. Exit code 0 only when the charger accepted it.

    Example: ocpp-console do Reset CP-0003 type=Soft
    """
    server = _server(socket, api, token)
    output = "json" if as_json else "text"
    sys.exit(doing.run(operation, charger, arguments or [], server, payload, wait, output))


@tags.command("list")
def tags_list(output: As = Output["table"], socket: Socket = None) -> None:
    """All id tags."""
    sys.exit(tags_of.list_all(_server(socket), str(output)))


@tags.command("add")
def tags_add(
    id_tag: Annotated[str, typer.Argument(help="The tag, up to 20 characters.")],
    expires: Annotated[str, typer.Option(help="Date or time; `never` takes it away.", show_default=False)] = "",
    parent: Annotated[str, typer.Option(help="Group of the tag.", show_default=False)] = "",
    note: Annotated[str, typer.Option(help="Whose it is.", show_default=False)] = "",
    socket: Socket = None,
) -> None:
    """Let a tag charge."""
    sys.exit(tags_of.add(_server(socket), id_tag, expires, parent, note))


@tags.command("block")
def tags_block(id_tag: str, socket: Socket = None) -> None:
    """A blocked tag cannot start."""
    sys.exit(tags_of.block(_server(socket), id_tag))


@tags.command("remove")
def tags_remove(id_tag: str, socket: Socket = None) -> None:
    """Forget a tag; the setting `tags.unknown` decides about it from then on."""
    sys.exit(tags_of.remove(_server(socket), id_tag))


@chargers.command("list")
def chargers_list(output: As = Output["table"], socket: Socket = None) -> None:
    """All chargers."""
    sys.exit(chargers_of.list_all(_server(socket), str(output)))


@chargers.command("adopt")
def chargers_adopt(charger: Annotated[str, typer.Argument(help="Charger id.")], socket: Socket = None) -> None:
    """Let a charger in that nobody knew; it is accepted at its next boot."""
    sys.exit(chargers_of.adopt(_server(socket), charger))


@chargers.command("add")
def chargers_add(
    charger: Annotated[str, typer.Argument(help="Charger id: the last part of the URL it dials.")],
    alias: Annotated[str, typer.Option(help="What people call it.", show_default=False)] = "",
    generate: Annotated[bool, typer.Option("--generate", help="Make a password and print it, once.")] = False,
    profile: Annotated[
        int | None, typer.Option(min=0, max=3, help="Least OCPP security profile.", show_default=False)
    ] = None,
    socket: Socket = None,
) -> None:
    """Register a charger before it comes: it is accepted at its first boot.

    Example: ocpp-console chargers add CP-0003 --generate
    """
    sys.exit(access_of.add(_server(socket), charger, alias, generate, profile))


@chargers.command("remove")
def chargers_remove(charger: Annotated[str, typer.Argument(help="Charger id.")], socket: Socket = None) -> None:
    """Forget a charger and its password; its history stays."""
    sys.exit(access_of.remove(_server(socket), charger))


@chargers.command("enable")
def chargers_enable(charger: Annotated[str, typer.Argument(help="Charger id.")], socket: Socket = None) -> None:
    """Let a charger in again that was disabled."""
    sys.exit(access_of.enable(_server(socket), charger, enabled=True))


@chargers.command("disable")
def chargers_disable(charger: Annotated[str, typer.Argument(help="Charger id.")], socket: Socket = None) -> None:
    """Close the link of a charger, and turn it away until it is enabled."""
    sys.exit(access_of.enable(_server(socket), charger, enabled=False))


@chargers.command("set-password")
def chargers_set_password(
    charger: Annotated[str, typer.Argument(help="Charger id.")],
    generate: Annotated[bool, typer.Option("--generate", help="Make one and print it, once.")] = False,
    none: Annotated[bool, typer.Option("--none", help="Ask for no password any more.")] = False,
    socket: Socket = None,
) -> None:
    """Set what the charger must present (HTTP Basic authentication). It is typed, or read from stdin."""
    sys.exit(access_of.set_password(_server(socket), charger, generate, none))


@chargers.command("rotate-key")
def chargers_rotate_key(
    charger: Annotated[str, typer.Argument(help="Charger id.")],
    wait: Annotated[float, typer.Option(min=0, max=600, help="Seconds to wait for the answer.")] = 30.0,
    socket: Socket = None,
) -> None:
    """Give a connected charger a new AuthorizationKey over OCPP; nobody needs to know it.

    The key before is refused once the charger has answered Accepted, or has come back with the new one.
    """
    sys.exit(access_of.rotate_key(_server(socket), charger, wait))


@chargers.command("set")
def chargers_set(
    charger: Annotated[str, typer.Argument(help="Charger id.")],
    wishes: Annotated[list[str], typer.Argument(metavar="OPTION=VALUE...", help="What to do otherwise for it.")],
    socket: Socket = None,
) -> None:
    """Do something otherwise for one charger, because it needs it; `default` takes it back.

    Example: ocpp-console chargers set CP-0003 start_delay_ms=1000 no_ping=true
    """
    sys.exit(chargers_of.set_options(_server(socket), charger, wishes))


@files.command("list")
def files_list(output: As = Output["table"], socket: Socket = None) -> None:
    """All files of the drop."""
    sys.exit(files_of.list_all(_server(socket), str(output)))


@files.command("add")
def files_add(path: Annotated[Path, typer.Argument(help="A firmware file.")], socket: Socket = None) -> None:
    """Put a firmware file where chargers can fetch it.

    Then: ocpp-console do UpdateFirmware CP-0003 location=NAME retrieveDate=2027-03-01T02:00:00Z
    """
    sys.exit(files_of.add(_server(socket), path))


@files.command("save")
def files_save(
    file_id: Annotated[int, typer.Argument(help="Number in `files list`.")],
    path: Annotated[Path, typer.Argument(help="Where to write it.")],
    socket: Socket = None,
) -> None:
    """Copy a file, such as the diagnostics of a charger, to a place of your own."""
    sys.exit(files_of.save(_server(socket), file_id, path))


@files.command("remove")
def files_remove(
    file_id: Annotated[int, typer.Argument(help="Number in `files list`.")], socket: Socket = None
) -> None:
    """Throw a file away; chargers cannot fetch it any more."""
    sys.exit(files_of.remove(_server(socket), file_id))
