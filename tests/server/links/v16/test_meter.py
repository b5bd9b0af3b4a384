"""Meter values to SI integers."""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.links.v16.meter import read_samples
from server.links.v16.shapes import LARGEST, MOST_BYTES, MOST_VALUES, Shapes
from server.model.transaction import MeterSample

AT = 1_790_000_000_000


def sample(*values: dict[str, Any], timestamp: str = "2026-09-21T14:10:00Z") -> MeterSample:
    (found,) = read_samples([{"timestamp": timestamp, "sampledValue": list(values)}], AT)
    return found


def value(text: object, measurand: str = "", unit: str = "", phase: str = "", **other: str) -> dict[str, Any]:
    given = {"value": text, "measurand": measurand, "unit": unit, "phase": phase, **other}
    return {name: content for name, content in given.items() if content != ""}


def test_defaults() -> None:
    """MV-02: a bare value is the energy register in Wh."""
    found = sample({"value": "100"})
    assert found == MeterSample(1_789_999_800_000, "Sample.Periodic", energy_wh=100)


@pytest.mark.parametrize(
    ("given_value", "column", "expected"),
    [
        (value("12.345", "Energy.Active.Import.Register", "kWh"), "energy_wh", 12345),
        (value("12.345", "Energy.Active.Import.Register", "KWh"), "energy_wh", 12345),
        (value("17.900000000000002", "", "kWh"), "energy_wh", 17900),
        (value("7.4", "Power.Active.Import", "kW"), "power_w", 7400),
        (value("7400.4", "Power.Active.Import", "W"), "power_w", 7400),
        (value("7400", "Power.Active.Import"), "power_w", 7400),
        (value("11", "Power.Offered", "kW"), "offered_w", 11000),
        (value("16.02", "Current.Import", "A"), "current_ma", 16020),
        (value("16.02", "Current.Import", "Amp"), "current_ma", 16020),
        (value("230.1", "Voltage", "Volt"), "voltage_mv", 230100),
        (value("230.1", "Voltage.L1", "V"), "voltage_l1_mv", 230100),
        (value("230.1", "Voltage", "V", "l1-n"), "voltage_l1_mv", 230100),
        (value("45", "SoC", "Percent", location="EV"), "soc_percent", 45),
        (value("45", "SoC", "%"), "soc_percent", 45),
        (value("14", "Temperature", "Celsius"), "temperature_c10", 140),
        (value("14", "Temperature", "Celcius", location="Body"), "temperature_c10", 140),
        (value("57.2", "Temperature", "Fahrenheit"), "temperature_c10", 140),
        (value("287.15", "Temperature", "K"), "temperature_c10", 140),
        (value("14", "Temperature", "C"), "temperature_c10", 140),
        (value(" 14,5 ", "Temperature", "Celsius"), "temperature_c10", 145),
        (value("1 234.5", "Power.Active.Import", "W"), "power_w", 1234),
        (value("-300", "Power.Active.Import", "W"), "power_w", -300),
    ],
)
def test_units(given_value: dict[str, Any], column: str, expected: int) -> None:
    """MV-03, MV-05, MV-14: units of specification and field, to Wh, W, mA, mV, percent, tenths of a degree."""
    found = sample(given_value)
    assert getattr(found, column) == expected
    assert found.extra is None


@pytest.mark.parametrize(
    ("given_value", "key", "text"),
    [
        (value("50.02", "Frequency", "Hz"), "Frequency", "50.02 Hz"),
        (value("0.98", "Power.Factor"), "Power.Factor", "0.98"),
        (value("5", "Current.Import", "A", "N"), "Current.Import N", "5 A"),
        (value("5", "Voltage", "Wh"), "Voltage", "5 Wh"),
        (value("nan", "Voltage", "V"), "Voltage", "nan V"),
        (value("", "Voltage", "V"), "Voltage", "V"),
        (value("1e999", "Voltage", "V"), "Voltage", "1e999 V"),
        (value("1e30", "Voltage", "V"), "Voltage", "1e30 V"),
        (value("1e308", "Voltage", "kV"), "Voltage", "1e308 kV"),
        (value("9007199254740992", "Voltage", "mV"), "Voltage", "9007199254740992 mV"),
        ({"measurand": "Voltage", "unit": "V"}, "Voltage", "V"),
        (
            value("AB12", "Energy.Active.Import.Register", format="SignedData"),
            "Energy.Active.Import.Register SignedData",
            "AB12",
        ),
        (
            value("7", "Energy.Active.Import.Register", "Wh", location="Inlet"),
            "Energy.Active.Import.Register Inlet",
            "7 Wh",
        ),
    ],
)
def test_what_has_no_column_is_kept_as_it_came(given_value: dict[str, Any], key: str, text: str) -> None:
    """MV-05, MV-06: nothing is dropped, nothing is guessed."""
    found = sample(given_value)
    assert found.extra == {key: text}
    assert found.voltage_mv is None and found.energy_wh is None


def test_phases_become_totals_where_none_is_given() -> None:
    """MV-07: power is summed, voltage averaged, current the highest phase, a lone register phase is the total."""
    found = sample(
        *(value(v, "Power.Active.Import", "W", p) for v, p in (("100", "L1"), ("200", "L2"), ("300", "L3"))),
        *(value(v, "Current.Import", "A", p) for v, p in (("1", "L1"), ("3", "L2"), ("2", "L3"))),
        *(value(v, "Voltage", "V", p) for v, p in (("229", "L1-N"), ("230", "L2-N"), ("231", "L3-N"))),
        value("5", "Energy.Active.Import.Register", "kWh", "L1"),
    )
    assert (found.power_w, found.current_ma, found.voltage_mv, found.energy_wh) == (600, 3000, 230_000, 5000)
    assert (found.current_l2_ma, found.voltage_l3_mv) == (3000, 231_000)


def test_given_totals_win_over_phases() -> None:
    """MV-07."""
    power = sample(value("500", "Power.Active.Import", "W"), value("100", "Power.Active.Import", "W", "L1"))
    assert power.power_w == 500


def test_line_voltages_become_phase_voltages() -> None:
    """MV-07: L-L divided by the root of three."""
    assert sample(value("400", "Voltage", "V", "L1-L2")).voltage_mv == 230_940


@pytest.mark.parametrize("turned", [False, True])
def test_value_of_the_beginning_does_not_hide_the_present_one(turned: bool) -> None:
    """MV-09: a `Transaction.Begin` of 0 beside a periodic value (Project EV)."""
    values = [value("678", context="Sample.Periodic"), value("0", context="Transaction.Begin")]
    assert sample(*(reversed(values) if turned else values)).energy_wh == 678


def test_the_first_of_two_equal_values_counts_and_among_those_of_the_beginning_the_present_one() -> None:
    """MV-09: where the beginning comes first, what is told of now takes its place."""
    assert sample(value("5"), value("6")).energy_wh == 5
    begin = sample(value("5", context="Transaction.Begin"), value("6", context="Transaction.Begin"))
    assert (begin.energy_wh, begin.context, begin.extra) == (5, "Transaction.Begin", None)


def test_messages_that_differ_only_in_the_middle_are_told_apart() -> None:
    """What was decided for one list of values is not taken for another that begins and ends alike."""
    ends = value("1", "Power.Offered", "W"), value("41", "SoC", "Percent")
    for middle, column, expected in (
        (value("16.5", "Current.Import", "A"), "current_ma", 16_500),
        (value("16.5", "Current.Import", "mA"), "current_ma", 16),
        (value("16.5", "Voltage", "V", "L1"), "voltage_l1_mv", 16_500),
        (value("16.5", "Current.Import", "A"), "current_ma", 16_500),
    ):
        found = sample(ends[0].copy(), middle, ends[1].copy())
        assert (getattr(found, column), found.offered_w, found.soc_percent) == (expected, 1, 41)


def test_the_same_values_with_odd_numbers_are_kept_beside() -> None:
    """MV-05: a number that cannot be read does not depend on what the charger sent before."""
    for text, power, extra in (("70", 70, None), ("-", None, {"Power.Active.Import": "- W"}), ("71", 71, None)):
        found = sample(value(text, "Power.Active.Import", "W"), value("41", "SoC", "Percent"))
        assert (found.power_w, found.soc_percent, found.extra) == (power, 41, extra)


@pytest.mark.parametrize(
    ("told", "kept"),
    [("0", 0), ("100", 100), ("99.7", 100), ("100.6", None), ("140", None), ("-1", None), ("-0.6", None)],
)
def test_a_battery_holds_0_to_100_percent(told: str, kept: int | None) -> None:
    """MV-05: another number is no state of charge; it is kept beside as it came, and hides no good one."""
    found = sample(value(told, "SoC", "Percent", location="EV"), value("70", "Power.Active.Import", "W"))
    assert (found.soc_percent, found.power_w) == (kept, 70)
    assert found.extra == (None if kept is not None else {"SoC EV": f"{told} Percent"})
    both = sample(value("41", "SoC", "Percent"), value(told, "SoC", "Percent", location="EV"))
    assert both.soc_percent == 41


@pytest.mark.parametrize("timestamp", ["1970-01-01T00:01:10Z", "2020-01-01T00:00:00Z", "2099-01-01T00:00:00Z", "never"])
def test_impossible_time_becomes_the_time_of_receipt(timestamp: str) -> None:
    """HB-04: also one so old that retention would take the sample away, minutes after it was acknowledged."""
    assert sample({"value": "1"}, timestamp=timestamp).at == AT


@given(
    st.lists(
        st.dictionaries(
            st.sampled_from(["value", "measurand", "unit", "phase", "context", "location", "format"]),
            st.text(max_size=9),
        ),
        min_size=1,
    )
)
def test_no_text_raises(values: list[dict[str, str]]) -> None:
    """Whatever it says."""
    read_samples([{"sampledValue": values}], AT)


@pytest.fixture
def shapes(monkeypatch: pytest.MonkeyPatch) -> Shapes:
    """None are known."""
    empty = Shapes()
    monkeypatch.setattr("server.links.v16.meter._shapes", empty)
    return empty


@pytest.mark.parametrize(
    "large",
    [[value("1")] * (MOST_VALUES + 1), [value("1", "x" * LARGEST)], [value("1", "\U0001f50c" * (LARGEST // 4))]],
)
def test_large_messages_are_not_remembered(shapes: Shapes, large: list[dict[str, str]]) -> None:
    """Decided shapes are bounded in size: in bytes, whatever the letters."""
    read_samples([{"sampledValue": [v.copy() for v in large]}], AT)
    assert not shapes.known and not shapes.bytes


@pytest.mark.parametrize(
    ("values", "letters", "letter"), [(1, 400, "x"), (1, 5_000, "\U0001f50c"), (40, 50, "\u00e9"), (90, 0, "")]
)
def test_a_charger_that_says_something_else_each_time_fills_no_memory(
    shapes: Shapes, values: int, letters: int, letter: str
) -> None:
    """What is remembered has 2 MB at most, as Python itself counts it."""
    tracemalloc.start()
    try:
        full = False
        while not full:
            before = shapes.bytes
            name = f"{before}{letter * letters}"
            said = [{"value": "1", "measurand": f"{name}{k}", "phase": f"p{k}"} for k in range(values)]
            read_samples([{"sampledValue": said}], AT)
            full = shapes.bytes <= before
        del said
        gc.collect()
        assert len(shapes.known) >= 5
        assert tracemalloc.get_traced_memory()[0] <= MOST_BYTES
    finally:
        tracemalloc.stop()


def test_what_the_usual_chargers_say_is_remembered(shapes: Shapes) -> None:
    """Forty values, of as many models as a depot has; beside a charger that says something else each time."""

    def said(model: int) -> list[dict[str, str]]:
        facts = {"context": "Sample.Periodic", "format": "Raw", "location": "Outlet", "unit": "A"}
        return [facts | {"value": "1", "measurand": "Current.Import", "phase": f"L{model}-{n}"} for n in range(40)]

    for model in range(30):
        for _ in range(2):
            read_samples([{"sampledValue": said(model)}], AT)
        read_samples([{"sampledValue": [value("1", f"{model}" * 20)]}], AT)
    known = list(shapes.known.values())
    assert len(known) == 60
    for model in range(30):
        read_samples([{"sampledValue": said(model)}], AT)
    assert all(now is before for now, before in zip(shapes.known.values(), known, strict=True)), (
        "nothing is decided anew"
    )
