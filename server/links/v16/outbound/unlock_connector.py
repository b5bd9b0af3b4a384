"""UnlockConnector (OCPP 1.6 edition 2, section 5.18)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least
from server.model.operations import UnlockConnector

ACTION = "UnlockConnector"


def write(operation: UnlockConnector) -> Payload:
    return {"connectorId": operation.connector_id}


def read(payload: Payload) -> UnlockConnector:
    at_least(1, payload, "connectorId")
    return UnlockConnector(payload["connectorId"])


def tell(operation: UnlockConnector) -> str:
    return f"c{operation.connector_id}"


#: Some answer `Accepted`, which is no word of this message: no refusal, but nobody knows whether it opened (UNL-01).
reply = by_status(accepted=["Unlocked", "Accepted"], rejected=["UnlockFailed", "NotSupported"])
