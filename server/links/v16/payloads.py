"""Payloads of operations as programs and people write them: checked against the schema, then typed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from server.core.ports import InvalidPayload
from server.links.dialect import Payload
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.schemas import actions, misfit, unknown_field
from server.links.v16.values import MAX_INT64
from server.model.command import Operation


def parse(action: str, payload: dict[str, object]) -> Operation:
    """The typed operation; `InvalidPayload` names the field that does not fit, or the action."""
    route = OUTBOUND.get(action)
    if route is None:
        known = "cannot be sent to a charger yet" if action in actions() else "is no operation of OCPP 1.6"
        raise InvalidPayload("", f"{action[:50]} {known}")
    payload = _filled(payload, route.filled)
    found = misfit(action, payload)
    if found is not None:
        field, keyword, words = found
        if keyword == "additionalProperties":
            raise InvalidPayload(unknown_field(action, payload), f"is no field of {action}")
        raise InvalidPayload(field, words)
    too_large = _too_large(payload)
    if too_large is not None:
        raise InvalidPayload(too_large, "is too large a number")
    checked: Payload = payload
    return route.read(checked)


def _too_large(value: object, path: str = "") -> str | None:
    """Path of the first whole number that no database and no charger can hold; None when there is none."""
    if isinstance(value, int) and abs(value) > MAX_INT64:
        return path
    inner: Iterable[tuple[str, object]] = ()
    if isinstance(value, dict):
        inner = ((f"{path}.{name}" if path else str(name), part) for name, part in value.items())
    elif isinstance(value, list):
        inner = ((f"{path}[{i}]", part) for i, part in enumerate(value))
    return next((found for name, part in inner if (found := _too_large(part, name)) is not None), None)


def _filled(payload: dict[str, object], filled: Mapping[str, Any]) -> dict[str, object]:
    """The payload with the fields that the server itself knows to fill, where they were left out."""
    completed = {**filled, **payload}
    for name, inner in filled.items():
        given = completed[name]
        if isinstance(inner, dict) and isinstance(given, dict):
            completed[name] = inner | given
    return completed
