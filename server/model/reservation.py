"""Reservations: a connector kept free for one id tag."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(slots=True)
class Reservation:
    """One reservation that a charger accepted. Only `server.core` writes. Connector 0 = any of its connectors.

    Chargers do not tell when one ends: it is over with a transaction that names it, when it is cancelled, when the
    connector goes out of service, and by itself at `expires_at` (RES-02).
    """

    charger_id: str
    reservation_id: int
    connector_id: int
    id_tag: str
    expires_at: int
    made_at: int
    parent_id_tag: str = ""
    ended_at: int = 0  #: 0 while it holds, or until it is noticed that it expired
    ended_because: str = ""  #: "used by transaction 987", "cancelled", "expired"

    def holds(self, at: int) -> bool:
        return not self.ended_at and at < self.expires_at
