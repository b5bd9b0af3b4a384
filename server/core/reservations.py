"""Reservations: from the charger's word that it keeps a connector free, to whatever ends that (RES-02)."""

from __future__ import annotations

from server.core.bus import Bus
from server.model.charger import Charger
from server.model.event import EventKind
from server.model.operations import ReserveNow
from server.model.reservation import Reservation
from server.model.status import ConnectorStatus

_ENDING = frozenset({ConnectorStatus.FAULTED, ConnectorStatus.UNAVAILABLE})


def made(bus: Bus, charger: Charger, asked: ReserveNow, since: int, at: int) -> Reservation:
    """The charger accepted what it was asked at `since`. The same id again replaces what it was (RES-01)."""
    drop_expired(bus, charger, at)
    _end(bus, charger, asked.reservation_id, "replaced", at)
    reservation = Reservation(
        charger.charger_id,
        asked.reservation_id,
        asked.connector_id,
        asked.id_tag,
        asked.expires_at,
        at,
        asked.parent_id_tag,
    )
    charger.reservations[reservation.reservation_id] = reservation
    bus.emit(EventKind.RESERVATION_CHANGED, at, charger.charger_id, reservation)
    for running in charger.open_transactions():  # its start may be handled before the answer that came with it
        if running.reservation_id and running.start_received_at >= since:
            used(bus, charger, running.reservation_id, running.transaction_id, at)
    return reservation


def cancelled(bus: Bus, charger: Charger, reservation_id: int, at: int) -> None:
    _end(bus, charger, reservation_id, "cancelled", at)


def used(bus: Bus, charger: Charger, reservation_id: int, transaction_id: int, at: int) -> None:
    """A transaction names its reservation."""
    _end(bus, charger, reservation_id, f"used by transaction {transaction_id}", at)


def status_reported(
    bus: Bus, charger: Charger, connector_id: int, before: ConnectorStatus, status: ConnectorStatus, at: int
) -> None:
    """Out of service ends the reservations of a connector, of connector 0 only what was reserved as 0; and so does
    `Available` after `Reserved`: the charger gave it free."""
    drop_expired(bus, charger, at)
    freed = before is ConnectorStatus.RESERVED and status is ConnectorStatus.AVAILABLE
    if freed or status in _ENDING:
        because = "the charger gave the connector free" if freed else f"the connector is {status}"
        for reservation in list(charger.reservations.values()):
            if reservation.connector_id == connector_id:
                _end(bus, charger, reservation.reservation_id, because, at)


def removed(bus: Bus, charger: Charger, at: int) -> None:
    """The charger was forgotten: nobody will hear what becomes of its reservations."""
    for reservation_id in list(charger.reservations):
        _end(bus, charger, reservation_id, "the charger was removed", at)


def drop_expired(bus: Bus, charger: Charger, at: int) -> None:
    for reservation in list(charger.reservations.values()):
        if not reservation.holds(at):
            _end(bus, charger, reservation.reservation_id, "expired", at)


def _end(bus: Bus, charger: Charger, reservation_id: int, because: str, at: int) -> None:
    reservation = charger.reservations.pop(reservation_id, None)
    if reservation is not None:
        reservation.ended_at, reservation.ended_because = at, because
        bus.emit(EventKind.RESERVATION_CHANGED, at, charger.charger_id, reservation)
