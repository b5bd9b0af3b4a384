"""ReserveNow (OCPP 1.6 edition 2, section 5.13)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, present, required_time
from server.links.v16.times import write_time
from server.model.operations import ReserveNow

ACTION = "ReserveNow"


def write(operation: ReserveNow) -> Payload:
    return present(
        connectorId=operation.connector_id,
        expiryDate=write_time(operation.expires_at),
        idTag=operation.id_tag,
        parentIdTag=operation.parent_id_tag,
        reservationId=operation.reservation_id,
    )


def read(payload: Payload) -> ReserveNow:
    at_least(0, payload, "connectorId")
    return ReserveNow(
        payload["connectorId"],
        payload["idTag"],
        required_time(payload, "expiryDate"),
        payload["reservationId"],
        payload.get("parentIdTag", ""),
    )


def tell(operation: ReserveNow) -> str:
    until = write_time(operation.expires_at)
    return f"c{operation.connector_id}  tag {operation.id_tag}  until {until}  reservation {operation.reservation_id}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected", "Faulted", "Occupied", "Unavailable"])
