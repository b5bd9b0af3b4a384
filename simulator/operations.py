"""Answers to what the CSMS asks, one function an operation; `OPERATIONS` is the routing table."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from simulator.link import Reply
from simulator.words import Payload, Reason

if TYPE_CHECKING:
    from simulator.station import Station

Operation = Callable[["Station", Payload], Reply]


def answer(station: Station, action: str, payload: Payload) -> Reply:
    """The reply to one CALL; the effect follows in `Reply.then`, after the reply has left."""
    operation = OPERATIONS.get(action)
    if operation is None:
        return Reply({}, "NotImplemented", f"{action} is not known here")
    if action in station.traits.refuses:
        return _status("Rejected")
    return operation(station, payload)


def _reset(station: Station, payload: Payload) -> Reply:
    kind = payload.get("type")
    if kind not in ("Soft", "Hard"):
        return _bad("type must be Soft or Hard")
    return _status("Accepted", then=lambda: station.reset(hard=kind == "Hard"))


def _get_configuration(station: Station, payload: Payload) -> Reply:
    names = payload.get("key", [])
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        return _bad("key must be a list of texts")
    return Reply(station.configuration.read(names))


def _change_configuration(station: Station, payload: Payload) -> Reply:
    name, value = payload.get("key"), payload.get("value")
    if not (isinstance(name, str) and isinstance(value, str)):
        return _bad("key and value must be texts")
    verdict = station.configuration.change(name, value)
    return _status(verdict, then=station.configuration_changed if verdict == "Accepted" else None)


def _remote_start(station: Station, payload: Payload) -> Reply:
    id_tag, wanted = payload.get("idTag"), payload.get("connectorId")
    if not isinstance(id_tag, str):
        return _bad("idTag must be a text")
    if wanted is not None and not isinstance(wanted, int):
        return _bad("connectorId must be a number")
    connector = station.find_start(id_tag, wanted)
    if connector is None:
        return _status("Rejected")
    return _status("Accepted", then=lambda: station.remote_start(connector.connector_id, id_tag))


def _remote_stop(station: Station, payload: Payload) -> Reply:
    transaction_id = payload.get("transactionId")
    if not isinstance(transaction_id, int):
        return _bad("transactionId must be a number")
    for connector in station.connectors.values():
        if connector.session is not None and connector.session.transaction_id == transaction_id:
            session = connector.session
            return _status("Accepted", then=partial(station.end, session, Reason.REMOTE))
    return _status("Rejected")


def _status(verdict: str, then: Callable[[], None] | None = None) -> Reply:
    return Reply({"status": verdict}, then=then)


def _bad(description: str) -> Reply:
    return Reply({}, "TypeConstraintViolation", description)


OPERATIONS: dict[str, Operation] = {
    "Reset": _reset,
    "GetConfiguration": _get_configuration,
    "ChangeConfiguration": _change_configuration,
    "RemoteStartTransaction": _remote_start,
    "RemoteStopTransaction": _remote_stop,
}
