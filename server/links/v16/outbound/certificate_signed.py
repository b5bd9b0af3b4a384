"""CertificateSigned (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.operations import CertificateSigned

ACTION = "CertificateSigned"


def write(operation: CertificateSigned) -> Payload:
    return {"certificateChain": operation.chain}


def read(payload: Payload) -> CertificateSigned:
    return CertificateSigned(payload["certificateChain"])


def tell(operation: CertificateSigned) -> str:
    return f"chain of {len(operation.chain)} characters"


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
