"""ChangeAvailability (OCPP 1.6 edition 2, section 5.2)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least
from server.model.operations import ChangeAvailability

ACTION = "ChangeAvailability"


def write(operation: ChangeAvailability) -> Payload:
    return {"connectorId": operation.connector_id, "type": "Operative" if operation.operative else "Inoperative"}


def read(payload: Payload) -> ChangeAvailability:
    at_least(0, payload, "connectorId")
    return ChangeAvailability(payload["connectorId"], payload["type"] == "Operative")


def tell(operation: ChangeAvailability) -> str:
    return f"c{operation.connector_id}  {'Operative' if operation.operative else 'Inoperative'}"


#: `Scheduled` is the normal answer while a transaction runs (SN-13).
reply = by_status(accepted=["Accepted", "Scheduled"], rejected=["Rejected"])
