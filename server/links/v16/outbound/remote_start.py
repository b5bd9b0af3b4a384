"""RemoteStartTransaction (OCPP 1.6 edition 2, section 5.11)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.charging_profile import read_profile, tell_profile, write_profile
from server.links.v16.outbound.fields import at_least
from server.model.command import RemoteStart
from server.model.tag import LONGEST_OF_OURS

ACTION = "RemoteStartTransaction"


def write(operation: RemoteStart) -> Payload:
    payload: Payload = {"idTag": operation.id_tag}
    if operation.connector_id is not None:
        payload = {"connectorId": operation.connector_id, **payload}  # TX-21
    if operation.profile is not None:
        payload["chargingProfile"] = write_profile(operation.profile)
    return payload


def read(payload: Payload) -> RemoteStart:
    at_least(1, payload, "connectorId")
    profile = payload.get("chargingProfile")
    return RemoteStart(
        payload["idTag"],
        payload.get("connectorId"),
        None if profile is None else read_profile(profile, "chargingProfile."),
    )


def tell(operation: RemoteStart) -> str:
    where = f"c{operation.connector_id}  " if operation.connector_id is not None else ""
    what = f"  {tell_profile(operation.profile)}" if operation.profile is not None else ""
    # AUTH-04: some chargers send it back longer, and their stop is then lost on servers that mind.
    long = "  (20 characters: some chargers add one)" if len(operation.id_tag) > LONGEST_OF_OURS else ""
    return f"{where}tag {operation.id_tag}{long}{what}"


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
