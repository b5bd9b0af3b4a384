"""What can be asked of `ocpp-console simulate`: one name for each option, in the order of its help."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

Level = StrEnum("Level", ["debug", "info", "warning", "error"])
Fleet = StrEnum("Fleet", ["depot", "street", "storm"])


def _list_scenarios(wanted: bool) -> None:
    if not wanted:
        return
    from simulator.scenario import load, shipped

    found = shipped()
    width = max(map(len, found))
    for name, path in found.items():
        sys.stdout.write(f"{name:{width}}  {load(path).shows}\n")
    raise typer.Exit


def _list_quirks(wanted: bool) -> None:
    if not wanted:
        return
    from simulator.quirks.catalogue import listing

    sys.stdout.write(listing())
    raise typer.Exit


Url = Annotated[str, typer.Argument(metavar="URL", help="ws://HOST:PORT/ocpp/CP001; wss:// for TLS.")]
Id = Annotated[str, typer.Option("--id", help="Its id.", show_default="last part of URL")]
Connectors = Annotated[int, typer.Option(help="How many connectors, of 7.2 kW each.")]
Password = Annotated[
    str | None, typer.Option(envvar="OCPP_CONSOLE_CHARGER_PASSWORD", help="For HTTP Basic.", show_default=False)
]
TlsCa = Annotated[Path | None, typer.Option(help="Trust this authority, PEM.", show_default="what the machine trusts")]
Ocpp = Annotated[str, typer.Option(help="Version of the protocol.")]
Plain = Annotated[bool, typer.Option("--plain", help="A prompt, line by line; scripts from a pipe.")]
Json = Annotated[bool, typer.Option("--json", help="For programs: JSON lines in and out.")]
Tag = Annotated[str, typer.Option(help="Id tag when none is named.")]
Vendor = Annotated[str, typer.Option(help="chargePointVendor.")]
Model = Annotated[str, typer.Option(help="chargePointModel.")]
Serial = Annotated[str, typer.Option(help="chargePointSerialNumber.")]
Firmware = Annotated[str, typer.Option(help="firmwareVersion.")]
Scenario = Annotated[
    list[str] | None,
    typer.Option(help="Run this file or shipped scenario, `all` of them, and end.", show_default=False),
]
Variable = Annotated[
    list[str] | None, typer.Option("--set", help="A variable of a scenario, name=value.", show_default=False)
]
Record = Annotated[
    Path | None, typer.Option(help="Write what you do as a scenario into this new file.", show_default=False)
]
ListScenarios = Annotated[
    bool, typer.Option("--list-scenarios", help="What is shipped.", callback=_list_scenarios, is_eager=True)
]
Count = Annotated[int, typer.Option(help="So many at once, on URL/PREFIX-0001, ...; figures of them.")]
FleetProfile = Annotated[Fleet, typer.Option(help="Of a fleet: what goes on in it.")]
Prefix = Annotated[str, typer.Option(help="Of the ids of a fleet.")]
Seed = Annotated[int, typer.Option(help="The same one makes the same choices.")]
Seconds = Annotated[float, typer.Option(help="How long a fleet lives.", show_default="until Ctrl-C")]
Quirk = Annotated[
    list[str] | None, typer.Option(help="Differ from OCPP in this way; as often as you like.", show_default=False)
]
ListQuirks = Annotated[
    bool, typer.Option("--list-quirks", help="What can differ.", callback=_list_quirks, is_eager=True)
]
Tempo = Annotated[float, typer.Option(help="Waits pass so many times faster.")]
Speed = Annotated[float, typer.Option(help="Energy flows so many times faster.")]
Verbose = Annotated[bool, typer.Option("--verbose", "-v", help="The same as --log-level debug.")]
LogLevel = Annotated[Level | None, typer.Option(help="debug: every frame too.", show_default="info; of --json debug")]
Ascii = Annotated[bool, typer.Option("--ascii", help="No character above 127.")]
NoColor = Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")]
