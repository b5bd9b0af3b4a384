"""The scenarios that come with the simulator."""

from __future__ import annotations

from pathlib import Path

from simulator.scenario.model import Scenario
from simulator.scenario.read import Broken, load

LIBRARY = Path(__file__).parent / "library"
ALL = "all"  #: stands for every one of them


def shipped() -> dict[str, Path]:
    """Files by name, in their order."""
    return {path.stem: path for path in sorted(LIBRARY.glob("*.toml"))}


def find(wanted: str) -> list[Scenario]:
    """A shipped one by name, `all` of them, or a file. `Broken` when it is neither, or cannot be read."""
    known = shipped()
    if wanted == ALL:
        return [load(path) for path in known.values()]
    if wanted in known:
        return [load(known[wanted])]
    path = Path(wanted)
    if path.suffix != ".toml" and not path.exists():
        raise Broken(wanted, f"There is no such scenario: a file, {ALL}, or one of {', '.join(known)}.")
    return [load(path)]
