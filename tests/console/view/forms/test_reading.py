"""What people type in forms."""

from __future__ import annotations

import time
from datetime import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from console.view.forms import reading
from console.view.forms.reading import Wrong
from server.model.status import TagStatus
from server.model.tag import IdTag

NOW = round(time.mktime((2026, 11, 21, 10, 42, 7, 0, 0, -1)) * 1000)


def local(text: str) -> int:
    return round(datetime.fromisoformat(text).astimezone().timestamp() * 1000)


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("now", NOW),
        ("+2h", NOW + 7_200_000),
        ("+1d 12h", NOW + 129_600_000),
        ("-30min", NOW - 1_800_000),
        ("14:30", local("2026-11-21 14:30")),
        ("9:05", local("2026-11-22 09:05")),
        ("2026-11-21", local("2026-11-21")),
        ("2026-11-21 14:30", local("2026-11-21 14:30")),
        ("2026-11-21t14:30:05z", 1_795_271_405_000),
        ("2026-11-21T14:30+02:00", 1_795_264_200_000),
    ],
)
def test_time_is_written_as_people_write_it(text: str, at: int) -> None:
    """From now on, a time of day, a date; without a zone that of this machine."""
    assert reading.moment(text, NOW) == at


@pytest.mark.parametrize(("text", "day"), [("14:30", 20), ("9:05", 21), ("10:42", 21)])
def test_a_time_of_day_can_be_the_last_one(text: str, day: int) -> None:
    """Where it bounds what has been."""
    assert reading.moment(text, NOW, is_past=True) == local(f"2026-11-{day} {text.zfill(5)}")


@pytest.mark.parametrize("text", ["", "soon", "+", "+2x", "25:00", "2026-13-01", "-9999999d", "+99999999d"])
def test_what_is_no_time_is_told(text: str) -> None:
    """In the words of the form, never a traceback."""
    with pytest.raises(Wrong):
        reading.moment(text, NOW)


@given(st.text(max_size=30))
def test_any_text_is_read_or_refused(text: str) -> None:
    """No other exception gets out."""
    for read in (reading.number, reading.duration, reading.limits, reading.parsed, reading.certificates):
        try:
            read(text)
        except Wrong as wrong:
            assert str(wrong)
    try:
        assert reading.moment(text, NOW) >= 0
    except Wrong as wrong:
        assert str(wrong)


def test_limits_are_pairs_of_start_and_amount() -> None:
    """SC-02: the first may leave its start out."""
    assert reading.limits("16") == [{"startPeriod": 0, "limit": 16}]
    assert reading.limits("0 32/3, 1h 8.5, 6h30m 16/1") == [
        {"startPeriod": 0, "limit": 32, "numberPhases": 3},
        {"startPeriod": 3600, "limit": 8.5},
        {"startPeriod": 23_400, "limit": 16, "numberPhases": 1},
    ]


def test_tags_of_a_list_are_those_of_the_depot_unless_typed() -> None:
    """LL-02: what is known of a tag goes with it; a minus takes it away."""
    known = [IdTag("A1", TagStatus.BLOCKED), IdTag("B2", TagStatus.ACCEPTED, NOW, "P")]
    everything = reading.tags("", known)
    assert everything == [
        {"idTag": "A1", "idTagInfo": {"status": "Blocked"}},
        {"idTag": "B2", "idTagInfo": {"status": "Accepted", "expiryDate": reading.utc(NOW), "parentIdTag": "P"}},
    ]
    assert reading.tags("a1, -C3 D4", known) == [
        {"idTag": "A1", "idTagInfo": {"status": "Blocked"}},
        {"idTag": "C3"},
        {"idTag": "D4", "idTagInfo": {"status": "Accepted"}},
    ]
    assert reading.tags('[{"idTag":"X"}]', known) == [{"idTag": "X"}]
