"""TriggerMessage (OCPP 1.6 edition 2, section 5.17)."""

from __future__ import annotations

from server.links.dialect import Payload, Trigger
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, present
from server.model.operations import TriggerMessage

ACTION = "TriggerMessage"


def write(operation: TriggerMessage) -> Payload:
    return present(requestedMessage=operation.message, connectorId=operation.connector_id)


def read(payload: Payload) -> TriggerMessage:
    at_least(1, payload, "connectorId")  # TRG-01
    return TriggerMessage(payload["requestedMessage"], payload.get("connectorId"))


def tell(operation: TriggerMessage) -> str:
    return operation.message + (f"  c{operation.connector_id}" if operation.connector_id is not None else "")


def asks(operation: TriggerMessage) -> Trigger:
    return Trigger((operation.message,), operation.message, operation.connector_id)


reply = by_status(accepted=["Accepted"], rejected=["Rejected", "NotImplemented"])
