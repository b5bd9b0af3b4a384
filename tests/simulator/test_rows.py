"""Everything a simulated charge point is expected to do has a test that names it, by its row of the capabilities.

`python -m tests.simulator.test_rows` prints the list.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from pathlib import Path

ROOT = Path(__file__).parents[2]
PLACES = ("tests/simulator", "tests/journeys")

ROWS = {
    147: "connects to any CSMS by URL and id",
    148: "any number of connectors, two by default",
    149: "verbosity and log level",
    150: "boots when it has connected",
    151: "menus: status, connectors, transactions, faults, scenarios, statistics, events, exit",
    152: "plug in, with its preconditions",
    153: "plug out, refused during a transaction",
    154: "start: connector, tag, id of its own, 7.2 kW, with its preconditions",
    155: "stop: energy, Finishing, then Preparing after 2 s",
    156: "available, unavailable, faulted; only available during a transaction",
    157: "one connector in detail",
    158: "the list of connectors before each operation, with icons",
    159: "green, yellow, red and cyan",
    160: "energy flows all the time, in kWh",
    161: "boot, status, start and stop on the wire",
    162: "frames, times, names and codes as OCPP 1.6 has them",
    163: "all nine statuses",
    164: "a scenario: basic session",
    165: "scenarios of what must be refused",
    166: "scenarios of maintenance",
    167: "id tags of one's own",
    168: "realistic times",
    169: "what happened stays as long as it runs",
    170: "faults can be made",
    171: "scenarios run from the menu and from the command line",
    172: "statistics",
    173: "a monitor of events",
    174: "every frame in the log of debug level",
    175: "a sentence for each broken precondition",
    176: "operations, messages, behaviour and checks can be added",
}

_NAMED = re.compile(r"\bRows? ((?:\d{3}(?:\.\d)?(?:, | and | to )?)+)")
_RANGE = re.compile(r"(\d{3})(?:\.\d)?(?: to (\d{3}))?")


def rows_with_tests() -> dict[int, list[str]]:
    """Row -> tests whose docstring names it."""
    found: defaultdict[int, list[str]] = defaultdict(list)
    for place in PLACES:
        for file in sorted({*(ROOT / place).rglob("test_*.py")} - {Path(__file__)}):
            for node in ast.walk(ast.parse(file.read_text())):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                    for row in _rows(ast.get_docstring(node) or ""):
                        found[row].append(f"{file.relative_to(ROOT)}::{node.name}")
    return dict(found)


def _rows(text: str) -> set[int]:
    rows: set[int] = set()
    for named in _NAMED.findall(text):
        for first, last in _RANGE.findall(named):
            rows.update(range(int(first), int(last or first) + 1))
    return rows


def test_every_row_has_a_test() -> None:
    """Rows 147 to 176 of the list of capabilities, none missing."""
    assert sorted(set(ROWS) - set(rows_with_tests())) == []


def test_no_test_names_a_row_that_does_not_exist() -> None:
    """A slip of the pen would hide a missing test."""
    assert sorted(set(rows_with_tests()) - set(ROWS)) == []


def main() -> None:
    tested = rows_with_tests()
    for row, what in ROWS.items():
        names = tested.get(row, [])
        sys.stdout.write(f"{row}  {len(names):2}  {what}: {names[0] if names else 'no test'}\n")


if __name__ == "__main__":
    main()
