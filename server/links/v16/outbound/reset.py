"""Reset (OCPP 1.6 edition 2, section 5.14)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.command import Reset

ACTION = "Reset"


def write(operation: Reset) -> Payload:
    return {"type": operation.kind}


def read(payload: Payload) -> Reset:
    return Reset("Hard" if payload["type"] == "Hard" else "Soft")


def tell(operation: Reset) -> str:
    return operation.kind


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
