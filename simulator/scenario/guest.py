"""A scenario as a guest on a charge point that lives already: what of its `[charge-point]` holds there for its time."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import replace

from simulator.charge_point import ChargePoint
from simulator.scenario.model import Setup

#: Keys whose change ends the line.
_OF_THE_LINE = ("authorizationkey", "securityprofile")


def left_out(station: ChargePoint, setup: Setup, quirks: Collection[str] = ()) -> list[str]:
    """What cannot be taken over, in words: what `station` was built with. `quirks`: those that it has."""
    words = []
    if setup.connectors not in (None, len(station.connectors)):
        words.append(f"{setup.connectors} connectors")
    for name in ("vendor", "model", "serial", "firmware"):
        wanted = getattr(setup, name)
        if wanted not in (None, getattr(station.nameplate, name)):
            words.append(f"{name} {wanted}")
    words += [f"quirk {name}" for name in setup.quirks if name not in quirks]
    words += [key for key in setup.configuration if key.lower() in _OF_THE_LINE]
    return words


@contextmanager
def taken_over(station: ChargePoint, setup: Setup) -> Iterator[None]:
    """Traits, configuration and speed of `setup`; what nobody has changed meanwhile is given back in the end."""
    traits, finishing_s, speed = station.traits, station.sessions.finishing_s, station.board.speed
    before = {
        key: station.configuration.text(key)
        for key in setup.configuration
        if key in station.configuration and key.lower() not in _OF_THE_LINE
    }
    station.traits = replace(traits, **setup.traits)
    station.sessions.finishing_s = station.traits.finishing_s
    station.board.hurry(setup.speed or speed)
    for key in before:
        _set(station, key, setup.configuration[key])
    try:
        yield
    finally:
        station.traits, station.sessions.finishing_s = traits, finishing_s
        station.board.hurry(speed)
        for key, value in before.items():
            if station.configuration.text(key) == setup.configuration[key]:
                _set(station, key, value)


def _set(station: ChargePoint, key: str, value: str) -> None:
    station.configuration.set(key, value)
    station.configuration_changed(key)
