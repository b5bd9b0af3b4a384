"""ExtendedTriggerMessage (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload, Trigger
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, present
from server.model.operations import ExtendedTriggerMessage

ACTION = "ExtendedTriggerMessage"


#: Where the message that comes does not have the name it was asked with.
_SENT_AS = {
    "SignChargePointCertificate": ("SignCertificate",),
    "FirmwareStatusNotification": ("SignedFirmwareStatusNotification", "FirmwareStatusNotification"),
}


def write(operation: ExtendedTriggerMessage) -> Payload:
    return present(requestedMessage=operation.message, connectorId=operation.connector_id)


def read(payload: Payload) -> ExtendedTriggerMessage:
    at_least(1, payload, "connectorId")  # TRG-01
    return ExtendedTriggerMessage(payload["requestedMessage"], payload.get("connectorId"))


def tell(operation: ExtendedTriggerMessage) -> str:
    return operation.message + (f"  c{operation.connector_id}" if operation.connector_id is not None else "")


def asks(operation: ExtendedTriggerMessage) -> Trigger:
    return Trigger(_SENT_AS.get(operation.message, (operation.message,)), operation.message, operation.connector_id)


reply = by_status(accepted=["Accepted"], rejected=["Rejected", "NotImplemented"])
