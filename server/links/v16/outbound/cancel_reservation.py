"""CancelReservation (OCPP 1.6 edition 2, section 5.1)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.operations import CancelReservation

ACTION = "CancelReservation"


def write(operation: CancelReservation) -> Payload:
    return {"reservationId": operation.reservation_id}


def read(payload: Payload) -> CancelReservation:
    return CancelReservation(payload["reservationId"])


def tell(operation: CancelReservation) -> str:
    return f"reservation {operation.reservation_id}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
