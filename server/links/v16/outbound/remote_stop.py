"""RemoteStopTransaction (OCPP 1.6 edition 2, section 5.12)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.command import RemoteStop

ACTION = "RemoteStopTransaction"


def write(operation: RemoteStop) -> Payload:
    return {"transactionId": operation.transaction_id}


def read(payload: Payload) -> RemoteStop:
    return RemoteStop(payload["transactionId"])


def tell(operation: RemoteStop) -> str:
    return f"tx {operation.transaction_id}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
