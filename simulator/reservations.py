"""Places kept for a tag: at one connector, or at whichever connector is left (connector 0)."""

from __future__ import annotations

from simulator.authority import Authority
from simulator.board import Board
from simulator.clock import Schedule, wall_ms
from simulator.connector import Connector, Reservation
from simulator.words import Status

#: What ReserveNow is answered for a connector in this state.
_TAKEN = {
    Status.FAULTED: "Faulted",
    Status.UNAVAILABLE: "Unavailable",
    Status.AVAILABLE: "",
}


class Reservations:
    """That of a connector is kept there, as its status follows from it; those of connector 0 here."""

    def __init__(self, board: Board, schedule: Schedule, authority: Authority) -> None:
        self.roaming: dict[int, Reservation] = {}  #: of connector 0, by id
        self._board, self._schedule, self._authority = board, schedule, authority

    def reserve(self, connector_id: int, reservation: Reservation, note: str = "") -> str:
        """ReserveNow: Accepted, or why not. The same id again replaces the old one."""
        if reservation.expires_at <= wall_ms():
            return "Rejected"
        old = self._holder(reservation.reservation_id)
        if verdict := self._why_taken(connector_id, old, reservation.reservation_id):
            return verdict
        self.cancel(reservation.reservation_id)
        if connector_id == 0:
            self.roaming[reservation.reservation_id] = reservation
        else:
            connector = self._board.outlet(connector_id)
            connector.reservation, connector.note = reservation, note
            self._board.settle(connector)
        left_s = (reservation.expires_at - wall_ms()) / 1000 * self._schedule.clock.tempo
        number = reservation.reservation_id
        self._schedule.after(("reservation", number), left_s, lambda: self._expire(number))
        return "Accepted"

    def cancel(self, reservation_id: int) -> bool:
        """False when there is no such reservation: it was used, or is over."""
        self._schedule.cancel(("reservation", reservation_id))
        if self.roaming.pop(reservation_id, None) is not None:
            return True
        connector = self._holder(reservation_id)
        if connector is None:
            return False
        connector.reservation, connector.note = None, ""
        self._board.settle(connector)
        return True

    def _expire(self, reservation_id: int) -> None:
        self.cancel(reservation_id)

    def why_not(self, connector: Connector, id_tag: str) -> str:
        """Why this tag cannot start at this connector, reservations counted; empty when it can."""
        parent = self._authority.parent(id_tag)
        if reason := connector.why_not_start(id_tag, parent):
            return reason
        others = [r for r in self.roaming.values() if not r.admits(id_tag, parent)]
        if others and connector.reservation is None and len(self._free()) <= len(others):
            return "The last free connector is reserved for somebody else."
        return ""

    def may_be_of_the_group(self, connector: Connector, id_tag: str) -> bool:
        """Reserved for a group, and only the CSMS can tell whether this tag belongs to it."""
        kept = connector.reservation
        return kept is not None and bool(kept.parent_id_tag) and not self._authority.parent(id_tag)

    def take(self, connector: Connector, id_tag: str) -> int | None:
        """A transaction starts: the id of the reservation that it uses."""
        kept, connector.reservation = connector.reservation, None
        if kept is None:
            parent = self._authority.parent(id_tag)
            kept = next((r for r in self.roaming.values() if r.admits(id_tag, parent)), None)
        if kept is None:
            return None
        self.cancel(kept.reservation_id)
        return kept.reservation_id

    def _holder(self, reservation_id: int) -> Connector | None:
        for connector in self._board.connectors.values():
            if connector.reservation is not None and connector.reservation.reservation_id == reservation_id:
                return connector
        return None

    def _free(self) -> list[Connector]:
        return [c for c in self._board.connectors.values() if c.status in (Status.AVAILABLE, Status.PREPARING)]

    def _why_taken(self, connector_id: int, old: Connector | None, reservation_id: int) -> str:
        if connector_id:
            connector = self._board.outlet(connector_id)
            return "" if connector is old else _TAKEN.get(connector.status, "Occupied")
        others = len(self.roaming.keys() - {reservation_id})
        if len(self._free()) > others:
            return ""
        states = [connector.status for connector in self._board.connectors.values()]
        for status in (Status.FAULTED, Status.UNAVAILABLE):
            if all(state is status for state in states):
                return _TAKEN[status]
        return "Occupied"
