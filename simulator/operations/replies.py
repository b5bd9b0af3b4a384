"""How an operation answers, and how it reads what it was asked."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from simulator.link import Reply
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station

Operation = Callable[["Station", Payload], Reply]


class BadPayload(Exception):
    """A field is missing or of the wrong type: answered with a CALLERROR that says which."""


def status(verdict: str, then: Callable[[], None] | None = None) -> Reply:
    """A reply that is a status alone; `then` follows once it is on the wire."""
    return Reply({"status": verdict}, then=then)


def text(payload: Payload, name: str) -> str:
    value = payload.get(name)
    if not isinstance(value, str):
        raise BadPayload(f"{name} must be a text")
    return value


def number(payload: Payload, name: str) -> int:
    value = payload.get(name)
    if not isinstance(value, int) or isinstance(value, bool):
        raise BadPayload(f"{name} must be a whole number")
    return value


def optional_number(payload: Payload, name: str) -> int | None:
    return number(payload, name) if payload.get(name) is not None else None


def chosen(payload: Payload, name: str, *words: str) -> str:
    value = payload.get(name)
    if value not in words:
        raise BadPayload(f"{name} must be one of {', '.join(words)}")
    return str(value)


def moment(payload: Payload, name: str) -> int:
    """A date as ms since the epoch; one without a zone is UTC."""
    try:
        found = datetime.fromisoformat(text(payload, name))
    except ValueError:
        raise BadPayload(f"{name} must be a date") from None
    return int((found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp() * 1000)


def inside(payload: Payload, name: str) -> Payload:
    """An object within."""
    value = payload.get(name)
    if not isinstance(value, dict):
        raise BadPayload(f"{name} must be an object")
    return value


def connector_id(station: Station, payload: Payload) -> int | None:
    """The connector that is meant, 0 for the whole charge point; None when there is no such one."""
    found = number(payload, "connectorId")
    return found if found == 0 or found in station.connectors else None
