"""GetLog (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.links.v16.outbound.fields import at_least, fact, optional_time, present, time_or_none
from server.model.command import Reply
from server.model.operations import GetLog
from server.model.secret import without_password

ACTION = "GetLog"


#: May be left out by who asks: the server gives the id (SEC-14) and knows a place.
FILLED: Payload = {"requestId": 0, "log": {"remoteLocation": ""}}


def write(operation: GetLog) -> Payload:
    log = present(
        oldestTimestamp=time_or_none(operation.oldest_at),
        latestTimestamp=time_or_none(operation.latest_at),
    )
    return present(
        logType=operation.log_type,
        requestId=operation.request_id or 0,
        retries=operation.retries,
        retryInterval=operation.retry_interval,
        log={"remoteLocation": operation.location, **log},
    )


def read(payload: Payload) -> GetLog:
    at_least(0, payload, "requestId", "retries", "retryInterval")
    log = payload["log"]
    return GetLog(
        payload["logType"],
        payload["requestId"] or None,
        log["remoteLocation"],
        optional_time(log, "oldestTimestamp", "log."),
        optional_time(log, "latestTimestamp", "log."),
        payload.get("retries"),
        payload.get("retryInterval"),
    )


def tell(operation: GetLog) -> str:
    return f"{operation.log_type} to {without_password(operation.location)}"


_by_status = by_status(accepted=["Accepted", "AcceptedCanceled"], rejected=["Rejected"])


def reply(payload: Payload) -> Reply:
    """`AcceptedCanceled`: an upload that was under way was given up for this one."""
    return _by_status(payload)._replace(facts=fact(payload, "filename", "file"))
