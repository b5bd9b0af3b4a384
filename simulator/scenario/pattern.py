"""What a payload must look like. Values in, a sentence out.

A table fits an object that has at least its keys, and so on inside. A list fits a list in which each of its patterns
fits something; beside anything else it is a choice. A text may be

    "Charging"      this text
    "10..20"        a number in between, also one written as text; "10.." and "..20" have one end
    "~ ^FW-[0-9]+$" a regular expression that is found in the text; at most three repetitions, and none of a group
    "*"             whatever it is, it is there
    "absent"        it is not there
    "$tx"           the value of a variable
    "= *"           exactly what stands behind the sign and the space

and a number or a boolean is itself.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

Variables = Mapping[str, Any]

_RANGE = re.compile(r"^(-?\d+(?:\.\d+)?)?\.\.(-?\d+(?:\.\d+)?)?$")
_NAME = re.compile(r"^\$[A-Za-z_][A-Za-z0-9_]*$")
_REPEATED_GROUP = re.compile(r"\)[*+{?]")
_LONGEST_EXPRESSION = 200
_MOST_REPETITIONS = 3  #: each one multiplies the time that a text may take
_LONGEST_SEARCHED = 500  #: characters of a text from the wire that an expression is held against
_DEEPEST = 12
_MISSING: Final = object()


class BadPattern(ValueError):
    """This can be no pattern; the text says why."""


def check(pattern: Any, *, sent: bool = False, depth: int = 0) -> None:
    """`BadPattern` when it could not be used. `sent`: it is no pattern, but something to be sent."""
    if depth > _DEEPEST:
        raise BadPattern("it is nested too deeply")
    match pattern:
        case dict():
            for part in pattern.values():
                check(part, sent=sent, depth=depth + 1)
        case list():
            if not pattern and not sent:
                raise BadPattern("an empty list fits nothing")
            for part in pattern:
                check(part, sent=sent, depth=depth + 1)
        case str() if pattern.startswith("~") and not sent:
            _check_expression(pattern[1:].strip())
        case int() if not -(2**63) <= pattern < 2**63:
            raise BadPattern(f"{pattern} is too large")
        case str() | int() | float():
            pass
        case _:
            raise BadPattern(f"{pattern!r} is none of text, number, boolean, table and list")


def _check_expression(text: str) -> None:
    repetitions = sum(text.count(sign) for sign in "*+{?")
    if len(text) > _LONGEST_EXPRESSION or repetitions > _MOST_REPETITIONS or _REPEATED_GROUP.search(text):
        raise BadPattern(f"the expression {text[:40]!r} is too long, or repeats a group or too often")
    try:
        re.compile(text)
    except re.error as error:
        raise BadPattern(f"{text!r} is no regular expression: {error}") from None


def names_in(pattern: Any) -> Iterator[str]:
    """Variables that it needs."""
    match pattern:
        case dict():
            for part in pattern.values():
                yield from names_in(part)
        case list():
            for part in pattern:
                yield from names_in(part)
        case str() if _NAME.match(pattern):
            yield pattern[1:]


def filled(value: Any, variables: Variables) -> Any:
    """`value` with the variables put in: for what is sent, not compared."""
    match value:
        case dict():
            return {key: filled(part, variables) for key, part in value.items()}
        case list():
            return [filled(part, variables) for part in value]
        case str() if _NAME.match(value):
            return variables[value[1:]]
        case str() if value.startswith("= "):
            return value[2:]
    return value


def literal(value: Any) -> Any:
    """A pattern that fits just this text, number or boolean."""
    if not isinstance(value, str):
        return value
    means_more = value in ("*", "absent") or value.startswith(("~", "= ", "$")) or _RANGE.match(value)
    return f"= {value}" if means_more else value


def difference(pattern: Any, value: Any, variables: Variables, path: str) -> str:
    """The first thing that does not fit, as a sentence; empty when all does. `path` is what `value` is called."""
    match pattern:
        case dict():
            return _object_difference(pattern, value, variables, path)
        case list():
            return _list_difference(pattern, value, variables, path)
        case str():
            return _text_difference(pattern, value, variables, path)
    return "" if _same(pattern, value) else _wrong(path, value, _shown(pattern))


def at_path(value: Any, path: str) -> Any:
    """What stands at `answer.idTagInfo.status`; numbers count in lists. `KeyError` when nothing does."""
    for part in path.split("."):
        if isinstance(value, list) and part.isdigit() and int(part) < len(value):
            value = value[int(part)]
        elif isinstance(value, dict) and part in value:
            value = value[part]
        else:
            raise KeyError(path)
    return value


def _object_difference(pattern: dict[str, Any], value: Any, variables: Variables, path: str) -> str:
    if not isinstance(value, dict):
        return _wrong(path, value, "an object")
    for key, part in pattern.items():
        if told := difference(part, value.get(key, _MISSING), variables, f"{path}.{key}"):
            return told
    return ""


def _list_difference(pattern: list[Any], value: Any, variables: Variables, path: str) -> str:
    if not isinstance(value, list):
        fits = any(not difference(part, value, variables, path) for part in pattern)
        return "" if fits else _wrong(path, value, " or ".join(_shown(part) for part in pattern))
    for part in pattern:
        found = [difference(part, item, variables, f"{path}.{n}") for n, item in enumerate(value)]
        if all(found):
            return found[0] if len(found) == 1 else f"Nothing in {path} is like {_shown(part)}."
    return ""


def _text_difference(pattern: str, value: Any, variables: Variables, path: str) -> str:
    if pattern == "absent":
        return "" if value is _MISSING else _wrong(path, value, "absent")
    if value is _MISSING:
        return f"{path} is missing: wanted {_shown(pattern)}."
    if pattern == "*":
        return ""
    if pattern.startswith("~"):
        expression = pattern[1:].strip()
        fits = isinstance(value, str) and re.search(expression, value[:_LONGEST_SEARCHED]) is not None
        return "" if fits else _wrong(path, value, f"like {expression}")
    if _NAME.match(pattern):
        wanted = variables[pattern[1:]]
        return "" if _same(wanted, value) else _wrong(path, value, f"{_shown(wanted)} ({pattern})")
    if bounds := _RANGE.match(pattern):
        return "" if _is_between(value, bounds[1], bounds[2]) else _wrong(path, value, f"in {pattern}")
    wanted = pattern[2:] if pattern.startswith("= ") else pattern
    return "" if _same(wanted, value) else _wrong(path, value, _shown(wanted))


def _is_between(value: Any, least: str | None, most: str | None) -> bool:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return False
    try:
        number = float(value)
    except ValueError:
        return False
    return (least is None or number >= float(least)) and (most is None or number <= float(most))


def _same(wanted: Any, value: Any) -> bool:
    if isinstance(wanted, bool) or isinstance(value, bool):
        return wanted is value
    if isinstance(wanted, int | float) and isinstance(value, int | float):
        return wanted == value
    return type(wanted) is type(value) and bool(wanted == value)


def _wrong(path: str, value: Any, wanted: str) -> str:
    return f"{path} is {'missing' if value is _MISSING else _shown(value)}, not {wanted}."


def _shown(value: Any) -> str:
    text = f'"{value}"' if isinstance(value, str) else str(value)
    return text if len(text) <= 120 else text[:119] + "…"
