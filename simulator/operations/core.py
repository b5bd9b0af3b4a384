"""Core profile."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from simulator.charging_profiles import ChargingProfile, Purpose, Unfit, read_profile
from simulator.connector import Connector, Trouble
from simulator.link import Reply
from simulator.operations.replies import (
    BadPayload,
    chosen,
    connector_id,
    inside,
    number,
    optional_number,
    status,
    text,
)
from simulator.watch import Kind
from simulator.words import Payload, Profile, Reason, Status

if TYPE_CHECKING:
    from simulator.station import Station


def reset(station: Station, payload: Payload) -> Reply:
    kind = chosen(payload, "type", "Soft", "Hard")
    return status("Accepted", then=lambda: station.reset(hard=kind == "Hard"))


def get_configuration(station: Station, payload: Payload) -> Reply:
    names = payload.get("key", [])
    if not (isinstance(names, list) and all(isinstance(name, str) for name in names)):
        raise BadPayload("key must be a list of texts")
    most = station.configuration.number("GetConfigurationMaxKeys")
    if len(names) > most:
        return Reply({}, "OccurrenceConstraintViolation", f"at most {most} keys at once")
    return Reply(station.configuration.read(names))


def change_configuration(station: Station, payload: Payload) -> Reply:
    name, value = text(payload, "key"), text(payload, "value")
    if name.lower() == "securityprofile" and not station.access.may_become(value):
        return status("Rejected")
    verdict = station.configuration.change(name, value)
    return status(verdict, then=(lambda: station.configuration_changed(name)) if verdict == "Accepted" else None)


def remote_start(station: Station, payload: Payload) -> Reply:
    id_tag, wanted = text(payload, "idTag"), optional_number(payload, "connectorId")
    connector = _find_start(station, id_tag, wanted)
    if connector is None:
        return status("Rejected")
    profile: ChargingProfile | None = None
    if "chargingProfile" in payload and Profile.SMART_CHARGING not in station.traits.lacks:
        try:
            profile = read_profile(inside(payload, "chargingProfile"))
        except Unfit:
            return status("Rejected")
        if profile.purpose is not Purpose.TRANSACTION:
            return status("Rejected")
    return status("Accepted", then=lambda: _remote_start(station, connector, id_tag, profile))


def _find_start(station: Station, id_tag: str, connector_id: int | None) -> Connector | None:
    """The connector a remote start can use: the one named, else one with a waiting cable, else a free one."""
    if station.rebooting or not station.registered or station.main.status is not Status.AVAILABLE:
        return None
    wanted = [c for n, c in station.connectors.items() if connector_id in (None, n)]
    able = [c for c in wanted if not station.reservations.why_not(c, id_tag)]
    return max(able, key=lambda c: c.cable, default=None)


def _remote_start(station: Station, connector: Connector, id_tag: str, profile: ChargingProfile | None) -> None:
    """It may have become impossible since it was accepted."""
    station.emit(Kind.REMOTE_START, connector.connector_id, id_tag)
    station.load.awaited.pop(connector.connector_id, None)
    if profile is not None:
        station.load.awaited[connector.connector_id] = profile
    if station.configuration.flag("AuthorizeRemoteTxRequests") and not station.authority.may_start_unasked(id_tag):
        station.sessions.authorise(connector, id_tag)
    elif not station.reservations.why_not(connector, id_tag):
        station.sessions.grant(connector, id_tag)


def remote_stop(station: Station, payload: Payload) -> Reply:
    transaction_id = number(payload, "transactionId")
    for connector in station.connectors.values():
        if connector.session is not None and connector.session.transaction_id == transaction_id:
            return status("Accepted", then=partial(station.sessions.end, connector.session, Reason.REMOTE))
    return status("Rejected")


def change_availability(station: Station, payload: Payload) -> Reply:
    kind = chosen(payload, "type", "Operative", "Inoperative")
    wanted = connector_id(station, payload)
    if wanted is None:
        return status("Rejected")
    touched = [c for c in station.board if wanted in (0, c.connector_id)]
    is_later = kind == "Inoperative" and any(connector.session is not None for connector in touched)
    verdict = "Scheduled" if is_later else "Accepted"
    return status(verdict, then=lambda: station.board.set_operative(wanted, kind == "Operative"))


def clear_cache(station: Station, payload: Payload) -> Reply:
    return status("Accepted" if station.authority.clear_cache() else "Rejected")


def unlock_connector(station: Station, payload: Payload) -> Reply:
    wanted = connector_id(station, payload)
    if not wanted or station.traits.fixed_cable:
        return status("NotSupported")
    connector = station.connectors[wanted]
    if connector.lock_broken or (connector.trouble and connector.trouble.error_code == "ConnectorLockFailure"):
        return status("UnlockFailed", then=lambda: _lock_failed(station, connector))
    return status("Unlocked", then=lambda: _unlock(station, connector))


def _unlock(station: Station, connector: Connector) -> None:
    if connector.session is not None:
        station.sessions.end(connector.session, Reason.UNLOCK_COMMAND)
    elif connector.awaited_tag:
        station.sessions.forget(connector)


def _lock_failed(station: Station, connector: Connector) -> None:
    """Told as ConnectorLockFailure, which does not stop a session."""
    if connector.trouble is None:
        connector.trouble = Trouble("ConnectorLockFailure", stops=False)
        station.board.settle(connector)
        station.emit(Kind.WARNING, connector.connector_id, "ConnectorLockFailure")


def data_transfer(station: Station, payload: Payload) -> Reply:
    """Knows what comes from its own vendor, and of that one message: `echo`."""
    if text(payload, "vendorId") != station.nameplate.vendor:
        return status("UnknownVendorId")
    if payload.get("messageId") != "echo":
        return status("UnknownMessageId")
    return Reply({"status": "Accepted", "data": str(payload.get("data", ""))})
