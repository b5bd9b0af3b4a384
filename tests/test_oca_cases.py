"""Every compliance case of OCPP 1.6 for a central system is shown by a test on a real socket, which names it.

A test names its cases with the marker `oca`; they are listed in `data/oca16_cases.txt`, by names of the Open Charge
Alliance. `python -m tests.test_oca_cases` prints each case with its tests.
"""

from __future__ import annotations

import ast
import sys
from collections import defaultdict
from collections.abc import Iterator
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
CASES = (HERE / "data" / "oca16_cases.txt").read_text(encoding="utf-8").split()


def _named_in(decorator: ast.expr) -> Iterator[str]:
    """Cases of one decorator: of `oca` itself, and where it marks single parameters."""
    for node in ast.walk(decorator):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "oca":
            yield from (str(a.value) for a in node.args if isinstance(a, ast.Constant))


@cache
def cases_with_tests() -> dict[str, list[str]]:
    """Case -> tests that name it."""
    found: dict[str, list[str]] = defaultdict(list)
    for path in sorted(HERE.rglob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and node.name.startswith("test_"):
                for case in (name for decorator in node.decorator_list for name in _named_in(decorator)):
                    found[case].append(f"{path.relative_to(HERE)}::{node.name}")
    return found


def test_every_case_has_a_test() -> None:
    """All 78, each by its whole name."""
    assert len(CASES) == len(set(CASES)) == 78
    assert [case for case in CASES if case not in cases_with_tests()] == []


def test_no_test_names_a_case_that_does_not_exist() -> None:
    """A typing error in a name would hide a missing test."""
    assert sorted(set(cases_with_tests()) - set(CASES)) == []


def main() -> None:
    tested = cases_with_tests()
    for case in CASES:
        sys.stdout.write(f"{case:80} {', '.join(tested.get(case, [])) or 'no test'}\n")
    missing = [case for case in CASES if case not in tested]
    sys.stdout.write(f"{len(CASES)} cases, {len(missing)} without a test: {', '.join(missing) or 'none'}\n")


if __name__ == "__main__":
    main()
