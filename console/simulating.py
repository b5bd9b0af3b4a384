"""`ocpp-console simulate`: a charge point that is not there. Needs no running server of ours."""

from __future__ import annotations

import asyncio
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from simulator.wanted import Mode, Wanted

EXIT_USAGE = 2

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


def register(app: typer.Typer) -> None:
    app.command("simulate")(simulate)


def simulate(
    url: Annotated[str, typer.Argument(metavar="URL", help="ws://HOST:PORT/ocpp/CP001; wss:// for TLS.")],
    charger_id: Annotated[str, typer.Option("--id", help="Its id.", show_default="last part of URL")] = "",
    connectors: Annotated[int, typer.Option(help="How many connectors, of 7.2 kW each.")] = 2,
    password: Annotated[
        str | None,
        typer.Option(envvar="OCPP_CONSOLE_CHARGER_PASSWORD", help="For HTTP Basic.", show_default=False),
    ] = None,
    tls_ca: Annotated[
        Path | None, typer.Option(help="Trust this authority, PEM.", show_default="what the machine trusts")
    ] = None,
    ocpp: Annotated[str, typer.Option(help="Version of the protocol.")] = "1.6",
    plain: Annotated[bool, typer.Option("--plain", help="A prompt, line by line; scripts from a pipe.")] = False,
    as_json: Annotated[bool, typer.Option("--json", help="For programs: JSON lines in and out.")] = False,
    tag: Annotated[str, typer.Option(help="Id tag when none is named.")] = "A1B2C3",
    vendor: Annotated[str, typer.Option(help="chargePointVendor.")] = "Simulator",
    model: Annotated[str, typer.Option(help="chargePointModel.")] = "SIM-2",
    serial: Annotated[str, typer.Option(help="chargePointSerialNumber.")] = "SIM-0001",
    firmware: Annotated[str, typer.Option(help="firmwareVersion.")] = "1.0.0",
    scenario: Annotated[
        list[str] | None,
        typer.Option(help="Run this file or shipped scenario, `all` of them, and end.", show_default=False),
    ] = None,
    variable: Annotated[
        list[str] | None, typer.Option("--set", help="A variable of a scenario, name=value.", show_default=False)
    ] = None,
    record: Annotated[
        Path | None, typer.Option(help="Write what you do as a scenario into this new file.", show_default=False)
    ] = None,
    list_scenarios: Annotated[
        bool,
        typer.Option("--list-scenarios", help="What is shipped.", callback=_list_scenarios, is_eager=True),
    ] = False,
    quirk: Annotated[
        list[str] | None, typer.Option(help="Differ from OCPP in this way; as often as you like.", show_default=False)
    ] = None,
    list_quirks: Annotated[
        bool, typer.Option("--list-quirks", help="What can differ.", callback=_list_quirks, is_eager=True)
    ] = False,
    fleet: Annotated[int, typer.Option(help="So many at once, on URL/PREFIX-0001, ...; figures of them.")] = 0,
    profile: Annotated[Fleet, typer.Option(help="Of a fleet: what goes on in it.")] = Fleet["depot"],
    prefix: Annotated[str, typer.Option(help="Of the ids of a fleet.")] = "CP",
    seed: Annotated[int, typer.Option(help="The same one makes the same choices.")] = 7,
    seconds: Annotated[float, typer.Option(help="How long a fleet lives.", show_default="until Ctrl-C")] = 0.0,
    tempo: Annotated[float, typer.Option(help="Waits pass so many times faster.")] = 1.0,
    speed: Annotated[float, typer.Option(help="Energy flows so many times faster.")] = 1.0,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="The same as --log-level debug.")] = False,
    log_level: Annotated[
        Level | None, typer.Option(help="debug: every frame too.", show_default="info; of --json debug")
    ] = None,
    ascii_only: Annotated[bool, typer.Option("--ascii", help="No character above 127.")] = False,
    no_color: Annotated[bool, typer.Option("--no-color", help="No colours; NO_COLOR does the same.")] = False,
) -> None:
    """A simulated charge point on any CSMS: plug in, charge, break it, see every frame.

    It dials until it is told to stop, boots, and answers what the CSMS asks. In a terminal it opens a screen with
    menus; --plain is a prompt, --json is for programs.

    Try it against the server of this machine, then by a script, which ends with 1 when a line was refused:

    ocpp-console simulate ws://127.0.0.1:9220/ocpp/CP001

    printf 'plug-in 1\\nstart 1\\nwait 5\\nstop 1\\n' | ocpp-console simulate ws://127.0.0.1:9220/CP001 --plain

    ocpp-console simulate wss://csms.lan/ocpp/CP001 --tls-ca ca.pem --password SECRET --connectors 4

    ocpp-console simulate ws://127.0.0.1:9220/ocpp --fleet 1000 --profile street --seconds 60

    `help` in the prompt lists what can be typed. Exit codes: 0 fine, 1 a line of a script was refused or failed, or a
    fleet met errors, 2 usage, 69 a script found no CSMS that accepts it.
    """
    from simulator.messages import Nameplate
    from simulator.wanted import Level as Told
    from simulator.wanted import Unusable, Wanted, find_id

    try:
        if fleet:
            sys.exit(_run_fleet(url, fleet, profile, prefix, seed, seconds, tempo, password, tls_ca, plain, as_json))
        mode = _mode(plain or (bool(scenario) and not as_json), as_json)
        base, found = find_id(url, charger_id)
        wanted = Wanted(
            url=base,
            charger_id=found,
            connectors=connectors,
            password=password,
            tls_ca=tls_ca,
            ocpp=ocpp,
            mode=mode,
            level=Told("debug" if verbose else log_level or ("debug" if as_json else "info")),
            tag=tag,
            nameplate=Nameplate(vendor, model, serial, firmware),
            quirks=tuple(quirk or ()),
            tempo=tempo,
            speed=speed,
            ascii=ascii_only,
            no_color=no_color,
        )
        code = _play(wanted, scenario, variable or [], record) if scenario else _run_recorded(wanted, record)
    except Unusable as error:
        sys.stderr.write(f"ocpp-console: {error}\n")
        code = EXIT_USAGE
    sys.exit(code)


def _run_fleet(
    url: str,
    chargers: int,
    profile: Fleet,
    prefix: str,
    seed: int,
    seconds: float,
    tempo: float,
    password: str | None,
    tls_ca: Path | None,
    plain: bool,
    as_json: bool,
) -> int:
    from simulator.fleet.fleet import FleetWanted
    from simulator.fleet.profiles import Profile
    from simulator.fleet.run import run_fleet
    from simulator.wanted import Mode, find_base

    painted = Mode.SCREEN if sys.stdout.isatty() and not plain else Mode.PLAIN
    wanted = FleetWanted(
        url=find_base(url),
        chargers=chargers,
        profile=Profile(profile.value),
        prefix=prefix,
        seed=seed,
        seconds=seconds,
        tempo=tempo,
        password=password,
        tls_ca=tls_ca,
        mode=Mode.JSON if as_json else painted,
    )
    return asyncio.run(run_fleet(wanted))


def _mode(plain: bool, as_json: bool) -> Mode:
    from simulator.wanted import Mode, Unusable

    if plain and as_json:
        raise Unusable("--plain and --json are two ways to look at it: choose one.")
    if plain or as_json:
        return Mode.PLAIN if plain else Mode.JSON
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise Unusable("This is no terminal: --plain reads a script, --json is for programs.")
    return Mode.SCREEN


def _play(wanted: Wanted, names: list[str], variables: list[str], record: Path | None) -> int:
    """Scenarios instead of a person."""
    from simulator.scenario.play import chosen, play
    from simulator.wanted import Unusable

    if record is not None:
        raise Unusable("--record writes down what you do by hand, --scenario does it: choose one.")
    return asyncio.run(play(wanted, *chosen(names, variables)))


def _run_recorded(wanted: Wanted, record: Path | None) -> int:
    if record is None:
        return _run(wanted)
    from dataclasses import replace

    from simulator.scenario.record import recorded

    with recorded(wanted, record, lambda said: sys.stderr.write(f"{said}\n")) as recorder:
        return _run(replace(wanted, follower=recorder))


def _run(wanted: Wanted) -> int:
    """The exit code, once it has ended. Each mode is imported only here."""
    from simulator.wanted import Mode

    if wanted.mode is Mode.SCREEN:
        from console.simulated import run_screen

        return asyncio.run(run_screen(wanted))
    from simulator.prompt import run

    return asyncio.run(run(wanted))
