"""The reason why an operation cannot be sent now."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration, Operation, RemoteStart, RemoteStop
from server.model.guards.lists import why_not_list
from server.model.guards.profiles import why_not_clear, why_not_profile, why_not_start_profile
from server.model.guards.security import HIGHEST, why_not_profile_key
from server.model.guards.settings import why_not_value
from server.model.operations import (
    EXTENDED_TRIGGERS,
    TRIGGERS,
    ChangeAvailability,
    ClearChargingProfile,
    DataTransfer,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetDiagnostics,
    GetLog,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.status import ConnectorStatus, Registration

LONGEST_TAG = 20


def why_not(charger: Charger, operation: Operation, highest_profile: int = HIGHEST) -> str | None:
    """The reason why `operation` cannot be sent to `charger` now, as one short sentence part; None = go ahead.

    `highest_profile`: the OCPP security profile with which chargers can come in here.
    """
    if not charger.online:
        return "charger is offline"
    if charger.registration is Registration.REJECTED:
        return "charger is rejected: nothing may be sent to it"  # BOOT-07
    if isinstance(operation, RemoteStart | RemoteStop) and charger.registration is Registration.PENDING:
        return "charger is not adopted yet"  # BOOT-06
    match operation:
        case RemoteStart():
            return _why_not_start(charger, operation) or why_not_start_profile(charger, operation)
        case ChangeConfiguration():
            return why_not_profile_key(charger, operation, highest_profile) or why_not_value(charger, operation)
        case ReserveNow():
            return _why_not_reserve(charger, operation)
        case SendLocalList():
            return why_not_list(charger, operation)
        case SetChargingProfile():
            return why_not_profile(charger, operation)
        case ClearChargingProfile():
            return why_not_clear(operation)
    return _why_not_as_written(operation)  # all others, also RemoteStop of ids we do not know (TX-19)


def _why_not_as_written(operation: Operation) -> str | None:
    """Reasons that lie in the operation alone."""
    match operation:
        case TriggerMessage(message=message, connector_id=connector_id):
            return _why_not_trigger(message, connector_id, TRIGGERS)
        case ExtendedTriggerMessage(message=message, connector_id=connector_id):
            return _why_not_trigger(message, connector_id, EXTENDED_TRIGGERS)
        case UnlockConnector(connector_id=connector_id) if connector_id < 1:
            return "connector 0 has no lock"
        case ChangeAvailability(connector_id=connector_id) if connector_id < 0:
            return "there is no such connector"
        case GetCompositeSchedule(duration_s=duration_s) if duration_s < 1:
            return "a schedule is asked for at least one second"
        case DataTransfer(vendor_id=""):
            return "a vendor id is needed"
        case GetDiagnostics(location="") | GetLog(location=""):
            return "an address to upload to is needed"
        case UpdateFirmware(location="") | SignedUpdateFirmware(location=""):
            return "an address of the firmware is needed"
    return None


def _why_not_trigger(message: str, connector_id: int | None, known: tuple[str, ...]) -> str | None:
    """TRG-01."""
    if message not in known:
        return f"{message[:50]!r} cannot be asked for; it must be one of {', '.join(known)}"
    if connector_id is not None and connector_id < 1:
        return "connector 0 cannot be asked: name one, or none for the whole charger"
    return None


def _why_not_start(charger: Charger, operation: RemoteStart) -> str | None:
    if not 1 <= len(operation.id_tag) <= LONGEST_TAG:
        return "id tag must have 1 to 20 characters"
    if charger.main.is_faulted:
        return "charger is faulted"
    if operation.connector_id is None:
        return None
    if operation.connector_id < 1:
        return "connector 0 cannot start"  # TX-21
    connector = charger.connectors.get(operation.connector_id)
    if connector is None:
        return None  # never reported: let the charger decide
    if connector.transaction is not None:
        return f"transaction {connector.transaction.transaction_id} is running"
    if connector.status is ConnectorStatus.FAULTED:
        return "connector is faulted"
    if connector.status is ConnectorStatus.UNAVAILABLE:
        return "connector is unavailable"
    return None


def _why_not_reserve(charger: Charger, operation: ReserveNow) -> str | None:
    """Whether a connector is free the charger knows best: it answers Occupied, Faulted or Unavailable."""
    if not 1 <= len(operation.id_tag) <= LONGEST_TAG:
        return "id tag must have 1 to 20 characters"
    if operation.connector_id < 0:
        return "there is no such connector"
    supported = charger.setting("ReserveConnectorZeroSupported")
    if operation.connector_id == 0 and supported is not None and supported.casefold() != "true":  # RES-01
        return "this charger reserves named connectors only (ReserveConnectorZeroSupported)"
    return None
