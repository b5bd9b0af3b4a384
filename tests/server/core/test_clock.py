"""What the times of a charger say about its clock; the time of the server comes in."""

from __future__ import annotations

import pytest

from server.core.clock import Clocks
from server.model.charger import Charger

NOW = 1_795_000_000_000
HOUR = 3_600_000


@pytest.mark.parametrize(
    ("skew", "told"),
    [
        (0, None),
        (-3 * HOUR, None),  # a queued message: no deviation before it proves to be the clock
        (4 * 60_000, None),
        (6 * 60_000, ("HB-04", "clock is ahead")),
        (2 * HOUR + 30_000, ("HB-03", "local time told as UTC: +2 h")),
        (5 * HOUR + HOUR // 2, ("HB-03", "local time told as UTC: +5.5 h")),
        (2 * HOUR + 600_000, ("HB-04", "clock is ahead")),
        (100 * HOUR, ("HB-04", "clock is ahead")),
        (-300 * 24 * HOUR, None),  # so long a charger may have had no line
        (-6 * 8_766 * HOUR, ("HB-04", "clock is years behind")),
        (-NOW, ("HB-04", "clock was never set")),
    ],
)
def test_one_time(skew: int, told: tuple[str, str] | None) -> None:
    """HB-03, HB-04: whole and half hours ahead are a time zone, the rest is a wrong clock."""
    assert Clocks().judge(Charger("CP-1", 1), NOW, NOW + skew) == told


def test_a_clock_that_stays_behind_is_told_from_a_queue() -> None:
    """HB-03: the same skew for a while is the clock; queued messages have another one each."""
    clocks, charger = Clocks(), Charger("CP-1", 1)
    for n in range(10):  # a backlog: one message of every quarter of an hour, sent within seconds
        assert clocks.judge(charger, NOW + n * 1_000, NOW - (10 - n) * 15 * 60_000) is None
    assert charger.clock_skew_ms == 0
    told = [clocks.judge(charger, NOW + 60_000 * n, NOW + 60_000 * n - 5 * HOUR) for n in range(1, 4)]
    assert told == [None, *[("HB-03", "local time told as UTC: -5 h")] * 2]
    assert charger.clock_skew_ms == -5 * HOUR
    assert clocks.judge(charger, NOW + HOUR, NOW + HOUR) is None
