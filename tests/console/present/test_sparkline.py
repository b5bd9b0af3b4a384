"""Power of the last hour as bars."""

from __future__ import annotations

from console.present.sparkline import bars, hour_of

NOW = 1_000 * 60_000


def test_hour_has_as_many_parts_as_cells_and_sums_connectors() -> None:
    """Two connectors, one hour, ten cells."""
    steady = [(minute, 1_000) for minute in range(941, 1_001)]
    assert hour_of([steady, steady], NOW, 10) == [2_000] * 10


def test_minute_without_sample_keeps_the_value_before() -> None:
    """Chargers that report every five minutes draw no comb."""
    assert hour_of([[(941, 600)]], NOW, 4) == [600] * 4


def test_samples_older_than_an_hour_are_not_drawn() -> None:
    """Yesterday's session is not now."""
    assert hour_of([[(100, 9_000)]], NOW, 4) == [0] * 4


def test_some_power_is_never_drawn_as_none() -> None:
    """The lowest glyph means zero."""
    assert bars([0, 1, 500, 1_000], 1_000, "_.-=+*#") == "_.=#"
    assert bars([0, 0], 0, "_#") == "__"
