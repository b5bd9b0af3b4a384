"""Fields of operations between people and the wire: what the schema cannot check is checked here."""

from __future__ import annotations

import re

from server.core.ports import InvalidPayload
from server.links.dialect import Payload
from server.links.v16.times import read_time, write_time

_TIME = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d.*(Z|[+-]\d\d:?\d\d)", re.IGNORECASE)


def present(**fields: object) -> Payload:
    """The fields that have a value: None and empty text are left out of a message."""
    return {name: value for name, value in fields.items() if value is not None and value != ""}


def time_or_none(at: int | None) -> str | None:
    return None if at is None else write_time(at)


def optional_time(payload: Payload, name: str, where: str = "") -> int | None:
    """Time in ms; `where` is the path of the object that has the field: "firmware."."""
    return required_time(payload, name, where) if name in payload else None


def required_time(payload: Payload, name: str, where: str = "") -> int:
    text = payload[name].strip()
    at = read_time(text) if _TIME.fullmatch(text) else None
    if at is None:
        raise InvalidPayload(where + name, "must be a time with its zone, such as 2027-03-01T12:00:00Z")
    return at


def at_least(least: int, payload: Payload, *names: str) -> None:
    """Refuse numbers below `least` among the fields that are there."""
    for name in names:
        if name in payload and payload[name] < least:
            raise InvalidPayload(name, f"must be {least} or higher")


def fact(payload: Payload, name: str, words: str) -> tuple[str, ...]:
    """What a text of an answer says, as `Reply.facts`; nothing when it is not there."""
    value = payload.get(name)
    return (f"{words} {value[:300]}",) if isinstance(value, str) and value else ()
