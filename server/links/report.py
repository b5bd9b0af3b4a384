"""Tells the connection doctor what the links see, with our own address in the sentence that fixes it."""

from __future__ import annotations

from server.core.core import Core
from server.links.link import now_ms
from server.model.connection import Cause, ConnectionAttempt, Doors, fix_for
from server.model.health import Health


class Reporter:
    def __init__(self, core: Core, health: Health) -> None:
        self._core = core
        self._health = health

    def refused(self, peer: str, charger_id: str, cause: Cause, detail: str) -> None:
        """Somebody was not let in: counted, and told to the log once for many alike."""
        self._health.refused_connections += 1
        self._core.doctor.failed(now_ms(), peer, charger_id, cause, detail, self._fix(cause, charger_id, detail))

    def noticed(self, peer: str, charger_id: str, cause: Cause, detail: str) -> None:
        """Something about a link that stood is to be repaired; the log has its own line for it."""
        self._core.doctor.noticed(now_ms(), peer, charger_id, cause, detail, self._fix(cause, charger_id, detail))

    def connected(self, peer: str, charger_id: str, profile: int, oddities: tuple[str, ...]) -> ConnectionAttempt:
        told = "; ".join(oddities)
        cause = Cause.ODD if oddities else Cause.CONNECTED
        fix = self._fix(cause, charger_id, told)
        return self._core.doctor.connected(now_ms(), peer, charger_id, profile, told, fix)

    def ended(self, attempt: ConnectionAttempt, peer: str, reason: str) -> None:
        self._core.doctor.ended(attempt, now_ms(), reason, peer)

    def _fix(self, cause: Cause, charger_id: str, detail: str) -> str:
        return fix_for(cause, charger_id, Doors(self._health.ocpp_url, self._health.ocpps_url), detail)
