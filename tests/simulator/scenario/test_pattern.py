"""What fits a pattern, what does not, and in which words that is told."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator.scenario.pattern import BadPattern, at_path, check, difference, filled, literal

VARIABLES = {"tx": 42, "tag": "A1"}


def told(pattern: Any, value: Any) -> str:
    return difference(pattern, value, VARIABLES, "answer")


@pytest.mark.parametrize(
    ("pattern", "value"),
    [
        ("Accepted", "Accepted"),
        (5, 5.0),
        (True, True),
        ("10..20", 10),
        ("10..20", "19.5"),
        ("..0", -3),
        ("~ ^fw[0-9]+$", "fw12"),
        ("*", None),
        ("$tx", 42),
        ("= $tx", "$tx"),
        ("= 1..2", "1..2"),
        (["Invalid", "Blocked"], "Blocked"),
        ({"status": "Accepted"}, {"status": "Accepted", "interval": 300}),
        ({"expiryDate": "absent"}, {"status": "Accepted"}),
        ({"a": {"b": "1.."}}, {"a": {"b": 7, "c": None}}),
        ([{"measurand": "SoC", "value": "0..100"}], [{"measurand": "Voltage"}, {"measurand": "SoC", "value": "40"}]),
    ],
)
def test_what_fits(pattern: Any, value: Any) -> None:
    """Equality, ranges, expressions, variables, choices, and objects and lists in part."""
    assert told(pattern, value) == ""


@pytest.mark.parametrize(
    ("pattern", "value", "sentence"),
    [
        ("Accepted", "Blocked", 'answer is "Blocked", not "Accepted".'),
        ("5", 5, 'answer is 5, not "5".'),
        (1, True, "answer is True, not 1."),
        ("10..20", 9, "answer is 9, not in 10..20."),
        ("10..20", "many", 'answer is "many", not in 10..20.'),
        ("0..", True, "answer is True, not in 0..."),
        ("~ ^FW", "XFW", 'answer is "XFW", not like ^FW.'),
        ("$tx", "42", 'answer is "42", not 42 ($tx).'),
        (["A", "B"], "C", 'answer is "C", not "A" or "B".'),
        ({"info": {"status": "Accepted"}}, {}, "answer.info is missing, not an object."),
        ({"info": "*"}, {}, 'answer.info is missing: wanted "*".'),
        ({"info": "absent"}, {"info": 1}, "answer.info is 1, not absent."),
        ({"info": {"status": "A"}}, {"info": {"status": "B"}}, 'answer.info.status is "B", not "A".'),
        ([{"value": "1..2"}], [{"value": "3"}], 'answer.0.value is "3", not in 1..2.'),
        ([{"value": "1"}], [], "Nothing in answer is like {'value': '1'}."),
    ],
)
def test_what_does_not_fit_is_told(pattern: Any, value: Any, sentence: str) -> None:
    """One sentence: where, what is there, what was wanted."""
    assert told(pattern, value) == sentence


@pytest.mark.parametrize(
    "pattern", ["~ (a+)+$", "~ [", "~ " + "a" * 300, "~ .*.*.*.*x", "~ a?a?a?a?aaaa", 2**64, [], {"a": None}]
)
def test_patterns_that_cannot_be_used(pattern: Any) -> None:
    """Expressions that could take for ever, or are none, and values that TOML cannot hold are refused beforehand."""
    with pytest.raises(BadPattern):
        check(pattern)


def test_paths_and_variables() -> None:
    """A path goes through objects and lists; variables are put in as they are."""
    assert at_path({"answer": {"list": [{"n": 1}]}}, "answer.list.0.n") == 1
    with pytest.raises(KeyError):
        at_path({"answer": {}}, "answer.list.0")
    assert filled({"id": "$tx", "tags": ["$tag", "= $tag"]}, VARIABLES) == {"id": 42, "tags": ["A1", "$tag"]}


@given(st.text() | st.integers(-(2**63), 2**63 - 1) | st.booleans())
def test_a_literal_fits_itself(value: Any) -> None:
    """Whatever was recorded, its pattern can be used, fits it, and is sent again as it was."""
    pattern = literal(value)
    check(pattern)
    assert told(pattern, value) == ""
    assert filled(pattern, VARIABLES) == value
