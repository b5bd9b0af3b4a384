"""Dates and times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

from console.oneshot.client import USAGE, Trouble
from console.view.forms import reading


def utc(text: str, otherwise: str = "") -> str:
    """ISO 8601 in UTC with `Z` of a date or time; without a zone it is meant in the zone of this machine.

    `otherwise`: another word that may stand there, for the sentence that says what does not fit.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as e:
        words = f", 2027-03-01T18:00 or {otherwise}" if otherwise else " or 2027-03-01T18:00"
        raise Trouble(f"{text!r} is no date: write 2027-03-01{words}", USAGE) from e


def bound(option: str, text: str, now: int, *, is_past: bool = True) -> int | None:
    """ms of a time as the forms take it: `-1h`, `14:30` (the last one, the next unless `is_past`); None for no text."""
    if not text:
        return None
    try:
        return reading.moment(text, now, is_past=is_past)
    except reading.Wrong as wrong:
        words = "write -1h, 14:30, 2026-11-21 14:30, or ISO 8601 with a zone"
        raise Trouble(f"{option}: {text!r} is no time: {words}", USAGE) from wrong


def iso(at: int | None) -> str:
    """As the API takes a time, in UTC; empty for None."""
    if at is None:
        return ""
    return datetime.fromtimestamp(at / 1000, UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
