"""SetChargingProfile (OCPP 1.6 edition 2, section 5.16)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.charging_profile import read_profile, tell_profile, write_profile
from server.links.v16.outbound.fields import at_least
from server.model.operations import SetChargingProfile

ACTION = "SetChargingProfile"


def write(operation: SetChargingProfile) -> Payload:
    return {"connectorId": operation.connector_id, "csChargingProfiles": write_profile(operation.profile)}


def read(payload: Payload) -> SetChargingProfile:
    at_least(0, payload, "connectorId")
    profile = read_profile(payload["csChargingProfiles"], "csChargingProfiles.")
    return SetChargingProfile(payload["connectorId"], profile)


def tell(operation: SetChargingProfile) -> str:
    return f"c{operation.connector_id}  {tell_profile(operation.profile)}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected", "NotSupported"])
