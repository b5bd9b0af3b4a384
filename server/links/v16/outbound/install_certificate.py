"""InstallCertificate (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.operations import InstallCertificate

ACTION = "InstallCertificate"


def write(operation: InstallCertificate) -> Payload:
    return {"certificateType": operation.certificate_type, "certificate": operation.certificate}


def read(payload: Payload) -> InstallCertificate:
    return InstallCertificate(payload["certificateType"], payload["certificate"])


def tell(operation: InstallCertificate) -> str:
    return f"{operation.certificate_type} of {len(operation.certificate)} characters"


reply = by_status(accepted=["Accepted"], rejected=["Rejected", "Failed"])
