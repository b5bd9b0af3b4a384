"""Which of two clocks to believe: the charger's or ours (rules HB-03, HB-04)."""

from __future__ import annotations

EARLIEST = 1_262_304_000_000  #: 2010-01-01: an older time is a charger that lost its clock
FUTURE = 5 * 60_000  #: ms a charger's clock may be ahead


def plausible(station_at: int | None, at: int) -> bool:
    return station_at is not None and EARLIEST <= station_at <= at + FUTURE


def believed(station_at: int | None, at: int) -> int:
    """The charger's time when it can be true, else the time of receipt."""
    return station_at if station_at is not None and plausible(station_at, at) else at
