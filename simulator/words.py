"""The words of OCPP 1.6 that a charge point speaks.

Written down here on purpose and shared with nobody: when both ends of a wire take their words from one place, a wrong
one goes unnoticed.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Any

Payload = dict[str, Any]  #: a JSON object as OCPP spells it, camelCase keys


class Status(StrEnum):
    """The nine states of a connector."""

    AVAILABLE = "Available"
    PREPARING = "Preparing"
    CHARGING = "Charging"
    SUSPENDED_EV = "SuspendedEV"
    SUSPENDED_EVSE = "SuspendedEVSE"
    FINISHING = "Finishing"
    RESERVED = "Reserved"
    UNAVAILABLE = "Unavailable"
    FAULTED = "Faulted"


class Reason(StrEnum):
    """Why a transaction ended."""

    DEAUTHORIZED = "DeAuthorized"
    EMERGENCY_STOP = "EmergencyStop"
    EV_DISCONNECTED = "EVDisconnected"
    HARD_RESET = "HardReset"
    LOCAL = "Local"
    OTHER = "Other"
    POWER_LOSS = "PowerLoss"
    REBOOT = "Reboot"
    REMOTE = "Remote"
    SOFT_RESET = "SoftReset"
    UNLOCK_COMMAND = "UnlockCommand"


#: Every error code but `NoError`.
ERROR_CODES = (
    "ConnectorLockFailure",
    "EVCommunicationError",
    "GroundFailure",
    "HighTemperature",
    "InternalError",
    "LocalListConflict",
    "OtherError",
    "OverCurrentFailure",
    "OverVoltage",
    "PowerMeterFailure",
    "PowerSwitchFailure",
    "ReaderFailure",
    "ResetFailure",
    "UnderVoltage",
    "WeakSignal",
)

NO_ERROR = "NoError"

#: Troubles a connector goes on charging with, unless the caller says otherwise.
WARNING_CODES = frozenset({"EVCommunicationError", "WeakSignal", "LocalListConflict", "ReaderFailure"})

#: Messages that a charge point may not lose: kept until they are answered.
TRANSACTION_ACTIONS = frozenset({"StartTransaction", "MeterValues", "StopTransaction"})


class Profile(StrEnum):
    """The feature profiles. Security is no profile of OCPP 1.6, but an extension: it is listed nowhere."""

    CORE = "Core"
    FIRMWARE = "FirmwareManagement"
    LOCAL_LIST = "LocalAuthListManagement"
    RESERVATION = "Reservation"
    SMART_CHARGING = "SmartCharging"
    TRIGGER = "RemoteTrigger"
    SECURITY = "Security"


#: What is metered unless the configuration says otherwise.
SAMPLED_USUALLY = (
    "Energy.Active.Import.Register",
    "Power.Active.Import",
    "Current.Import",
    "Voltage",
    "SoC",
)

#: All that can be metered.
MEASURANDS = (*SAMPLED_USUALLY, "Current.Offered", "Power.Offered", "Temperature")
