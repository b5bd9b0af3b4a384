"""What people type in a form, as values of a payload. Pure; `Wrong` says what would have been right."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from server.model.status import TagStatus
from server.model.tag import IdTag, tag_key

_UNITS = {"d": 86_400, "h": 3_600, "m": 60, "min": 60, "s": 1, "": 1}
_PARTS = re.compile(r"(\d{1,9})\s*(min|[dhms]?)\s*", re.IGNORECASE)
_CLOCK = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")
_LATEST = 253_402_300_799_000  #: end of the year 9999, ms
DAY = 86_400_000


class Wrong(ValueError):
    """What was typed does not fit; the text says what would. `path`: the field, where it is known."""

    def __init__(self, text: str, path: str = "") -> None:
        super().__init__(text)
        self.path = path


def number(text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise Wrong("must be a whole number") from None


def duration(text: str) -> int:
    """Seconds of `24h`, `1h30m`, `90`."""
    parts, end = [], 0
    for part in _PARTS.finditer(text):
        if part.start() != end:
            break
        parts.append(int(part[1]) * _UNITS[part[2].lower()])
        end = part.end()
    if not parts or end != len(text):
        raise Wrong("must be a time span, such as 90s, 30m, 2h or 1d")
    return sum(parts)


def moment(text: str, now: int, *, is_past: bool = False) -> int:
    """A point in time, ms: `now`, `+2h`, `-1d`, `14:30`, `2026-11-21 14:30`, or ISO 8601 with a zone.

    Without a zone it is the time of this machine's clock. A time of day is the next one, or the last one if `is_past`.
    """
    word = text.strip().casefold()
    if word == "now":
        return now
    if word[:1] in ("+", "-"):
        span = 1000 * duration(word[1:].strip())
        at = now + (span if word[0] == "+" else -span)
    elif clock := _CLOCK.fullmatch(word):
        today = datetime.fromtimestamp(now / 1000).astimezone()
        at = round(today.replace(hour=int(clock[1]), minute=int(clock[2]), second=0, microsecond=0).timestamp() * 1000)
        if is_past:
            at -= DAY if at > now else 0
        else:
            at += DAY if at <= now else 0
    else:
        at = _written(text.strip())
    if not 0 <= at <= _LATEST:
        raise Wrong("is too far away")
    return at


def _written(text: str) -> int:
    try:
        return round(datetime.fromisoformat(text.upper()).astimezone().timestamp() * 1000)
    except (ValueError, OverflowError, OSError):
        raise Wrong("must be a time: +2h, 14:30, 2026-11-21 14:30, or now") from None


def utc(at: int) -> str:
    """`2026-11-21T10:42:07Z`."""
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(at // 1000))


def limits(text: str) -> list[dict[str, Any]]:
    """Periods of a charging schedule: `16` all the time; `16, 1h 8, 6h30m 16/1` from when, how much, phases."""
    periods: list[dict[str, Any]] = []
    for part in text.split(","):
        words = part.split()
        if not 1 <= len(words) <= 2:
            raise Wrong("must be a limit, or pairs of start and limit: 16, 1h 8, 6h 16")
        if len(words) == 1 and periods:
            raise Wrong(f"{part.strip()[:20]!r} needs its start before the limit, such as 1h {words[0][:10]}")
        start = duration(words[0]) if len(words) == 2 else 0
        amount, slash, phases = words[-1].partition("/")
        period: dict[str, Any] = {"startPeriod": start, "limit": _decimal(amount)}
        if slash:
            period["numberPhases"] = number(phases)
        periods.append(period)
    return periods


def _decimal(text: str) -> int | float:
    if not re.fullmatch(r"\d{1,9}(\.\d+)?", text):
        raise Wrong(f"{text[:20]!r} is no limit: from 0 to 999999999, such as 16 or 16.5")
    value = float(text)
    return int(value) if value.is_integer() else value


def parsed(text: str) -> object:
    try:
        return json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Wrong(f"is not JSON: {str(error)[:80]}") from None


def certificates(text: str) -> str:
    """One or more certificates in PEM, as they were pasted."""
    text = text.strip()
    if not text.startswith("-----BEGIN CERTIFICATE-----") or not text.endswith("-----END CERTIFICATE-----"):
        raise Wrong("must be a certificate in PEM, from BEGIN to END CERTIFICATE")
    return text + "\n"


def tags(text: str, known: Sequence[IdTag]) -> object:
    """Entries of a local list: nothing = all that are known here; `A1B2 -C3D4` adds and takes away; or JSON."""
    if text.startswith(("[", "{")):
        return parsed(text)
    if not text:
        return [_entry(tag) for tag in known]
    by_key = {tag_key(tag.id_tag): tag for tag in known}
    return list(_entries(text.replace(",", " ").split(), by_key))


def _entries(words: Iterable[str], known: dict[str, IdTag]) -> Iterable[dict[str, Any]]:
    for word in words:
        if word.startswith("-"):
            yield {"idTag": word[1:]}
        else:
            yield _entry(known.get(tag_key(word)) or IdTag(word))


def _entry(tag: IdTag) -> dict[str, Any]:
    status = tag.status if tag.status in _LISTED else TagStatus.INVALID
    info: dict[str, Any] = {"status": status.value}
    if tag.expires_at is not None:
        info["expiryDate"] = utc(tag.expires_at)
    if tag.parent_id_tag:
        info["parentIdTag"] = tag.parent_id_tag
    return {"idTag": tag.id_tag, "idTagInfo": info}


#: What a list can say of a tag; `ConcurrentTx` is for the moment only.
_LISTED = (TagStatus.ACCEPTED, TagStatus.BLOCKED, TagStatus.EXPIRED, TagStatus.INVALID)
