"""UpdateFirmware (OCPP 1.6 edition 2, section 5.19)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.fields import at_least, present, required_time
from server.links.v16.times import write_time
from server.model.command import CommandState, Reply
from server.model.operations import UpdateFirmware
from server.model.secret import without_password

ACTION = "UpdateFirmware"


def write(operation: UpdateFirmware) -> Payload:
    return {
        "location": operation.location,
        "retrieveDate": write_time(operation.retrieve_at),
        **present(retries=operation.retries, retryInterval=operation.retry_interval),
    }


def read(payload: Payload) -> UpdateFirmware:
    at_least(0, payload, "retries", "retryInterval")
    return UpdateFirmware(
        payload["location"],
        required_time(payload, "retrieveDate"),
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def tell(operation: UpdateFirmware) -> str:
    return without_password(operation.location)


def reply(payload: Payload) -> Reply:
    """The answer has no word: what becomes of it is told by FirmwareStatusNotification (FW-01)."""
    return Reply(CommandState.ACCEPTED, "", payload)
