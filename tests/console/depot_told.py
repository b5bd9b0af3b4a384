"""What the chargers of the pictures told by themselves, and where they depart from the protocol."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import Job, JobKind, JobStep
from server.model.profile import (
    ChargingProfile,
    ChargingSchedule,
    CompositeSchedule,
    InstalledProfile,
    ProfilePurpose,
    RateUnit,
    SchedulePeriod,
)
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent

S, M, H, D = 1_000, 60_000, 3_600_000, 86_400_000

#: charger, rule, detail, first ago, last ago, count, sample
_DEVIATIONS = (
    (3, "MV-05", "nan", 19 * D, 14 * S, 1880, '[2,"7080","MeterValues",{"connectorId":2,"meterValue":[{"timestamp":'
     '"2026-11-21T10:41:53Z","sampledValue":[{"value":"nan","measurand":"Voltage","unit":"V"}]}]}]'),
    (3, "HB-02", "no zone", 19 * D, 9 * S, 9431, '[2,"7081","Heartbeat",{"sent":"2026-11-21T10:41:58"}]'),
    (3, "SN-11", "Available to Finishing", 4 * D, 2 * H, 3, '[2,"6012","StatusNotification",{"connectorId":1,'
     '"errorCode":"NoError","status":"Finishing","timestamp":"2026-11-21T08:42:07Z"}]'),
    (11, "WS-05", "no subprotocol", 6 * D, 3 * H, 12, "GET /ocpp/CP-0011"),
    (21, "TX-12", "reason", 2 * D, 40 * M, 7, '[2,"188","StopTransaction",{"transactionId":991,"reason":"",'
     '"meterStop":10,"timestamp":"2026-11-21T10:02:07Z"}]'),
    (24, "MV-12", "empty value", 8 * H, 22 * M, 41, '[2,"a1","MeterValues",{"connectorId":1,"transactionId":,'
     '"meterValue":[]}]'),
)  # fmt: skip
#: number, charger, kind, file, command, how long ago each step came
_JOBS = (
    (41, 18, JobKind.FIRMWARE, "ng910-5.9.0.bin", 498, (("Requested", 4 * M), ("Downloading", 3 * M))),
    (40, 3, JobKind.DIAGNOSTICS, "terra-4471-03.zip", 505,
     (("Requested", 31 * M), ("Uploading", 30 * M), ("Uploaded", 28 * M))),
    (38, 9, JobKind.LOG, "", None, (("Uploading", 2 * H), ("UploadFailure", 2 * H - 20 * S))),
)  # fmt: skip
_SECURITY = (
    (16, 26 * M, "TamperDetectionActivated", "door contact"),
    (3, 3 * D + 4 * H, "StartupOfTheDevice", ""),
    (21, 5 * H, "InvalidTLSVersion", "TLS 1.0 offered"),
)


def deviations(now: int) -> list[Deviation]:
    return [
        Deviation(f"CP-{charger:04}", rule, detail, now - first, now - last, count, sample)
        for charger, rule, detail, first, last, count, sample in _DEVIATIONS
    ]


def jobs(now: int) -> list[Job]:
    """Newest first."""
    return [
        Job(
            number,
            f"CP-{charger:04}",
            kind,
            steps[-1][0],
            now - steps[0][1],
            now - steps[-1][1],
            command_id=command_id,
            file_name=name,
            history=[JobStep(state, now - ago) for state, ago in steps],
        )
        for number, charger, kind, name, command_id, steps in _JOBS
    ]


def security_events(now: int) -> list[SecurityEvent]:
    return [SecurityEvent(f"CP-{charger:04}", now - ago, kind, info) for charger, ago, kind, info in _SECURITY]


def reservations(now: int) -> list[Reservation]:
    return [
        Reservation("CP-0009", 17, 1, "A1B2", now + 18 * M, now - 17 * M),
        Reservation(
            "CP-0010", 16, 2, "D4E5F6", now - 30 * M, now - 50 * M, "", now - 37 * M, "used by transaction 993"
        ),
    ]


def plan(charger: Charger, now: int) -> None:
    """Two charging profiles, and what the charger said it will do."""
    night = ChargingSchedule(RateUnit.AMPERE, (SchedulePeriod(0, 160), SchedulePeriod(21_600, 320)), 28_800)
    most = ChargingSchedule(RateUnit.AMPERE, (SchedulePeriod(0, 320, 3),))
    for connector_id, profile in (
        (0, ChargingProfile(1, 0, ProfilePurpose.CHARGE_POINT_MAX, "Absolute", most)),
        (1, ChargingProfile(2, 1, ProfilePurpose.TX_DEFAULT, "Recurring", night, recurrency="Daily")),
    ):
        kept = InstalledProfile(charger.charger_id, connector_id, profile, now - 2 * D)
        charger.profiles[kept.slot] = kept
    charger.schedules[1] = CompositeSchedule(charger.charger_id, 1, night, now - H)
