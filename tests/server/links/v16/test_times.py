"""Timestamps of real chargers."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.links.v16.times import read_time, write_time

MOMENT = 1_745_514_022_000  # 2025-04-24T17:00:22Z


@pytest.mark.parametrize(
    "text",
    [
        "2025-04-24T17:00:22Z",
        "2025-04-24T17:00:22.0Z",
        "2025-04-24T17:00:22.000000000Z",
        "2025-04-24T17:00:22",  # Growatt, AEFA: no zone
        "2025-04-24 17:00:22Z",
        "2025-04-24 17:00:22 +00:00",
        "2025-04-24T17:00:22z",
        "2025-04-24T17:00:22+00:00",
        "2025-04-24T19:00:22+02:00",
        "2025-04-24T19:00:22+0200",
        "2025-04-24T19:00:22+02",
        "2025-04-24T22:30:22+05:30",
        " 2025-04-24T17:00:22Z ",
        "2025-04-24T17:00:22,000Z",
        "1745514022",
        "1745514022000",
        1745514022,
        1745514022000,
        1745514022.0,
    ],
)
def test_every_form_is_read(text: object) -> None:
    """HB-02: fractions, offsets, no zone, blank instead of T, epoch numbers."""
    assert read_time(text) == MOMENT


def test_milliseconds_are_kept() -> None:
    """HB-02: one to nine digits of a second."""
    assert read_time("2025-04-24T17:00:22.8Z") == MOMENT + 800
    assert read_time("2025-04-24T17:00:22.899123456Z") == MOMENT + 899


@pytest.mark.parametrize("text", ["", "yesterday", "NaN", "inf", "1e400", None, True, [], {}, -1, 1e300, "2025-13-01"])
def test_garbage_is_no_time(text: object) -> None:
    """HB-02: the time of receipt counts then."""
    assert read_time(text) is None


@given(st.integers(0, 253_402_300_799_000))
def test_written_times_have_one_form(at: int) -> None:
    """HB-01: `YYYY-MM-DDTHH:MM:SSZ`, and we read what we write."""
    text = write_time(at)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", text)
    assert read_time(text) == at // 1000 * 1000


@given(st.text() | st.floats() | st.integers())
def test_reading_never_raises(value: object) -> None:
    """Everything a charger can write is a time or none."""
    at = read_time(value)
    assert at is None or isinstance(at, int)
