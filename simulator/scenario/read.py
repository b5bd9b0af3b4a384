"""From a TOML file to a `Scenario`, or to a sentence: which file, step and key are wrong, and what is allowed."""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

from simulator.quirks.catalogue import UnknownQuirk, find
from simulator.scenario.model import Scenario, Setup
from simulator.scenario.steps import read_steps
from simulator.scenario.table import LONGEST_S, Broken, Table
from simulator.standard_keys import standard_keys

__all__ = ["Broken", "load", "parse"]

BUILT_IN = frozenset({"tag", "charger", "now", "soon", "later"})
_LARGEST = 1_000_000  #: bytes


def load(path: Path) -> Scenario:
    """Read a file; what is wrong with it raises `Broken`."""
    try:
        with path.open("rb") as file:
            data = file.read(_LARGEST + 1)
    except OSError as error:
        raise Broken(str(path), f"it cannot be read: {error.strerror}.") from None
    if len(data) > _LARGEST:
        raise Broken(str(path), f"it is larger than {_LARGEST} bytes.")
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise Broken(str(path), "it is no UTF-8 text.") from None
    return parse(text, str(path))


def parse(text: str, file: str) -> Scenario:
    """`file` is told in what `Broken` says."""
    try:
        rows = tomllib.loads(text)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise Broken(file, f"it is no TOML: {error}.") from None
    top = Table(file, "", rows, set(BUILT_IN))
    variables = top.texts("variables")
    top.known |= set(variables)
    scenario = Scenario(
        name=top.text("name") or Path(file).stem,
        shows=top.text("shows", "") or "",
        variables=variables,
        timeout_s=top.seconds("timeout", 300.0),
        complete=top.flag("complete", False),
        seed=top.whole("seed", 0, 2**31) or 0,
        setup=_setup(top),
        steps=read_steps(top, top.raw("step")),
    )
    top.end("a scenario")
    return scenario


def _setup(top: Table) -> Setup:
    rows = top.raw("charge-point") or {}
    if not isinstance(rows, dict):
        raise top.broken("charge-point", "a table is wanted here: [charge-point].")
    table = Table(top.file, "[charge-point]", rows, top.known)
    setup = Setup(
        connectors=table.whole("connectors", 1, 100),
        vendor=table.text("vendor"),
        model=table.text("model"),
        serial=table.text("serial"),
        firmware=table.text("firmware"),
        speed=table.number("speed", 0.01, 10_000),
        quirks=_quirks(table),
        traits=_traits(table),
        configuration=_configuration(table),
    )
    table.end("a charge point")
    return setup


def _configuration(table: Table) -> dict[str, str]:
    keys = {key.name: key for key in standard_keys(1)}
    values = table.texts("configuration")
    for name, value in values.items():
        if name not in keys or not keys[name].fits(value):
            why = f"{value!r} is no value for {name}" if name in keys else f"there is no key {name}"
            raise table.broken("configuration", f"{why}; the keys are {', '.join(keys)}.")
    return values


def _quirks(table: Table) -> tuple[str, ...]:
    names = table.raw("quirk") or []
    if isinstance(names, str):
        names = [names]
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        raise table.broken("quirk", "a name is wanted here, or a list of names.")
    try:
        find(names)
    except UnknownQuirk as error:
        raise table.broken("quirk", str(error)) from None
    return tuple(names)


def _traits(table: Table) -> dict[str, Any]:
    """Fields of `Traits`."""
    refuses = table.raw("refuses") or []
    if not isinstance(refuses, list) or not all(isinstance(action, str) for action in refuses):
        raise table.broken("refuses", 'a list of operations is wanted here, as ["Reset"].')
    seconds = {"reboot_s": table.number("reboot", 0, LONGEST_S), "finishing_s": table.number("finishing", 0, LONGEST_S)}
    found: dict[str, Any] = {name: value for name, value in seconds.items() if value is not None}
    return found | ({"refuses": frozenset(refuses)} if refuses else {})
