"""The actions of OCPP 1.6 and its security extension, to tell a slip of the finger from an action nobody used."""

from __future__ import annotations

from difflib import get_close_matches

ACTIONS = (
    "Authorize",
    "BootNotification",
    "CancelReservation",
    "CertificateSigned",
    "ChangeAvailability",
    "ChangeConfiguration",
    "ClearCache",
    "ClearChargingProfile",
    "DataTransfer",
    "DeleteCertificate",
    "DiagnosticsStatusNotification",
    "ExtendedTriggerMessage",
    "FirmwareStatusNotification",
    "GetCompositeSchedule",
    "GetConfiguration",
    "GetDiagnostics",
    "GetInstalledCertificateIds",
    "GetLocalListVersion",
    "GetLog",
    "Heartbeat",
    "InstallCertificate",
    "LogStatusNotification",
    "MeterValues",
    "RemoteStartTransaction",
    "RemoteStopTransaction",
    "ReserveNow",
    "Reset",
    "SecurityEventNotification",
    "SendLocalList",
    "SetChargingProfile",
    "SignCertificate",
    "SignedFirmwareStatusNotification",
    "SignedUpdateFirmware",
    "StartTransaction",
    "StatusNotification",
    "StopTransaction",
    "TriggerMessage",
    "UnlockConnector",
    "UpdateFirmware",
)
_BY_KEY = {action.casefold(): action for action in ACTIONS}


def doubt_about(action: str) -> str:
    """Why no charger should have used `action`, with what may be meant; empty for one of OCPP."""
    if action in ACTIONS:
        return ""
    near = get_close_matches(action.casefold(), _BY_KEY, 1, 0.6)
    return f"no such action: did you mean {_BY_KEY[near[0]]}?" if near else f"no such action in OCPP 1.6: {action}"
