"""The steps of a scenario file."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulator.connector import Refused
from simulator.controls import CONTROLS, complete
from simulator.prompt.orders import with_tag
from simulator.scenario.model import Act, Do, Expect, Never, Repeat, Span, Step, Until, Wait
from simulator.scenario.table import LONGEST_S, Table
from simulator.words import Status

MOST_STEPS = 1000
MOST_TIMES = 1000
_DEEPEST = 3
_DIRECTIONS = ("out", "in")
_PLACES = ("online", "offline", "delivered", *(status.value for status in Status))


def read_steps(parent: Table, rows: Any, prefix: str = "") -> tuple[Step, ...]:
    """The steps of a file, or of a repeat."""
    key = "step"
    if not isinstance(rows, list) or not rows or not all(isinstance(row, dict) for row in rows):
        raise parent.broken(key, "at least one step is wanted: [[step]] with do, expect, csms, never, wait, ...")
    if len(rows) > MOST_STEPS:
        raise parent.broken(key, f"{len(rows)} steps are too many: at most {MOST_STEPS}, use repeat.")
    return tuple(
        _step(Table(parent.file, f"step {prefix}{n}", row, parent.known), f"{prefix}{n}")
        for n, row in enumerate(rows, 1)
    )


def _step(table: Table, number: str) -> Step:
    verbs = [verb for verb in _VERBS if verb in table.rows]
    if len(verbs) != 1:
        told = f"this one has {' and '.join(verbs)}" if verbs else f"this one has {', '.join(table.rows) or 'nothing'}"
        raise table.broken("", f"a step has exactly one of {', '.join(_VERBS)}; {told}.")
    note = table.text("note", "") or ""
    act = _VERBS[verbs[0]](table, number)
    table.end(f"a step with {verbs[0]}")
    return Step(number=number, act=act, note=note)


def _do(table: Table, _number: str) -> Do:
    name = table.one_of("do", CONTROLS, "")
    refused = table.text("refused")
    values = {}
    for key, value in table.rest().items():
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            raise table.broken(key, "a text or a number is wanted here.")
        table.variables(key, value)
        values[key] = str(value)
    constant = {key: value for key, value in values.items() if not value.startswith("$")}
    choices = {field.name: field.choices[0] if field.choices else "0" for field in CONTROLS[name].fields}
    placeholders = {key: choices.get(key, "0") for key in values if key not in constant}
    try:
        complete(CONTROLS[name], with_tag(name, constant | placeholders, "TAG"))
    except Refused as error:
        wrong = next((key for key in values if key not in choices), "")
        raise table.broken(wrong, str(error)) from None
    return Do(control=name, values=values, refused=refused)


def _action(table: Table, key: str) -> str:
    action = table.text(key) or ""
    if not (action.isalnum() and action.isascii() and action[0].isupper()):
        raise table.broken(key, f'"{action}" is no name of a message such as StatusNotification.')
    return action


def _expect(table: Table, _number: str) -> Expect:
    direction = table.one_of("direction", _DIRECTIONS, "out")
    return _call(table, "expect", direction, 30.0, "", {})


def _csms(table: Table, _number: str) -> Expect:
    please = table.text("please", "") or ""
    example = table.raw("example") or {}
    if not isinstance(example, dict):
        raise table.broken("example", "a table is wanted here: the payload.")
    table.checked("example", example, sent=True)
    return _call(table, "csms", "in", 120.0, please or f"make the CSMS send {table.rows['csms']}", example)


def _call(table: Table, verb: str, direction: str, within_s: float, please: str, example: dict[str, Any]) -> Expect:
    action = _action(table, verb)
    expected = Expect(
        action=action,
        direction=direction,
        payload=table.pattern("payload"),
        answer=table.pattern("answer"),
        error=table.text("error"),
        answered=table.flag("answered", True),
        within_s=table.seconds("within", within_s),
        remember=table.remember("remember"),
        please=please,
        example=example,
    )
    if expected.answer is not None and expected.error is not None:
        raise table.broken("error", "there is an answer or an error, not both.")
    from_answer = any(path.startswith("answer") for path in expected.remember.values())
    if not expected.answered and (expected.answer is not None or expected.error is not None or from_answer):
        raise table.broken("answered", "false does not go with answer, error, or remembering from the answer.")
    return expected


def _never(table: Table, _number: str) -> Never:
    return Never(
        action=_action(table, "never"),
        direction=table.one_of("direction", _DIRECTIONS, "out"),
        payload=table.pattern("payload"),
        within_s=table.seconds("within", 5.0),
    )


def _wait(table: Table, _number: str) -> Wait:
    return Wait(seconds=table.span("wait", LONGEST_S))


def _until(table: Table, _number: str) -> Until:
    number = table.whole("connector", 1, 100)
    return Until(
        what=table.one_of("until", _PLACES, ""),
        connector=1 if number is None else number,
        within_s=table.seconds("within", 60.0),
    )


def _repeat(table: Table, number: str) -> Repeat:
    times = table.span("repeat", MOST_TIMES)
    if times != Span(int(times.least), int(times.most)):
        raise table.broken("repeat", "a whole number is wanted here, or a range of them.")
    if number.count(".") >= _DEEPEST:
        raise table.broken("repeat", f"at most {_DEEPEST} inside each other.")
    return Repeat(times=times, steps=read_steps(table, table.raw("step"), f"{number}."))


_VERBS: dict[str, Callable[[Table, str], Act]] = {
    "do": _do,
    "expect": _expect,
    "csms": _csms,
    "never": _never,
    "wait": _wait,
    "until": _until,
    "repeat": _repeat,
}
