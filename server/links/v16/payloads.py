"""Payloads of operations as programs and people write them: checked against the schema, then typed."""

from __future__ import annotations

from server.core.ports import InvalidPayload
from server.links.dialect import Payload
from server.links.v16.routing import OUTBOUND
from server.links.v16.schemas import actions, misfit
from server.model.command import Operation


def parse(action: str, payload: dict[str, object]) -> Operation:
    """The typed operation; `InvalidPayload` names the field that does not fit, or the action."""
    route = OUTBOUND.get(action)
    if route is None:
        known = "cannot be sent to a charger yet" if action in actions() else "is no operation of OCPP 1.6"
        raise InvalidPayload("", f"{action[:50]} {known}")
    found = misfit(action, payload)
    if found is not None:
        field, _, words = found
        raise InvalidPayload(field, words)
    checked: Payload = payload
    return route.read(checked)
