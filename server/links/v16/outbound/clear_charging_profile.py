"""ClearChargingProfile (OCPP 1.6 edition 2, section 5.5)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, present
from server.model.operations import ClearChargingProfile
from server.model.profile import ProfilePurpose

ACTION = "ClearChargingProfile"


def write(operation: ClearChargingProfile) -> Payload:
    if operation.profile_id is not None:
        return {"id": operation.profile_id}  # the charger ignores the others beside it (SC-06)
    return present(
        connectorId=operation.connector_id,
        chargingProfilePurpose=None if operation.purpose is None else operation.purpose.value,
        stackLevel=operation.stack_level,
    )


def read(payload: Payload) -> ClearChargingProfile:
    at_least(0, payload, "connectorId", "stackLevel")
    purpose = payload.get("chargingProfilePurpose")
    return ClearChargingProfile(
        payload.get("id"),
        payload.get("connectorId"),
        None if purpose is None else ProfilePurpose(purpose),
        payload.get("stackLevel"),
    )


def tell(operation: ClearChargingProfile) -> str:
    return "  ".join(f"{name} {value}" for name, value in write(operation).items()) or "all"


#: `Unknown`: no profile matched. There is none any more, which is what was asked for (SC-06).
reply = by_status(accepted=["Accepted", "Unknown"], rejected=[])
