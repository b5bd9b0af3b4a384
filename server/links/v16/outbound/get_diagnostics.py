"""GetDiagnostics (OCPP 1.6 edition 2, section 5.9)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.fields import at_least, fact, optional_time, present, time_or_none
from server.model.command import CommandState, Reply
from server.model.operations import GetDiagnostics
from server.model.secret import without_password

ACTION = "GetDiagnostics"


#: May be left out by who asks: the server knows a place.
FILLED: Payload = {"location": ""}


def write(operation: GetDiagnostics) -> Payload:
    return {
        "location": operation.location,
        **present(
            retries=operation.retries,
            retryInterval=operation.retry_interval,
            startTime=time_or_none(operation.start_at),
            stopTime=time_or_none(operation.stop_at),
        ),
    }


def read(payload: Payload) -> GetDiagnostics:
    at_least(0, payload, "retries", "retryInterval")
    return GetDiagnostics(
        payload["location"],
        optional_time(payload, "startTime"),
        optional_time(payload, "stopTime"),
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def tell(operation: GetDiagnostics) -> str:
    return f"to {without_password(operation.location)}"


def reply(payload: Payload) -> Reply:
    """Without a file name there is nothing to upload: no failure (FW-02)."""
    facts = fact(payload, "fileName", "file") or ("nothing to upload",)
    return Reply(CommandState.ACCEPTED, "", payload, facts=facts)
