"""The table of OCPP 1.6 towards the charger: which file writes which operation and reads its answer."""

from __future__ import annotations

from types import ModuleType

from server.links.dialect import Outbound
from server.links.v16.outbound import (
    cancel_reservation,
    certificate_signed,
    change_availability,
    change_configuration,
    clear_cache,
    clear_charging_profile,
    data_transfer,
    delete_certificate,
    extended_trigger_message,
    get_composite_schedule,
    get_configuration,
    get_diagnostics,
    get_installed_certificate_ids,
    get_local_list_version,
    get_log,
    install_certificate,
    remote_start,
    remote_stop,
    reserve_now,
    reset,
    send_local_list,
    set_charging_profile,
    signed_update_firmware,
    trigger_message,
    unlock_connector,
    update_firmware,
)
from server.model import operations as op
from server.model.command import ChangeConfiguration, GetConfiguration, Operation, RemoteStart, RemoteStop, Reset

_FILES: tuple[tuple[type[Operation], ModuleType], ...] = (
    (op.CancelReservation, cancel_reservation),
    (op.CertificateSigned, certificate_signed),
    (op.ChangeAvailability, change_availability),
    (ChangeConfiguration, change_configuration),
    (op.ClearCache, clear_cache),
    (op.ClearChargingProfile, clear_charging_profile),
    (op.DataTransfer, data_transfer),
    (op.DeleteCertificate, delete_certificate),
    (op.ExtendedTriggerMessage, extended_trigger_message),
    (op.GetCompositeSchedule, get_composite_schedule),
    (GetConfiguration, get_configuration),
    (op.GetDiagnostics, get_diagnostics),
    (op.GetInstalledCertificateIds, get_installed_certificate_ids),
    (op.GetLocalListVersion, get_local_list_version),
    (op.GetLog, get_log),
    (op.InstallCertificate, install_certificate),
    (RemoteStart, remote_start),
    (RemoteStop, remote_stop),
    (op.ReserveNow, reserve_now),
    (Reset, reset),
    (op.SendLocalList, send_local_list),
    (op.SetChargingProfile, set_charging_profile),
    (op.SignedUpdateFirmware, signed_update_firmware),
    (op.TriggerMessage, trigger_message),
    (op.UnlockConnector, unlock_connector),
    (op.UpdateFirmware, update_firmware),
)


def _outbound(operation: type[Operation], file: ModuleType) -> Outbound:
    extras = {name.lower(): getattr(file, name) for name in ("FILLED", "asks") if hasattr(file, name)}
    return Outbound(operation, file.write, file.read, file.reply, file.tell, **extras)


OUTBOUND = {file.ACTION: _outbound(operation, file) for operation, file in _FILES}
