"""Which of two clocks to believe: the charger's or ours (rules HB-03, HB-04)."""

from __future__ import annotations

from server.model.charger import Charger

EARLIEST = 1_262_304_000_000  #: 2010-01-01: an older time is a charger that lost its clock
FUTURE = 5 * 60_000  #: ms a charger's clock may be ahead
LONGEST_QUEUE = 366 * 24 * 3_600_000  #: what is older when it comes did not wait: that clock fell back by years


def plausible(station_at: int | None, at: int) -> bool:
    return station_at is not None and at - LONGEST_QUEUE <= station_at <= at + FUTURE and station_at >= EARLIEST


def is_unset(station_at: int | None) -> bool:
    """No time at all, or that of a clock that was never set: it may be the same for all that happens."""
    return station_at is None or station_at < EARLIEST


def believed(station_at: int | None, at: int) -> int:
    """The charger's time when it can be true, else the time of receipt."""
    return station_at if station_at is not None and plausible(station_at, at) else at


#: Two skews that differ by less are the same one.
SAME_SKEW = 2_000
#: A skew that holds so long belongs to the clock; queued messages have a different one each.
STEADY_AFTER = 5_000
HALF_HOUR = 1_800_000
#: How far a clock of another time zone may be off that zone, and the farthest zone there is.
NEAR_ZONE = 90_000
FARTHEST_ZONE = 14 * 3_600_000


class Clocks:
    """What the times that chargers tell say about their clocks."""

    def __init__(self) -> None:
        self._first: dict[str, tuple[int, int]] = {}  #: charger -> when its present skew was seen first, the skew

    def forget(self, charger_id: str) -> None:
        self._first.pop(charger_id, None)

    def judge(self, charger: Charger, at: int, claimed: int) -> tuple[str, str] | None:
        """(rule, detail) of a time that cannot be true; keeps `charger.clock_skew_ms` (HB-03, HB-04).

        A time of the past is no deviation: messages wait in the charger while the line is down.
        """
        if is_unset(claimed):
            return "HB-04", "clock was never set"
        skew = claimed - at
        if skew < -LONGEST_QUEUE:
            return "HB-04", "clock is years behind"
        since, known = self._first.get(charger.charger_id, (at, skew))
        if abs(skew - known) > SAME_SKEW:
            since, known = at, skew
        self._first[charger.charger_id] = since, known
        is_steady = at - since >= STEADY_AFTER
        if is_steady and abs(charger.clock_skew_ms - skew) > SAME_SKEW:
            charger.clock_skew_ms = skew
        if skew <= FUTURE and not (is_steady and skew < -FUTURE):
            return None
        if (zone := _zone(skew)) is not None:
            return "HB-03", f"local time told as UTC: {zone:+g} h"
        return ("HB-04", "clock is ahead") if skew > 0 else ("HB-03", "clock is behind")


def _zone(skew: int) -> float | None:
    """The time zone, h, that explains a skew: whole and half hours."""
    halves = round(skew / HALF_HOUR)
    if halves == 0 or abs(skew) > FARTHEST_ZONE + NEAR_ZONE or abs(skew - halves * HALF_HOUR) > NEAR_ZONE:
        return None
    return halves / 2
