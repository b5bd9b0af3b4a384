"""The tables of the README say what the server does: actions, options, lists."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from console.oneshot.listings import WHATS
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.routing import INBOUND
from server.links.v16.schemas import actions
from server.model.options import DEFAULT

ACTION_HEADS = ("action", "charger", "what is done with it; of a command, what is waited for")
README = (Path(__file__).parents[1] / "README.md").read_text(encoding="utf-8")


def table(*heads: str) -> list[list[str]]:
    """The rows of the table with these heads, cell by cell, without their backticks."""
    lines = README.split("| " + " | ".join(heads) + " |\n", 1)[1].splitlines()[1:]
    rows: list[list[str]] = []
    for line in lines:
        if not line.startswith("|"):
            break
        rows.append([cell.strip().replace("`", "") for cell in line.strip("|").split("|")])
    return rows


def test_every_action_is_told_with_its_direction() -> None:
    """All 39 of OCPP 1.6 and its security extension, as the tables of routes have them, and what is done with each."""
    told = {action: way for action, way, what in table(*ACTION_HEADS) if what}
    ways = {(True, False): "from", (False, True): "to", (True, True): "both"}

    assert told == {action: ways[action in INBOUND, action in OUTBOUND] for action in actions()}
    assert (len(told), len(INBOUND), len(OUTBOUND)) == (39, 14, 26)


def test_every_option_is_told_with_its_default() -> None:
    """Those of `chargers set`, none too many, each with the default that holds."""
    told = {
        name: default for names, default, _ in table("option", "default", "what it does") for name in names.split(", ")
    }

    assert told == {name: _as_written(value) for name, value in asdict(DEFAULT).items()}


def _as_written(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value).lower() if isinstance(value, bool) else str(value)


def test_every_list_is_told() -> None:
    """What `get` can list, in the table of commands."""
    row = next(cells for cells in table("command", "what it does") if "get WHAT" in cells[0])

    assert set(row[-1].split(", ")) == set(WHATS)
