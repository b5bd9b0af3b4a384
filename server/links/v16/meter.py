"""Meter values to SI integers (rules MV-02, MV-03, MV-05, MV-07): the hot path, every charger sends them all day.

A charger says the same in each message but for the numbers. So what becomes of each value (a column, a factor and an
offset) is decided once for a list of values, and holds for all lists that say the same.
"""

from __future__ import annotations

import math
from typing import Any

from server.core.clock import believed
from server.links.v16.shapes import Shape, Shapes, Way
from server.links.v16.times import read_time
from server.model.transaction import MeterSample

#: The fields of `MeterSample` in its order; then phases that only make totals in the end.
(
    AT,
    CONTEXT,
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
    EXTRA,
    ENERGY_L1,
    ENERGY_L2,
    ENERGY_L3,
    POWER_L1,
    POWER_L2,
    POWER_L3,
    VOLTAGE_L12,
    VOLTAGE_L23,
    VOLTAGE_L31,
) = range(25)
FIELDS = slice(AT, EXTRA + 1)
CURRENTS = slice(CURRENT_L1, CURRENT_L3 + 1)
VOLTAGES = slice(VOLTAGE_L1, VOLTAGE_L3 + 1)
ENERGIES = slice(ENERGY_L1, ENERGY_L3 + 1)
POWERS = slice(POWER_L1, POWER_L3 + 1)
LINE_VOLTAGES = slice(VOLTAGE_L12, VOLTAGE_L31 + 1)
_EMPTY: list[Any] = [None] * 25

ENERGY_REGISTER = "Energy.Active.Import.Register"
TRANSACTION_BEGIN = "Transaction.Begin"
#: More than a register can hold: not a measurement.
LARGEST = 2.0**53
_ANY = (-LARGEST, LARGEST)
#: Column -> what its numbers lie between. They are rounded: a battery that holds 100.4 % is full.
_LIMITS = {SOC: (-0.5, 100.5)}

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

_shapes = Shapes()


def read_samples(meter_values: list[dict[str, Any]], received_at: int) -> tuple[MeterSample, ...]:
    """One `MeterSample` for each element of `meterValue` that has a value. Never raises for content.

    Takes the numbers out of `meter_values`: nobody needs them twice.
    """
    found = []
    for element in meter_values:
        sampled = element.get("sampledValue")
        if not sampled:
            continue
        found.append(_sample(believed(read_time(element.get("timestamp")), received_at), sampled))
    return tuple(found)


def _sample(at: int, sampled: list[dict[str, str]]) -> MeterSample:
    texts = [value.pop("value", "") for value in sampled]
    slots = _EMPTY[:]
    slots[AT] = at
    slots[CONTEXT] = sampled[0].get("context") or "Sample.Periodic"
    beside: dict[str, str] = {}
    for text, (name, column, factor, offset, low, high, wins, unit) in zip(texts, _ways(sampled), strict=True):
        if column is not None:
            try:
                number = float(text) * factor + offset
            except ValueError:
                number = _odd_number(text) * factor + offset
            if low < number < high:
                if slots[column] is None or wins:
                    slots[column] = round(number)
                continue
        beside[name] = f"{text} {unit}".strip()
    if beside:
        slots[EXTRA] = beside
    _join_phases(slots)
    return MeterSample._make(slots[FIELDS])


def _ways(said: list[dict[str, str]]) -> list[Way]:
    """The way of each value of a list, from values without their numbers."""
    hint = (len(said), *said[0].values(), *said[-1].values())
    shape = _shapes.known.get(hint)
    if shape is None or shape.said != said:
        shape = _decide(said)
        _shapes.keep(hint, shape)
    return shape.ways


def _decide(said: list[dict[str, str]]) -> Shape:
    begins = said[0].get("context") == TRANSACTION_BEGIN
    return Shape(said, [_way(value, begins) for value in said])


def _way(said: dict[str, str], begins: bool) -> Way:
    """`begins`: the list begins with a value of the beginning. Else such a value hides no present one (MV-09)."""
    get = said.get
    of_beginning = get("context") == TRANSACTION_BEGIN
    name, suffix = _split_phase(get("measurand") or ENERGY_REGISTER)
    column, factor, offset = None, 1.0, 0.0
    if get("location") in _PLACES.get(name, _AT_OUTLET) and get("format") in (None, "Raw") and begins >= of_beginning:
        quantity = name.split(".")[0]
        unit = get("unit", "").strip().lower() or _BASE_UNIT.get(quantity, "")
        scale = _UNITS.get((quantity, unit))
        if scale is not None:
            column = _COLUMN_OF.get(name, {}).get(_phase(get("phase") or suffix))
            factor, offset = scale
    low, high = _ANY if column is None else _LIMITS.get(column, _ANY)
    return (_name_beside(said), column, factor, offset, low, high, begins and not of_beginning, get("unit", ""))


def _split_phase(measurand: str) -> tuple[str, str]:
    """`Voltage.L1` -> ("Voltage", "L1") (MV-14)."""
    head, _, tail = measurand.rpartition(".")
    return (head, tail) if head and tail.upper() in ("L1", "L2", "L3") else (measurand, "")


def _phase(phase: str) -> str:
    return phase.upper().removesuffix("-N")


def _odd_number(text: str) -> float:
    """Decimal comma and blanks; NaN, which is within no limits, for what is no number (MV-05)."""
    try:
        return float(text.replace(",", ".").replace(" ", ""))
    except ValueError:
        return math.nan


def _name_beside(said: dict[str, str]) -> str:
    """Name of a value without column: measurand, and what differs from the usual of phase, place, form and context."""
    get = said.get
    parts = [
        get("measurand") or ENERGY_REGISTER,
        get("phase"),
        get("location") if get("location") != "Outlet" else None,
        get("format") if get("format") != "Raw" else None,
        TRANSACTION_BEGIN if get("context") == TRANSACTION_BEGIN else None,
    ]
    return " ".join(p for p in parts if p)


def _join_phases(slots: list[Any]) -> None:
    """Totals from phases where the charger gave none (MV-07)."""
    if slots[ENERGY] is None and (given := _given(slots[ENERGIES])):
        slots[ENERGY] = sum(given)
    if slots[POWER] is None and (given := _given(slots[POWERS])):
        slots[POWER] = sum(given)
    if slots[CURRENT] is None and (given := _given(slots[CURRENTS])):
        slots[CURRENT] = max(given)
    if slots[VOLTAGE] is None:
        given = list(filter(None, slots[VOLTAGES])) or [round(v / math.sqrt(3)) for v in slots[LINE_VOLTAGES] if v]
        if given:
            slots[VOLTAGE] = round(sum(given) / len(given))


def _given(phases: list[int | None]) -> list[int]:
    return [v for v in phases if v is not None]
