"""Timestamps: written in the one form every charger reads, read in any form (rules HB-01, HB-02)."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from functools import lru_cache

_LATEST = 253_402_300_799_000  #: end of the year 9999, ms


def write_time(at: int) -> str:
    """`2026-11-21T10:42:07Z` for a time in ms."""
    return _written(at // 1000)


@lru_cache(maxsize=8)
def _written(seconds: int) -> str:
    """Every heartbeat of one second gets the same text."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(seconds))


def read_time(value: object) -> int | None:
    """Time in ms of what a charger wrote; None for what is not a time. A time without zone counts as UTC."""
    if isinstance(value, str):
        try:
            return _milliseconds(datetime.fromisoformat(value))
        except (ValueError, OverflowError):
            return _odd_time(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _epoch(value)
    return None


def _milliseconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return round(moment.timestamp() * 1000)


def _odd_time(text: str) -> int | None:
    """Epoch numbers as text, blanks around it, `z`, a blank before the zone, fractions with a comma."""
    try:
        return _epoch(float(text))
    except (ValueError, OverflowError):
        pass
    tidy = text.upper().replace(" Z", "Z").replace(" +", "+").replace(",", ".").removesuffix("UTC").strip()
    try:
        return _milliseconds(datetime.fromisoformat(tidy))
    except (ValueError, OverflowError):
        return None


def _epoch(number: float) -> int | None:
    """Seconds, or ms when it is too large for seconds of this century."""
    at = number if abs(number) > 1e11 else number * 1000
    return round(at) if 0 <= at <= _LATEST else None  # NaN fails both comparisons
