"""Reservations."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.connector import Reservation
from simulator.link import Reply
from simulator.operations.replies import connector_id, moment, number, status, text
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


def reserve_now(station: Station, payload: Payload) -> Reply:
    wanted = connector_id(station, payload)
    reservation = Reservation(
        text(payload, "idTag"),
        number(payload, "reservationId"),
        moment(payload, "expiryDate"),
        str(payload.get("parentIdTag", "")),
    )
    if wanted is None or station.rebooting:
        return status("Rejected")
    if wanted == 0 and not station.configuration.flag("ReserveConnectorZeroSupported"):
        return status("Rejected")
    return status(station.reservations.reserve(wanted, reservation))


def cancel(station: Station, payload: Payload) -> Reply:
    return status("Accepted" if station.reservations.cancel(number(payload, "reservationId")) else "Rejected")
