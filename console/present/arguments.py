"""What an operation is told, in few words. Pure."""

from __future__ import annotations

from dataclasses import fields

from server.model.command import ChangeConfiguration, GetConfiguration, Operation, RemoteStart, RemoteStop, Reset
from server.model.operations import (
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ClearChargingProfile,
    DataTransfer,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLog,
    InstallCertificate,
    ReserveNow,
    SendLocalList,
    SetChargingProfile,
    SignedUpdateFirmware,
    TriggerMessage,
    UnlockConnector,
    UpdateFirmware,
)
from server.model.profile import ChargingProfile
from server.model.secret import HIDDEN, is_secret, without_password


def arguments_of(operation: Operation) -> str:
    """What the operation is told, short: `Soft`, `c2 A1B2C3`, `HeartbeatInterval = 300`."""
    match operation:
        case Reset(kind=kind):
            return kind
        case GetConfiguration(keys=keys):
            return " ".join(keys) if keys else "all keys"
        case ChangeConfiguration(key=key, value=value):
            return f"{key} = {HIDDEN if is_secret(key) else value}"
        case RemoteStart(id_tag=id_tag, connector_id=connector_id, profile=profile):
            who = f"c{connector_id} {id_tag}" if connector_id is not None else id_tag
            return who if profile is None else f"{who} {_profile(profile)}"
        case RemoteStop(transaction_id=transaction_id):
            return f"tx {transaction_id}"
    return _arguments_of_others(operation)


def _arguments_of_others(operation: Operation) -> str:
    match operation:
        case ChangeAvailability(connector_id=c, operative=operative):
            return f"{_where(c)} {'in service' if operative else 'out of service'}"
        case UnlockConnector(connector_id=c):
            return _where(c)
        case TriggerMessage(message=message, connector_id=c) | ExtendedTriggerMessage(message=message, connector_id=c):
            return message if c is None else f"{message} c{c}"
        case DataTransfer():
            return f"{operation.vendor_id} {operation.message_id}".rstrip()
        case GetDiagnostics(location=location) | UpdateFirmware(location=location):
            return without_password(location)
        case SignedUpdateFirmware(location=location):
            return without_password(location)
        case GetLog():
            return f"{operation.log_type} {without_password(operation.location)}".rstrip()
        case SendLocalList():
            kind = "full" if operation.full else "differential"
            return f"version {operation.list_version} {kind} {len(operation.entries)} tags"
        case ReserveNow():
            return f"{_where(operation.connector_id)} {operation.id_tag} reservation {operation.reservation_id}"
        case CancelReservation(reservation_id=reservation_id):
            return f"reservation {reservation_id}"
        case SetChargingProfile(connector_id=c, profile=profile):
            return f"{_where(c)} {_profile(profile)}"
        case ClearChargingProfile():
            return _cleared(operation)
        case GetCompositeSchedule(connector_id=c, duration_s=duration_s):
            return f"{_where(c)} next {duration_s} s"
        case CertificateSigned() | InstallCertificate() | GetInstalledCertificateIds() | DeleteCertificate():
            return _certificate(operation)
    return " ".join(f"{f.name}={getattr(operation, f.name)}" for f in fields(operation))[:200]


def _where(connector_id: int) -> str:
    return f"c{connector_id}" if connector_id else "whole charger"


def _profile(profile: ChargingProfile) -> str:
    limits = ", ".join(f"{p.limit_x10 / 10:g}" for p in profile.schedule.periods[:3])
    more = " ..." if len(profile.schedule.periods) > 3 else ""
    return f"{profile.purpose} level {profile.stack_level}: {limits}{more} {profile.schedule.unit}"


def _cleared(operation: ClearChargingProfile) -> str:
    if operation.profile_id is not None:
        return f"profile {operation.profile_id}"
    named = [
        "" if operation.connector_id is None else _where(operation.connector_id),
        operation.purpose or "",
        "" if operation.stack_level is None else f"level {operation.stack_level}",
    ]
    return " ".join(filter(None, named)) or "all profiles"


def _certificate(operation: Operation) -> str:
    match operation:
        case CertificateSigned(chain=chain):
            return f"chain of {len(chain)} characters"
        case InstallCertificate(certificate_type=kind) | GetInstalledCertificateIds(certificate_type=kind):
            return kind.removesuffix("Certificate")
        case DeleteCertificate(serial_number=serial_number):
            return f"serial {serial_number}"
    return ""
