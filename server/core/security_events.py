"""Security events of chargers: kept, told to the log, and to whoever listens (SEC-13)."""

from __future__ import annotations

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.event import EventKind
from server.model.log import Level
from server.model.security_event import TAMPERED, SecurityEvent


def record(bus: Bus, log: LogRing, event: SecurityEvent) -> None:
    """Any type counts, known or not. Somebody who opens a charger is the loudest of them."""
    level = Level.ERROR if event.type == TAMPERED else Level.WARNING
    mark = "critical: " if event.is_critical else ""
    told = (mark, event.type, f"  '{event.tech_info}'" if event.tech_info else "")
    log.add(event.at, level, event.charger_id, "in", "security", "%s%s%s", told)
    bus.emit(EventKind.SECURITY_EVENT, event.at, event.charger_id, event)
