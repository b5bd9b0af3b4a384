"""SecurityEventNotification (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.times import read_time
from server.model.charger import Charger
from server.model.security_event import SecurityEvent

ACTION = "SecurityEventNotification"
LONGEST_TYPE, LONGEST_INFO = 50, 512


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Always answered `{}`, also when nothing in it can be read (SEC-13)."""
    get = payload.get
    event = SecurityEvent(
        charger.charger_id,
        at,
        get("type", "")[:LONGEST_TYPE] or "no type",
        get("techInfo", "")[:LONGEST_INFO],
        read_time(get("timestamp")),
    )
    core.security_event(event)
    return "{}"
