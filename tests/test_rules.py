"""Every protocol rule has a test that names it, or a reason why not.

Ids: WS connection, SEC security, RPC framing, BOOT, HB clock, SN status, AUTH tags, TX transactions, MV meter values,
CFG configuration, TRG trigger, RST reset, UNL unlock, LL local list, RES reservation, SC charging profiles,
FW firmware, DT data.
`python -m tests.test_rules` prints the ids with their tests.
"""

from __future__ import annotations

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent

COUNTS = {
    "WS": 24, "SEC": 15, "RPC": 22, "BOOT": 11, "HB": 5, "SN": 14, "AUTH": 4, "TX": 24, "MV": 15, "CFG": 10, "TRG": 3,
    "RST": 2, "UNL": 1, "LL": 2, "RES": 2, "SC": 6, "FW": 3, "DT": 1,
}  # fmt: skip
RULES = [f"{family}-{number:02}" for family, count in COUNTS.items() for number in range(1, count + 1)]

#: Rules that do not concern an OCPP 1.6 server, or have no test here yet, and why.
EXCUSED: dict[str, str] = {
    "WS-19": "optional in OCPP 1.6: answers of 40 bytes gain nothing, each link would cost 30 kB more",
    "SEC-05": "OCPP 2.0.1 only",
    "TRG-03": "OCPP 2.0.1 only",
    "RST-02": "OCPP 2.0.1 only",
}

_FAMILY = "|".join(COUNTS)
_ID = re.compile(rf"\b({_FAMILY})-(\d\d)(?:\.\.(\d\d)| to (?:{_FAMILY})-(\d\d))?")


def named(text: str) -> Iterator[str]:
    """Rule ids in a text; `WS-01..06` and `WS-01 to WS-06` name all between."""
    for family, first, *last in _ID.findall(text):
        end = next((int(number) for number in last if number), int(first))
        yield from (f"{family}-{number:02}" for number in range(int(first), end + 1))


@cache
def rules_with_tests() -> dict[str, list[str]]:
    """Rule id -> tests whose docstring names it (or whose parameter ids do)."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(HERE.rglob("test_*.py")):
        if path == Path(__file__):
            continue
        source = path.read_text(encoding="utf-8")
        for node in ast.walk(ast.parse(source)):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                marks = "".join(ast.get_source_segment(source, d) or "" for d in node.decorator_list)
                for rule in set(named((ast.get_docstring(node) or "") + " " + marks)):
                    found[rule].append(f"{path.relative_to(HERE)}::{node.name}")
    return found


def test_every_rule_has_a_test_or_a_reason() -> None:
    """None missing; an excuse is taken away when the test is there."""
    tested = rules_with_tests()

    assert [rule for rule in RULES if rule not in tested and rule not in EXCUSED] == []
    assert [rule for rule in EXCUSED if rule in tested] == []


def test_no_test_names_a_rule_that_does_not_exist() -> None:
    """A typing error in an id would hide a missing test."""
    assert sorted(set(rules_with_tests()) - set(RULES)) == []


def main() -> None:
    tested = rules_with_tests()
    for rule in RULES:
        names = tested.get(rule, [])
        sys.stdout.write(f"{rule:8} {len(names):3}  {names[0] if names else 'no test: ' + EXCUSED.get(rule, '?')}\n")
    missing = [r for r in RULES if r not in tested and r not in EXCUSED]
    sys.stdout.write(f"{len(RULES)} rules, {len(missing)} without test or reason: {', '.join(missing) or 'none'}\n")


if __name__ == "__main__":
    main()
