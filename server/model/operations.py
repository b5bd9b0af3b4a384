"""Operations beyond the five of the first release, typed and version-neutral; `name` is the OCPP 1.6 name.

Times are ms since the epoch. An optional field that is None (or empty) is left out of the message.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar, Literal

from server.model.command import Operation
from server.model.profile import ChargingProfile, ProfilePurpose, RateUnit
from server.model.tag import LocalListEntry

#: What TriggerMessage can ask for, and what ExtendedTriggerMessage adds and leaves out (TRG-01).
TRIGGERS = (
    "BootNotification",
    "DiagnosticsStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "StatusNotification",
)
EXTENDED_TRIGGERS = (
    "BootNotification",
    "LogStatusNotification",
    "FirmwareStatusNotification",
    "Heartbeat",
    "MeterValues",
    "SignChargePointCertificate",
    "StatusNotification",
)

CertificateUse = Literal["CentralSystemRootCertificate", "ManufacturerRootCertificate"]


@dataclass(frozen=True, slots=True)
class ChangeAvailability(Operation):
    """Connector 0 = the whole charger. The answer may be Scheduled while a transaction runs (SN-13)."""

    name: ClassVar[str] = "ChangeAvailability"
    connector_id: int
    operative: bool


@dataclass(frozen=True, slots=True)
class ClearCache(Operation):
    name: ClassVar[str] = "ClearCache"


@dataclass(frozen=True, slots=True)
class DataTransfer(Operation):
    name: ClassVar[str] = "DataTransfer"
    vendor_id: str
    message_id: str = ""
    data: str = ""


@dataclass(frozen=True, slots=True)
class UnlockConnector(Operation):
    name: ClassVar[str] = "UnlockConnector"
    connector_id: int


@dataclass(frozen=True, slots=True)
class TriggerMessage(Operation):
    """Ask for one message now, one of `TRIGGERS`; of the whole charger, or of one connector (TRG-01)."""

    name: ClassVar[str] = "TriggerMessage"
    message: str
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class ExtendedTriggerMessage(Operation):
    """`TriggerMessage` of the security extension; its firmware status is that of SignedUpdateFirmware."""

    name: ClassVar[str] = "ExtendedTriggerMessage"
    message: str
    connector_id: int | None = None


@dataclass(frozen=True, slots=True)
class GetDiagnostics(Operation):
    """`location` empty: the built-in drop is filled in where there is one (FW-02)."""

    name: ClassVar[str] = "GetDiagnostics"
    location: str = ""
    start_at: int | None = None
    stop_at: int | None = None
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, slots=True)
class GetLog(Operation):
    """`request_id` None: given by the desk; later notifications carry it (SEC-14)."""

    name: ClassVar[str] = "GetLog"
    log_type: Literal["DiagnosticsLog", "SecurityLog"] = "DiagnosticsLog"
    request_id: int | None = None
    location: str = ""
    oldest_at: int | None = None
    latest_at: int | None = None
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, slots=True)
class UpdateFirmware(Operation):
    name: ClassVar[str] = "UpdateFirmware"
    location: str
    retrieve_at: int
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, slots=True)
class SignedUpdateFirmware(Operation):
    name: ClassVar[str] = "SignedUpdateFirmware"
    location: str
    retrieve_at: int
    signing_certificate: str
    signature: str
    install_at: int | None = None
    request_id: int | None = None
    retries: int | None = None
    retry_interval: int | None = None


@dataclass(frozen=True, slots=True)
class GetLocalListVersion(Operation):
    name: ClassVar[str] = "GetLocalListVersion"


@dataclass(frozen=True, slots=True)
class SendLocalList(Operation):
    """`full` False = differential; an entry without status deletes the tag there (LL-02)."""

    name: ClassVar[str] = "SendLocalList"
    list_version: int
    full: bool = True
    entries: tuple[LocalListEntry, ...] = ()


@dataclass(frozen=True, slots=True)
class ReserveNow(Operation):
    name: ClassVar[str] = "ReserveNow"
    connector_id: int
    id_tag: str
    expires_at: int
    reservation_id: int
    parent_id_tag: str = ""


@dataclass(frozen=True, slots=True)
class CancelReservation(Operation):
    name: ClassVar[str] = "CancelReservation"
    reservation_id: int


@dataclass(frozen=True, slots=True)
class SetChargingProfile(Operation):
    name: ClassVar[str] = "SetChargingProfile"
    connector_id: int
    profile: ChargingProfile


@dataclass(frozen=True, slots=True)
class ClearChargingProfile(Operation):
    """No field = all profiles; an id given = the others are ignored (SC-06)."""

    name: ClassVar[str] = "ClearChargingProfile"
    profile_id: int | None = None
    connector_id: int | None = None
    purpose: ProfilePurpose | None = None
    stack_level: int | None = None


@dataclass(frozen=True, slots=True)
class GetCompositeSchedule(Operation):
    name: ClassVar[str] = "GetCompositeSchedule"
    connector_id: int
    duration_s: int
    unit: RateUnit | None = None


@dataclass(frozen=True, slots=True)
class CertificateSigned(Operation):
    name: ClassVar[str] = "CertificateSigned"
    chain: str


@dataclass(frozen=True, slots=True)
class InstallCertificate(Operation):
    name: ClassVar[str] = "InstallCertificate"
    certificate_type: CertificateUse
    certificate: str


@dataclass(frozen=True, slots=True)
class GetInstalledCertificateIds(Operation):
    name: ClassVar[str] = "GetInstalledCertificateIds"
    certificate_type: CertificateUse


@dataclass(frozen=True, slots=True)
class DeleteCertificate(Operation):
    name: ClassVar[str] = "DeleteCertificate"
    hash_algorithm: Literal["SHA256", "SHA384", "SHA512"]
    issuer_name_hash: str
    issuer_key_hash: str
    serial_number: str
