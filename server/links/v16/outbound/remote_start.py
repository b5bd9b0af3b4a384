"""RemoteStartTransaction (OCPP 1.6 edition 2, section 5.11)."""

from __future__ import annotations

from server.core.ports import InvalidPayload
from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.command import RemoteStart

ACTION = "RemoteStartTransaction"


def write(operation: RemoteStart) -> Payload:
    payload: Payload = {"idTag": operation.id_tag}
    if operation.connector_id is not None:
        payload = {"connectorId": operation.connector_id, **payload}  # TX-21
    return payload


def read(payload: Payload) -> RemoteStart:
    if "chargingProfile" in payload:
        raise InvalidPayload("chargingProfile", "a remote start is sent without a profile")
    connector_id = payload.get("connectorId")
    if connector_id is not None and connector_id < 1:
        raise InvalidPayload("connectorId", "must be 1 or higher")
    return RemoteStart(payload["idTag"], connector_id)


def tell(operation: RemoteStart) -> str:
    where = f"c{operation.connector_id}  " if operation.connector_id is not None else ""
    return f"{where}tag {operation.id_tag}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
