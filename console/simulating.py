"""`ocpp-console simulate`: a charge point that is not there. Needs no running server of ours."""

from __future__ import annotations

import asyncio
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from console import simulate_options as option

if TYPE_CHECKING:
    from simulator.wanted import Level, Mode, Wanted

EXIT_USAGE = 2

HELP = """A simulated charge point on any CSMS: plug in, charge, break it, see every frame.

It dials until it is told to stop, boots, and answers what the CSMS asks. In a terminal it opens a screen with
menus; --plain is a prompt, --json is for programs.

Try it against the server of this machine, then by a script, which ends with 1 when a line was refused:

ocpp-console simulate ws://127.0.0.1:9220/ocpp/CP001

printf 'plug-in 1\\nstart 1\\nwait 5\\nstop 1\\n' | ocpp-console simulate ws://127.0.0.1:9220/CP001 --plain

ocpp-console simulate wss://csms.lan/ocpp/CP001 --tls-ca ca.pem --password SECRET --connectors 4

ocpp-console simulate ws://127.0.0.1:9220/ocpp/CP001 --scenario basic-session --tempo 10

ocpp-console simulate ws://127.0.0.1:9220/ocpp --fleet 1000 --profile street --seconds 60

`help` in the prompt lists what can be typed. Exit codes: 0 fine, 1 a line of a script or of --json was refused or
failed, a scenario failed, or a fleet met errors, 2 usage, 69 a script found no CSMS that accepts it.
"""


def register(app: typer.Typer) -> None:
    app.command("simulate", help=HELP)(simulate)


def simulate(
    url: option.Url,
    charger_id: option.Id = "",
    connectors: option.Connectors = 2,
    password: option.Password = None,
    tls_ca: option.TlsCa = None,
    ocpp: option.Ocpp = "1.6",
    plain: option.Plain = False,
    as_json: option.Json = False,
    tag: option.Tag = "A1B2C3",
    vendor: option.Vendor = "Simulator",
    model: option.Model = "SIM-2",
    serial: option.Serial = "SIM-0001",
    firmware: option.Firmware = "1.0.0",
    scenario: option.Scenario = None,
    variable: option.Variable = None,
    record: option.Record = None,
    list_scenarios: option.ListScenarios = False,
    quirk: option.Quirk = None,
    list_quirks: option.ListQuirks = False,
    fleet: option.Count = 0,
    profile: option.FleetProfile = option.Fleet["depot"],
    prefix: option.Prefix = "CP",
    seconds: option.Seconds = 0.0,
    seed: option.Seed = 7,
    tempo: option.Tempo = 1.0,
    speed: option.Speed = 1.0,
    verbose: option.Verbose = False,
    log_level: option.LogLevel = None,
    ascii_only: option.Ascii = False,
    no_color: option.NoColor = False,
) -> None:
    """Check what was asked for, and run the mode it means; the exit code is that of the mode."""
    from simulator.messages import Nameplate
    from simulator.wanted import Unusable, Wanted, find_id

    common = {"password": password, "tls_ca": tls_ca, "quirks": tuple(quirk or ()), "seed": seed, "tempo": tempo}
    look = {"level": _level(verbose, log_level, as_json), "ascii": ascii_only, "no_color": no_color}
    built: dict[str, Any] = {"connectors": connectors, "ocpp": ocpp, "tag": tag, "speed": speed, **common, **look}
    built["nameplate"] = Nameplate(vendor, model, serial, firmware)
    try:
        if fleet:
            _alone("--fleet", scenario, record)
            code = _run_fleet(url, fleet, profile, prefix, seconds, plain, as_json, common)
        else:
            base, found = find_id(url, charger_id)
            mode = _mode(plain or (bool(scenario) and not as_json), as_json)
            wanted = Wanted(url=base, charger_id=found, mode=mode, **built)
            code = _play(wanted, scenario, variable or [], record) if scenario else _run_recorded(wanted, record)
    except Unusable as error:
        sys.stderr.write(f"ocpp-console: {error}\n")
        code = EXIT_USAGE
    sys.exit(code)


def _level(verbose: bool, log_level: option.Level | None, as_json: bool) -> Level:
    from simulator.wanted import Level

    return Level("debug" if verbose else log_level or ("debug" if as_json else "info"))


def _alone(name: str, *others: object) -> None:
    from simulator.wanted import Unusable

    if any(others):
        raise Unusable(f"{name} lives by itself: without --scenario and --record.")


def _run_fleet(
    url: str,
    chargers: int,
    profile: option.Fleet,
    prefix: str,
    seconds: float,
    plain: bool,
    as_json: bool,
    common: dict[str, Any],
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
        seconds=seconds,
        mode=Mode.JSON if as_json else painted,
        **common,
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
