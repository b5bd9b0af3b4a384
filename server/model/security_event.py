"""What a charger tells about its security (security extension of OCPP 1.6, rule SEC-13)."""

from __future__ import annotations

from typing import NamedTuple

#: Those that the extension calls critical; other types, also of vendors, are kept all the same.
CRITICAL = frozenset(
    {
        "FirmwareUpdated",
        "SettingSystemTime",
        "StartupOfTheDevice",
        "ResetOrReboot",
        "SecurityLogWasCleared",
        "MemoryExhaustion",
        "TamperDetectionActivated",
    }
)
TAMPERED = "TamperDetectionActivated"


class SecurityEvent(NamedTuple):
    charger_id: str
    at: int  #: received, ms
    type: str
    tech_info: str = ""
    station_at: int | None = None  #: by the charger's clock; None when it gave none that can be read

    @property
    def is_critical(self) -> bool:
        return self.type in CRITICAL
