"""Meter values to SI integers (rules MV-02, MV-03, MV-05, MV-07): the hot path, every charger sends them all day.

The way of one sampled value is decided once per combination of measurand, phase, unit, location and format, and then
looked up: a column, a factor and an offset.
"""

from __future__ import annotations

import math
from typing import Any, NamedTuple

from server.links.v16.times import read_time
from server.model.transaction import MeterSample

#: Columns of `MeterSample` after `at` and `context`, in its order; then phases that are summed up in the end.
(
    ENERGY,
    POWER,
    OFFERED,
    CURRENT,
    CURRENT_L1,
    CURRENT_L2,
    CURRENT_L3,
    VOLTAGE,
    VOLTAGE_L1,
    VOLTAGE_L2,
    VOLTAGE_L3,
    SOC,
    TEMPERATURE,
    ENERGY_L1,
    ENERGY_L2,
    ENERGY_L3,
    POWER_L1,
    POWER_L2,
    POWER_L3,
    VOLTAGE_L12,
    VOLTAGE_L23,
    VOLTAGE_L31,
) = range(22)
COLUMNS = TEMPERATURE + 1
_EMPTY: list[int | None] = [None] * 22

ENERGY_REGISTER = "Energy.Active.Import.Register"
TRANSACTION_BEGIN = "Transaction.Begin"
EARLIEST = 1_262_304_000_000  #: 2010: an older time is a clock that was never set (HB-04)
FUTURE = 5 * 60_000
#: More than a register can hold: not a measurement.
LARGEST = 2**53


class _Way(NamedTuple):
    """value * factor + offset -> column; what has no column is kept beside, under `name`."""

    name: str
    column: int | None = None
    factor: float = 1.0
    offset: float = 0.0


_Key = tuple[str | None, str | None, str | None, str | None, str | None]

#: measurand -> phase -> column
_COLUMN_OF: dict[str, dict[str, int]] = {
    ENERGY_REGISTER: {"": ENERGY, "L1": ENERGY_L1, "L2": ENERGY_L2, "L3": ENERGY_L3},
    "Power.Active.Import": {"": POWER, "L1": POWER_L1, "L2": POWER_L2, "L3": POWER_L3},
    "Power.Offered": {"": OFFERED},
    "Current.Import": {"": CURRENT, "L1": CURRENT_L1, "L2": CURRENT_L2, "L3": CURRENT_L3},
    "Voltage": {
        "": VOLTAGE,
        "L1": VOLTAGE_L1,
        "L2": VOLTAGE_L2,
        "L3": VOLTAGE_L3,
        "L1-L2": VOLTAGE_L12,
        "L2-L3": VOLTAGE_L23,
        "L3-L1": VOLTAGE_L31,
    },
    "SoC": {"": SOC},
    "Temperature": {"": TEMPERATURE},
}

#: (quantity, unit in lower case) -> (factor, offset) to Wh, W, mA, mV, percent, tenths of a degree Celsius
_UNITS: dict[tuple[str, str], tuple[float, float]] = {
    ("Energy", "wh"): (1, 0),
    ("Energy", "kwh"): (1000, 0),
    ("Energy", "mwh"): (1_000_000, 0),
    ("Power", "w"): (1, 0),
    ("Power", "kw"): (1000, 0),
    ("Power", "mw"): (1_000_000, 0),
    ("Current", "a"): (1000, 0),
    ("Current", "amp"): (1000, 0),
    ("Current", "ma"): (1, 0),
    ("Voltage", "v"): (1000, 0),
    ("Voltage", "volt"): (1000, 0),
    ("Voltage", "mv"): (1, 0),
    ("Voltage", "kv"): (1_000_000, 0),
    ("SoC", "percent"): (1, 0),
    ("SoC", "%"): (1, 0),
    ("Temperature", "celsius"): (10, 0),
    ("Temperature", "celcius"): (10, 0),
    ("Temperature", "c"): (10, 0),
    ("Temperature", "fahrenheit"): (50 / 9, -1600 / 9),
    ("Temperature", "f"): (50 / 9, -1600 / 9),
    ("Temperature", "k"): (10, -2731.5),
    ("Temperature", "kelvin"): (10, -2731.5),
}
#: What a missing or empty unit means, and a unit that belongs to another quantity.
_BASE_UNIT = {
    "Energy": "wh",
    "Power": "w",
    "Current": "a",
    "Voltage": "v",
    "SoC": "percent",
    "Temperature": "celsius",
}

#: Where a value is measured, to have a column. Others (grid side, cable) are kept beside.
_AT_OUTLET = frozenset({None, "", "Outlet"})
_PLACES = {"SoC": _AT_OUTLET | {"EV"}, "Temperature": _AT_OUTLET | {"Body"}}

#: Ways already decided. Bounded: the key is the charger's text.
_ways: dict[_Key, _Way] = {}
_MAX_WAYS = 1024


def read_samples(meter_values: list[dict[str, Any]], received_at: int) -> tuple[MeterSample, ...]:
    """One `MeterSample` for each element of `meterValue` that has a value. Never raises for content."""
    found = []
    for element in meter_values:
        sampled = element.get("sampledValue")
        if not sampled:
            continue
        at = read_time(element.get("timestamp"))
        if at is None or not EARLIEST <= at <= received_at + FUTURE:
            at = received_at
        found.append(_sample(at, sampled))
    return tuple(found)


def _sample(at: int, sampled: list[dict[str, Any]]) -> MeterSample:
    slots = _EMPTY[:]
    extra: dict[str, str] | None = None
    context = sampled[0].get("context")
    known = _ways
    for value in sampled:
        get = value.get
        key = (get("measurand"), get("phase"), get("unit"), get("location"), get("format"))
        try:
            name, column, factor, offset = known[key]
        except KeyError:
            name, column, factor, offset = _decide(key)
        other_context = get("context")
        if column is not None and (other_context == context or other_context != TRANSACTION_BEGIN):
            try:
                number: int | None = round(float(value["value"]) * factor + offset)
            except (ValueError, OverflowError, KeyError):
                number = _odd_number(get("value"), factor, offset)
            if number is not None and -LARGEST < number < LARGEST:
                if slots[column] is None or context == TRANSACTION_BEGIN != other_context:
                    slots[column] = number
                continue
        if other_context == TRANSACTION_BEGIN:
            name = f"{name} {TRANSACTION_BEGIN}"
        extra = extra or {}
        extra[name] = f"{get('value', '')} {get('unit', '')}".strip()
    _join_phases(slots)
    return MeterSample(at, context or "Sample.Periodic", *slots[:COLUMNS], extra)  # type: ignore[call-arg, arg-type]


def _decide(key: _Key) -> _Way:
    """The way of a combination seen for the first time."""
    measurand, phase, unit, location, form = key
    way = _Way(_name_beside(measurand, phase, location, form))
    name, suffix = _split_phase(measurand or ENERGY_REGISTER)
    if location in _PLACES.get(name, _AT_OUTLET) and form in (None, "Raw"):
        column = _COLUMN_OF.get(name, {}).get(_phase(phase or suffix))
        quantity = name.split(".")[0]
        if column is not None:
            wanted = (unit or "").strip().lower() or _BASE_UNIT[quantity]
            scale = _UNITS.get((quantity, wanted))
            if scale is not None:
                way = _Way(way.name, column, *scale)
    if len(_ways) < _MAX_WAYS:
        _ways[key] = way
    return way


def _split_phase(measurand: str) -> tuple[str, str]:
    """`Voltage.L1` -> ("Voltage", "L1") (MV-14)."""
    head, _, tail = measurand.rpartition(".")
    return (head, tail) if head and tail.upper() in ("L1", "L2", "L3") else (measurand, "")


def _phase(phase: str) -> str:
    return phase.upper().removesuffix("-N")


def _odd_number(text: object, factor: float, offset: float) -> int | None:
    """Decimal comma and blanks; None for what is no finite number (MV-05)."""
    try:
        number = float(str(text).replace(",", ".").replace(" ", ""))
    except ValueError:
        return None
    return round(number * factor + offset) if math.isfinite(number) else None


def _name_beside(measurand: str | None, phase: str | None, location: str | None, form: str | None) -> str:
    """Name of a value without column: measurand, and where it differs from the usual, phase, place and form."""
    parts = [
        measurand or ENERGY_REGISTER,
        phase,
        location if location != "Outlet" else None,
        form if form != "Raw" else None,
    ]
    return " ".join(p for p in parts if p)


def _join_phases(slots: list[int | None]) -> None:
    """Totals from phases where the charger gave none (MV-07)."""
    if slots[ENERGY] is None:
        slots[ENERGY] = _sum(slots[ENERGY_L1 : ENERGY_L3 + 1])
    if slots[POWER] is None:
        slots[POWER] = _sum(slots[POWER_L1 : POWER_L3 + 1])
    if slots[CURRENT] is None:
        given = [v for v in slots[CURRENT_L1 : CURRENT_L3 + 1] if v is not None]
        slots[CURRENT] = max(given) if given else None
    if slots[VOLTAGE] is None:
        given = [v for v in slots[VOLTAGE_L1 : VOLTAGE_L3 + 1] if v]
        if not given:
            given = [round(v / math.sqrt(3)) for v in slots[VOLTAGE_L12 : VOLTAGE_L31 + 1] if v]
        slots[VOLTAGE] = round(sum(given) / len(given)) if given else None


def _sum(phases: list[int | None]) -> int | None:
    given = [v for v in phases if v is not None]
    return sum(given) if given else None
