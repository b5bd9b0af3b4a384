"""Everything a person can do to a charge point, as a table: menus, prompts, scenarios and JSON commands are made of it.

A control takes texts, as people type them, acts at once and answers with one sentence; what cannot be done now raises
`Refused` with one.
"""

from __future__ import annotations

import shlex
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType
from typing import NamedTuple

from simulator.charge_point import ChargePoint
from simulator.connector import Refused
from simulator.quirks.failures import FAILURES
from simulator.words import ERROR_CODES, NO_ERROR, Reason

DEFAULT_TAG = "A1B2C3"


class Group(StrEnum):
    """The menus, in their order."""

    CONNECTOR = "Connector operations"
    TRANSACTION = "Transaction operations"
    FAULT = "Fault injection"
    CHARGE_POINT = "Charge point and line"


class Field(NamedTuple):
    """One value that a control needs. `default` None: it must be given."""

    name: str
    label: str
    default: str | None = None
    choices: tuple[str, ...] = ()


Values = Mapping[str, str]  #: by field name; all fields are there


@dataclass(frozen=True, slots=True)
class Control:
    """`perform` returns what was done as a sentence part in the past tense: `cable plugged in at connector 1`."""

    name: str
    group: Group
    label: str
    perform: Callable[[ChargePoint, Values], str]
    fields: tuple[Field, ...] = ()


def perform(station: ChargePoint, name: str, given: Values) -> str:
    """Do it. `Refused` also for a control that does not exist, a missing value and one that is not offered."""
    control = CONTROLS.get(name)
    if control is None:
        raise Refused(f"There is no control {name!r}: choose one of {', '.join(CONTROLS)}.")
    values = complete(control, given)
    try:
        said = control.perform(station, values)
    except Refused as refusal:
        station.tell_act(name, values, str(refusal))
        raise
    station.tell_act(name, values, "")
    return said


def complete(control: Control, given: Values) -> Values:
    """`given` with defaults for the rest."""
    names = [field.name for field in control.fields]
    if unknown := [name for name in given if name not in names]:
        raise Refused(f"{control.name} takes {', '.join(names) or 'no values'}, not {unknown[0]!r}.")
    values = {}
    for field in control.fields:
        value = given.get(field.name, field.default)
        if value is None:
            raise Refused(f"{control.name} needs a value for {field.name}.")
        if field.choices and value not in field.choices:
            raise Refused(f"{field.name} is one of {', '.join(field.choices)}, not {value!r}.")
        values[field.name] = value
    return values


def read(text: str, others: Mapping[str, tuple[Field, ...]] = MappingProxyType({})) -> tuple[str, dict[str, str]]:
    """A typed line as name and values: `start 1 tag=A1B2C3`, values in the order of the fields or by name.

    A value with blanks stands in quotes. `others` are the fields of names that are no control.
    """
    try:
        name, *words = shlex.split(text)
    except ValueError:
        raise Refused("A quotation mark is missing.") from None
    fields = CONTROLS[name].fields if name in CONTROLS else others.get(name)
    if fields is None:
        raise Refused(f"There is no control {name!r}: choose one of {', '.join((*CONTROLS, *others))}.")
    names = [field.name for field in fields]
    values: dict[str, str] = {}
    for word in words:
        key, sign, value = word.partition("=")
        if sign and key in names:
            values[key] = value
            continue
        free = [n for n in names if n not in values]
        if not free:
            raise Refused(f"{name} takes {len(names)} values: {word!r} is one too many.")
        values[free[0]] = word
    return name, values


def _connector(values: Values) -> int:
    return _number(values, "connector")


def _number(values: Values, name: str) -> int:
    try:
        return int(values[name])
    except ValueError:
        raise Refused(f"{name} is a whole number, not {values[name]!r}.") from None


def _plug_in(station: ChargePoint, values: Values) -> str:
    station.plug_in(_connector(values))
    return f"cable plugged in at connector {_connector(values)}"


def _plug_out(station: ChargePoint, values: Values) -> str:
    station.plug_out(_connector(values))
    return f"cable taken out of connector {_connector(values)}"


def _pull(station: ChargePoint, values: Values) -> str:
    station.plug_out(_connector(values), force=True)
    return f"cable of connector {_connector(values)} pulled out"


def _car(station: ChargePoint, values: Values) -> str:
    station.pause_vehicle(_connector(values), values["does"] == "pause")
    return f"car at connector {_connector(values)} {'pauses' if values['does'] == 'pause' else 'draws'}"


def _limit(station: ChargePoint, values: Values) -> str:
    watts = _number(values, "watts") if values["watts"] else None
    station.limit(_connector(values), watts)
    return f"connector {_connector(values)} {'not limited' if watts is None else f'limited to {watts} W'}"


def _set_availability(station: ChargePoint, values: Values) -> str:
    number, state = _connector(values), values["state"]
    found = station.connectors.get(number)
    if state != "available" and found is not None and found.session is not None:
        raise Refused("A transaction is running: stop it first.")
    if state == "faulted":
        station.fault(number, "OtherError")
    else:
        if found is not None and found.is_faulted:
            station.clear_fault(number)
        station.set_available(number, state == "available")
    return f"connector {number} set to {state}"


def _present_tag(station: ChargePoint, values: Values) -> str:
    station.present_tag(_connector(values), values["tag"])
    return f"tag {values['tag']} held to the reader of connector {_connector(values)}"


def _start(station: ChargePoint, values: Values) -> str:
    station.start(_connector(values), values["tag"])
    return f"transaction started at connector {_connector(values)} with tag {values['tag']}"


def _stop(station: ChargePoint, values: Values) -> str:
    station.stop(_connector(values), Reason(values["reason"]))
    return f"transaction at connector {_connector(values)} stopped"


def _fault(station: ChargePoint, values: Values) -> str:
    if values["code"] == NO_ERROR:
        return _clear_fault(station, values)
    station.fault(_connector(values), values["code"], values["vendor"], values["vendor-code"], values["info"])
    return f"{values['code']} at connector {_connector(values)}"


def _clear_fault(station: ChargePoint, values: Values) -> str:
    station.clear_fault(_connector(values))
    return f"fault of connector {_connector(values)} cleared"


def _break_lock(station: ChargePoint, values: Values) -> str:
    station.break_lock(_connector(values))
    return f"lock of connector {_connector(values)} broken"


def _reset(station: ChargePoint, values: Values) -> str:
    station.reset(hard=values["kind"] == "hard")
    return f"{values['kind']} reset"


def _drop_line(station: ChargePoint, values: Values) -> str:
    seconds = _number(values, "seconds")
    station.drop_line(seconds)
    return f"line cut for {seconds} s"


def _misbehave(station: ChargePoint, values: Values) -> str:
    failure = FAILURES[values["failure"]]
    measure = values["by"] or failure.usual
    station.bend.switch_on(failure.name, failure.make(measure))
    return f"from now on it {failure.does} ({failure.measure}: {measure})"


def _behave(station: ChargePoint, values: Values) -> str:
    wanted = "" if values["failure"] == "all" else values["failure"]
    ended = station.bend.switch_off(wanted)
    if not ended:
        raise Refused("It behaves already.")
    return f"{', '.join(ended)} switched off"


_CONNECTOR = Field("connector", "Connector", "1")
_TAG = Field("tag", "Id tag", DEFAULT_TAG)

CONTROLS: dict[str, Control] = {
    control.name: control
    for control in (
        Control("plug-in", Group.CONNECTOR, "Plug in", _plug_in, (_CONNECTOR,)),
        Control("plug-out", Group.CONNECTOR, "Plug out", _plug_out, (_CONNECTOR,)),
        Control("pull", Group.CONNECTOR, "Pull cable of a session", _pull, (_CONNECTOR,)),
        Control(
            "car",
            Group.CONNECTOR,
            "Car pauses or draws",
            _car,
            (_CONNECTOR, Field("does", "The car", None, ("pause", "draw"))),
        ),
        Control(
            "limit",
            Group.CONNECTOR,
            "Limit power (0 holds)",
            _limit,
            (_CONNECTOR, Field("watts", "Watts (empty: no limit)", "")),
        ),
        Control(
            "set",
            Group.CONNECTOR,
            "Set availability",
            _set_availability,
            (_CONNECTOR, Field("state", "State", None, ("available", "unavailable", "faulted"))),
        ),
        Control("tag", Group.TRANSACTION, "Hold a tag to the reader", _present_tag, (_CONNECTOR, _TAG)),
        Control("start", Group.TRANSACTION, "Start", _start, (_CONNECTOR, _TAG)),
        Control(
            "stop",
            Group.TRANSACTION,
            "Stop",
            _stop,
            (_CONNECTOR, Field("reason", "Reason", Reason.LOCAL.value, tuple(reason.value for reason in Reason))),
        ),
        Control(
            "fault",
            Group.FAULT,
            "Break something",
            _fault,
            (
                _CONNECTOR,
                Field("code", "Error code", None, (*ERROR_CODES, NO_ERROR)),
                Field("vendor", "Vendor id", ""),
                Field("vendor-code", "Vendor error code", ""),
                Field("info", "Info", ""),
            ),
        ),
        Control("break-lock", Group.FAULT, "Break the lock of the plug", _break_lock, (_CONNECTOR,)),
        Control("clear-fault", Group.FAULT, "Repair it", _clear_fault, (_CONNECTOR,)),
        Control(
            "misbehave",
            Group.FAULT,
            "Fail in some way",
            _misbehave,
            (Field("failure", "Failure", None, tuple(FAILURES)), Field("by", "By how much (empty: as usual)", "")),
        ),
        Control(
            "behave",
            Group.FAULT,
            "Fail no more",
            _behave,
            (Field("failure", "Failure", "all", ("all", *FAILURES)),),
        ),
        Control("reset", Group.CHARGE_POINT, "Reset", _reset, (Field("kind", "Kind", "soft", ("soft", "hard")),)),
        Control("drop-line", Group.CHARGE_POINT, "Cut the line", _drop_line, (Field("seconds", "For seconds", "10"),)),
    )
}
