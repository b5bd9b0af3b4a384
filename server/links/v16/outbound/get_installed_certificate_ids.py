"""GetInstalledCertificateIds (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.command import Reply
from server.model.operations import GetInstalledCertificateIds

ACTION = "GetInstalledCertificateIds"


def write(operation: GetInstalledCertificateIds) -> Payload:
    return {"certificateType": operation.certificate_type}


def read(payload: Payload) -> GetInstalledCertificateIds:
    return GetInstalledCertificateIds(payload["certificateType"])


def tell(operation: GetInstalledCertificateIds) -> str:
    return operation.certificate_type


#: `NotFound` is an answer like others: none is installed.
_by_status = by_status(accepted=["Accepted", "NotFound"], rejected=[])


def reply(payload: Payload) -> Reply:
    """The facts are one line a certificate, with what DeleteCertificate needs."""
    found = payload.get("certificateHashData")
    facts = tuple(_certificate(entry) for entry in found) if isinstance(found, list) else ()
    return _by_status(payload)._replace(facts=facts or ("none is installed",))


def _certificate(entry: object) -> str:
    if not isinstance(entry, dict):
        return "an entry that cannot be read"
    names = ("serialNumber", "hashAlgorithm", "issuerNameHash", "issuerKeyHash")
    return " ".join(f"{name} {str(entry.get(name, '?'))[:130]}" for name in names)
