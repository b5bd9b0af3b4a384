"""DeleteCertificate (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.operations import DeleteCertificate

ACTION = "DeleteCertificate"


def write(operation: DeleteCertificate) -> Payload:
    return {
        "certificateHashData": {
            "hashAlgorithm": operation.hash_algorithm,
            "issuerNameHash": operation.issuer_name_hash,
            "issuerKeyHash": operation.issuer_key_hash,
            "serialNumber": operation.serial_number,
        }
    }


def read(payload: Payload) -> DeleteCertificate:
    data = payload["certificateHashData"]
    return DeleteCertificate(data["hashAlgorithm"], data["issuerNameHash"], data["issuerKeyHash"], data["serialNumber"])


def tell(operation: DeleteCertificate) -> str:
    return f"serial {operation.serial_number}"


reply = by_status(accepted=["Accepted"], rejected=["Failed", "NotFound"])
