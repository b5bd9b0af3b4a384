"""All 26 operations to a charger: as the model has them, as the wire wants them, and what each answer means."""

from __future__ import annotations

from typing import Any, NamedTuple

from server.model.command import (
    ChangeConfiguration,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
)
from server.model.operations import (
    CancelReservation,
    CertificateSigned,
    ChangeAvailability,
    ClearCache,
    ClearChargingProfile,
    DataTransfer,
    DeleteCertificate,
    ExtendedTriggerMessage,
    GetCompositeSchedule,
    GetDiagnostics,
    GetInstalledCertificateIds,
    GetLocalListVersion,
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
from server.model.profile import ChargingProfile, ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod
from server.model.status import TagStatus
from server.model.tag import LocalListEntry

Payload = dict[str, Any]

#: 2026-11-21T10:00:00Z
TEN = 1_795_255_200_000
HOUR = 3_600_000
PEM = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"
ROOT = "CentralSystemRootCertificate"


class Case(NamedTuple):
    operation: Operation
    payload: Payload  #: exactly what is on the wire

    @property
    def action(self) -> str:
        return self.operation.name


def profile(purpose: ProfilePurpose, transaction_id: int | None = None, **more: Any) -> ChargingProfile:
    periods = (SchedulePeriod(0, 160), SchedulePeriod(3600, 85, 1))
    schedule = ChargingSchedule(RateUnit.AMPERE, periods, duration_s=7200, start_at=TEN, min_rate_x10=60)
    return ChargingProfile(7, 1, purpose, "Absolute", schedule, transaction_id, **more)


def profile_on_the_wire(purpose: str, **more: object) -> Payload:
    return {
        "chargingProfileId": 7,
        "stackLevel": 1,
        "chargingProfilePurpose": purpose,
        "chargingProfileKind": "Absolute",
        "chargingSchedule": {
            "duration": 7200,
            "startSchedule": "2026-11-21T10:00:00Z",
            "chargingRateUnit": "A",
            "chargingSchedulePeriod": [
                {"startPeriod": 0, "limit": 16},
                {"startPeriod": 3600, "limit": 8.5, "numberPhases": 1},
            ],
            "minChargingRate": 6,
        },
        **more,
    }


_HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "aa", "issuerKeyHash": "bb", "serialNumber": "01"}
_FIRMWARE = {
    "location": "https://fw.example/1.bin",
    "retrieveDateTime": "2026-11-21T10:00:00Z",
    "installDateTime": "2026-11-21T11:00:00Z",
    "signingCertificate": PEM,
    "signature": "c2ln",
}
_RETRY: Payload = {"retries": 3, "retryInterval": 60}

CASES = [
    Case(Reset("Hard"), {"type": "Hard"}),
    Case(GetConfiguration(), {}),
    Case(GetConfiguration(("A", "B")), {"key": ["A", "B"]}),
    Case(ChangeConfiguration("K", "V"), {"key": "K", "value": "V"}),
    Case(RemoteStart("A1", 2), {"connectorId": 2, "idTag": "A1"}),
    Case(
        RemoteStart("A1", 2, profile(ProfilePurpose.TX)),
        {"connectorId": 2, "idTag": "A1", "chargingProfile": profile_on_the_wire("TxProfile")},
    ),
    Case(RemoteStop(984), {"transactionId": 984}),
    Case(ChangeAvailability(0, False), {"connectorId": 0, "type": "Inoperative"}),
    Case(ChangeAvailability(2, True), {"connectorId": 2, "type": "Operative"}),
    Case(ClearCache(), {}),
    Case(DataTransfer("ACME"), {"vendorId": "ACME"}),
    Case(DataTransfer("ACME", "ping", '{"a":1}'), {"vendorId": "ACME", "messageId": "ping", "data": '{"a":1}'}),
    Case(UnlockConnector(1), {"connectorId": 1}),
    Case(TriggerMessage("Heartbeat"), {"requestedMessage": "Heartbeat"}),
    Case(TriggerMessage("MeterValues", 2), {"requestedMessage": "MeterValues", "connectorId": 2}),
    Case(ExtendedTriggerMessage("LogStatusNotification"), {"requestedMessage": "LogStatusNotification"}),
    Case(GetDiagnostics("ftp://h/x"), {"location": "ftp://h/x"}),
    Case(
        GetDiagnostics("ftp://h/x", TEN, TEN + HOUR, 3, 60),
        {"location": "ftp://h/x", **_RETRY, "startTime": "2026-11-21T10:00:00Z", "stopTime": "2026-11-21T11:00:00Z"},
    ),
    Case(
        GetLog("SecurityLog", 12, "https://h/x", TEN, TEN + HOUR, 3, 60),
        {
            "logType": "SecurityLog",
            "requestId": 12,
            **_RETRY,
            "log": {
                "remoteLocation": "https://h/x",
                "oldestTimestamp": "2026-11-21T10:00:00Z",
                "latestTimestamp": "2026-11-21T11:00:00Z",
            },
        },
    ),
    Case(
        UpdateFirmware("https://fw.example/1.bin", TEN, 3, 60),
        {"location": "https://fw.example/1.bin", "retrieveDate": "2026-11-21T10:00:00Z", **_RETRY},
    ),
    Case(
        SignedUpdateFirmware("https://fw.example/1.bin", TEN, PEM, "c2ln", TEN + HOUR, 13, 3, 60),
        {"requestId": 13, **_RETRY, "firmware": _FIRMWARE},
    ),
    Case(GetLocalListVersion(), {}),
    Case(
        SendLocalList(4, True, (LocalListEntry("A1"), LocalListEntry("B2", TagStatus.BLOCKED, TEN, "P"))),
        {
            "listVersion": 4,
            "updateType": "Full",
            "localAuthorizationList": [
                {"idTag": "A1", "idTagInfo": {"status": "Accepted"}},
                {
                    "idTag": "B2",
                    "idTagInfo": {"status": "Blocked", "expiryDate": "2026-11-21T10:00:00Z", "parentIdTag": "P"},
                },
            ],
        },
    ),
    Case(
        SendLocalList(5, False, (LocalListEntry("A1", None),)),
        {"listVersion": 5, "updateType": "Differential", "localAuthorizationList": [{"idTag": "A1"}]},
    ),
    Case(
        ReserveNow(1, "A1", TEN, 77, "P"),
        {
            "connectorId": 1,
            "expiryDate": "2026-11-21T10:00:00Z",
            "idTag": "A1",
            "parentIdTag": "P",
            "reservationId": 77,
        },
    ),
    Case(CancelReservation(77), {"reservationId": 77}),
    Case(
        SetChargingProfile(0, profile(ProfilePurpose.CHARGE_POINT_MAX, valid_from=TEN, valid_to=TEN + HOUR)),
        {
            "connectorId": 0,
            "csChargingProfiles": profile_on_the_wire(
                "ChargePointMaxProfile", validFrom="2026-11-21T10:00:00Z", validTo="2026-11-21T11:00:00Z"
            ),
        },
    ),
    Case(
        SetChargingProfile(1, profile(ProfilePurpose.TX, 987)),
        {"connectorId": 1, "csChargingProfiles": profile_on_the_wire("TxProfile", transactionId=987)},
    ),
    Case(ClearChargingProfile(), {}),
    Case(ClearChargingProfile(profile_id=7), {"id": 7}),
    Case(
        ClearChargingProfile(None, 1, ProfilePurpose.TX_DEFAULT, 0),
        {"connectorId": 1, "chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 0},
    ),
    Case(GetCompositeSchedule(1, 3600, RateUnit.WATT), {"connectorId": 1, "duration": 3600, "chargingRateUnit": "W"}),
    Case(CertificateSigned(PEM), {"certificateChain": PEM}),
    Case(InstallCertificate("CentralSystemRootCertificate", PEM), {"certificateType": ROOT, "certificate": PEM}),
    Case(GetInstalledCertificateIds("CentralSystemRootCertificate"), {"certificateType": ROOT}),
    Case(DeleteCertificate("SHA256", "aa", "bb", "01"), {"certificateHashData": _HASHES}),
]

#: One payload an operation, the fullest.
FULLEST = {case.action: case.payload for case in CASES}
TYPED = {case.action: case.operation for case in CASES}


class Answer(NamedTuple):
    action: str
    payload: Payload
    state: CommandState
    facts: tuple[str, ...] = ()


def _words(action: str, accepted: str, rejected: str) -> list[Answer]:
    found = [Answer(action, {"status": word}, CommandState.ACCEPTED) for word in accepted.split()]
    return found + [Answer(action, {"status": word}, CommandState.REJECTED) for word in rejected.split()]


_PERIODS = [{"startPeriod": 0, "limit": 16.0}, {"startPeriod": 60, "limit": "8.5", "numberPhases": 1}]
_SCHEDULE = {"chargingRateUnit": "A", "chargingSchedulePeriod": _PERIODS}
_STARTS = "2026-11-21T10:00:00Z"

ANSWERS = [
    *_words("Reset", "Accepted", "Rejected"),
    *_words("ChangeConfiguration", "Accepted RebootRequired", "Rejected NotSupported"),
    *_words("RemoteStartTransaction", "Accepted", "Rejected"),
    *_words("RemoteStopTransaction", "Accepted", "Rejected"),
    *_words("ChangeAvailability", "Accepted Scheduled", "Rejected"),
    *_words("ClearCache", "Accepted", "Rejected"),
    *_words("DataTransfer", "Accepted", "Rejected UnknownMessageId UnknownVendorId"),
    Answer("DataTransfer", {"status": "Accepted", "data": "pong"}, CommandState.ACCEPTED, ("data pong",)),
    *_words("UnlockConnector", "Unlocked Accepted", "UnlockFailed NotSupported"),
    *_words("TriggerMessage", "Accepted", "Rejected NotImplemented"),
    *_words("ExtendedTriggerMessage", "Accepted", "Rejected NotImplemented"),
    Answer("GetDiagnostics", {"fileName": "d.zip"}, CommandState.ACCEPTED, ("file d.zip",)),
    Answer("GetDiagnostics", {}, CommandState.ACCEPTED, ("nothing to upload",)),
    *_words("GetLog", "Accepted AcceptedCanceled", "Rejected"),
    Answer("GetLog", {"status": "Accepted", "filename": "s.log"}, CommandState.ACCEPTED, ("file s.log",)),
    Answer("UpdateFirmware", {}, CommandState.ACCEPTED),
    *_words("SignedUpdateFirmware", "Accepted AcceptedCanceled", "Rejected InvalidCertificate RevokedCertificate"),
    Answer("GetLocalListVersion", {"listVersion": 12}, CommandState.ACCEPTED, ("version 12",)),
    Answer("GetLocalListVersion", {"listVersion": "12"}, CommandState.ACCEPTED, ("version 12",)),
    Answer("GetLocalListVersion", {"listVersion": 0}, CommandState.ACCEPTED, ("the list is empty",)),
    Answer("GetLocalListVersion", {"listVersion": -1}, CommandState.REJECTED),
    Answer("GetLocalListVersion", {}, CommandState.ERROR),
    *_words("SendLocalList", "Accepted", "Failed NotSupported VersionMismatch"),
    *_words("ReserveNow", "Accepted", "Faulted Occupied Rejected Unavailable"),
    *_words("CancelReservation", "Accepted", "Rejected"),
    *_words("SetChargingProfile", "Accepted", "Rejected NotSupported"),
    *_words("ClearChargingProfile", "Accepted Unknown", ""),
    *_words("GetCompositeSchedule", "Accepted", "Rejected"),
    Answer(
        "GetCompositeSchedule",
        {"status": "Accepted", "connectorId": 1, "scheduleStart": _STARTS, "chargingSchedule": _SCHEDULE},
        CommandState.ACCEPTED,
        ("starts 2026-11-21T10:00:00Z", "from 0 s: 16 A", "from 60 s: 8.5 A, 1 phase"),
    ),
    Answer("GetCompositeSchedule", {"status": "Accepted", "chargingSchedule": 7}, CommandState.ACCEPTED),
    *_words("CertificateSigned", "Accepted", "Rejected"),
    *_words("InstallCertificate", "Accepted", "Rejected Failed"),
    Answer(
        "GetInstalledCertificateIds",
        {"status": "Accepted", "certificateHashData": [_HASHES, 5]},
        CommandState.ACCEPTED,
        (
            "serialNumber 01 hashAlgorithm SHA256 issuerNameHash aa issuerKeyHash bb",
            "an entry that cannot be read",
        ),
    ),
    Answer("GetInstalledCertificateIds", {"status": "NotFound"}, CommandState.ACCEPTED, ("none is installed",)),
    *_words("DeleteCertificate", "Accepted", "Failed NotFound"),
    Answer("GetConfiguration", {"configurationKey": []}, CommandState.ACCEPTED),
    Answer("GetConfiguration", {}, CommandState.ERROR),
]
