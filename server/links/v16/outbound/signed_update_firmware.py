"""SignedUpdateFirmware (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, optional_time, present, required_time, time_or_none
from server.links.v16.times import write_time
from server.model.operations import SignedUpdateFirmware
from server.model.secret import without_password

ACTION = "SignedUpdateFirmware"


#: May be left out by who asks: the server gives the id (SEC-14).
FILLED: Payload = {"requestId": 0}


def write(operation: SignedUpdateFirmware) -> Payload:
    firmware = {
        "location": operation.location,
        "retrieveDateTime": write_time(operation.retrieve_at),
        **present(installDateTime=time_or_none(operation.install_at)),
        "signingCertificate": operation.signing_certificate,
        "signature": operation.signature,
    }
    return present(
        requestId=operation.request_id or 0,
        retries=operation.retries,
        retryInterval=operation.retry_interval,
        firmware=firmware,
    )


def read(payload: Payload) -> SignedUpdateFirmware:
    at_least(0, payload, "requestId", "retries", "retryInterval")
    firmware = payload["firmware"]
    return SignedUpdateFirmware(
        firmware["location"],
        required_time(firmware, "retrieveDateTime", "firmware."),
        firmware["signingCertificate"],
        firmware["signature"],
        optional_time(firmware, "installDateTime", "firmware."),
        payload["requestId"] or None,
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def tell(operation: SignedUpdateFirmware) -> str:
    return without_password(operation.location)


#: `AcceptedCanceled`: an update that was under way was given up for this one.
reply = by_status(
    accepted=["Accepted", "AcceptedCanceled"],
    rejected=["Rejected", "InvalidCertificate", "RevokedCertificate"],
)
