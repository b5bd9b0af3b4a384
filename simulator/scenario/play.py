"""`ocpp-console simulate URL --scenario ...`: one scenario after the other, each on a charge point of its own."""

from __future__ import annotations

import asyncio
import signal
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace

from simulator.charge_point import ChargePoint
from simulator.prompt.orders import delivered
from simulator.prompt.streams import Writer
from simulator.scenario.model import Scenario, Setup
from simulator.scenario.run import Outcome, Run
from simulator.scenario.seen import Seen
from simulator.scenario.shipped import find
from simulator.scenario.table import Broken
from simulator.scenario.telling import Objects, Teller, Words
from simulator.wanted import Level, Mode, Unusable, Wanted, make_station
from simulator.words import Reason

EXIT_FAILED = 1
EXIT_UNREACHABLE = 69
REACHED_S = 15.0  #: real seconds until there must be a line
_DELIVERED_S = 5.0


class Unreachable(Exception):
    """Nobody answered at the address; the text says why."""


def chosen(names: Sequence[str], given: Sequence[str]) -> tuple[list[Scenario], dict[str, str]]:
    """The scenarios that were named, and the variables that were set as `name=value`. `Unusable` when one cannot be."""
    variables = {}
    for text in given:
        name, sign, value = text.partition("=")
        if not sign:
            raise Unusable(f"--set is written as name=value, not {text!r}.")
        variables[name] = value
    try:
        scenarios = [scenario for name in names for scenario in find(name)]
    except Broken as error:
        raise Unusable(str(error)) from None
    for name in variables:
        if not any(name in scenario.variables for scenario in scenarios):
            known = sorted({known for scenario in scenarios for known in scenario.variables})
            raise Unusable(f"--set {name}: there is no such variable; there are {', '.join(known) or 'none'}.")
    return scenarios, variables


async def play(wanted: Wanted, scenarios: Sequence[Scenario], variables: Mapping[str, str]) -> int:
    """The exit code: 0 all passed, 1 one failed, 69 no line came about, 128 + n after a signal."""
    writer = Writer()
    words = Words(writer.put, wanted.ascii)
    teller: Teller = Objects(writer.put) if wanted.mode is Mode.JSON else words
    if teller is words and wanted.tells(Level.DEBUG):
        wanted = replace(wanted, follower=words)
    loop = asyncio.get_running_loop()
    task = asyncio.create_task(_all(wanted, scenarios, variables, teller), name="scenarios")
    stopped_by: list[int] = []

    def stop(number: int) -> None:
        stopped_by.append(number)
        task.cancel()

    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        loop.add_signal_handler(number, stop, number)
    try:
        return await task
    except asyncio.CancelledError:
        if not stopped_by:
            raise
        teller.stopped()
        return 128 + stopped_by[0]
    except Unreachable as error:
        sys.stderr.write(f"ocpp-console: no CSMS at {wanted.endpoint}: {error}.\n")
        return EXIT_UNREACHABLE
    finally:
        await writer.close()


async def _all(wanted: Wanted, scenarios: Sequence[Scenario], variables: Mapping[str, str], teller: Teller) -> int:
    code = 0
    for scenario in scenarios:
        teller.begins(scenario, wanted.charger_id, wanted.url)
        outcome = await _one(wanted, scenario, variables, teller)
        teller.ends(outcome)
        code = code if outcome.ok else EXIT_FAILED
    return code


async def _one(wanted: Wanted, scenario: Scenario, variables: Mapping[str, str], teller: Teller) -> Outcome:
    seen = Seen()
    station = station_of(wanted, scenario.setup, seen)
    given = {name: value for name, value in variables.items() if name in scenario.variables}
    async with station:
        await _reach(station)
        outcome = await Run(station, scenario, seen, teller, wanted.tag, given).play()
        for number, connector in station.connectors.items():
            if connector.session is not None:  # the CSMS is not left with an open session
                station.stop(number, Reason.OTHER)
        if station.registered:
            await delivered(station, _DELIVERED_S)
    return outcome


async def _reach(station: ChargePoint) -> None:
    """Return once there is a line."""
    try:
        await station.until(lambda: station.counters.connects, REACHED_S)
    except TimeoutError:
        raise Unreachable(station.last_error or "no answer") from None


def station_of(wanted: Wanted, setup: Setup, seen: Seen) -> ChargePoint:
    """The charge point of a scenario: what its file leaves open is as the command line says."""
    plate = {name: getattr(setup, name) for name in ("vendor", "model", "serial", "firmware")}
    suited = replace(
        wanted,
        connectors=setup.connectors or wanted.connectors,
        speed=setup.speed or wanted.speed,
        nameplate=replace(wanted.nameplate, **{name: text for name, text in plate.items() if text is not None}),
        quirks=(*wanted.quirks, *setup.quirks),
        traits=replace(wanted.traits, **setup.traits),
    )
    station = make_station(suited, seen.trace)
    for key, value in setup.configuration.items():
        if key in station.configuration:  # not when a quirk has taken it away
            station.configuration.set(key, value)
    return station
