"""Dates and times as people type them."""

from __future__ import annotations

from datetime import UTC, datetime

from console.oneshot.client import USAGE, Trouble


def utc(text: str, otherwise: str = "") -> str:
    """ISO 8601 in UTC with `Z` of a date or time; without a zone it is meant in the zone of this machine.

    `otherwise`: another word that may stand there, for the sentence that says what does not fit.
    """
    try:
        return datetime.fromisoformat(text).astimezone(UTC).isoformat().replace("+00:00", "Z")
    except (ValueError, OverflowError) as e:
        words = f", 2027-03-01T18:00 or {otherwise}" if otherwise else " or 2027-03-01T18:00"
        raise Trouble(f"{text!r} is no date: write 2027-03-01{words}", USAGE) from e
