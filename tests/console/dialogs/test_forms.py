"""Every operation that has a form: opened by keys, sent to a real server, seen by the charger as it was filled in."""

from __future__ import annotations

from typing import Any, NamedTuple

import pytest

from console.view.forms import FORMS
from server.model.command import CommandState
from tests.console.dialogs.real_depot import PEM, Payload, at_desk

ANY = object()  #: a value that the clock, or the drop, has made
HASHES = {"hashAlgorithm": "SHA256", "issuerNameHash": "AA", "issuerKeyHash": "BB", "serialNumber": "01"}


class Case(NamedTuple):
    """What is filled in, in the order of the fields, and what the charger gets and answers."""

    operation: str
    filled: tuple[str, ...]
    payload: Payload
    answer: Payload | None = None


CASES = (
    Case("ChangeAvailability", (">",), {"connectorId": 2, "type": "Inoperative"}),
    Case("UnlockConnector", (">",), {"connectorId": 2}, {"status": "Unlocked"}),
    Case("TriggerMessage", ("h",), {"requestedMessage": "Heartbeat", "connectorId": 1}),
    Case(
        "GetDiagnostics",
        ("", "-2d", "now", "3", "1m"),
        {"location": ANY, "startTime": ANY, "stopTime": ANY, "retries": 3, "retryInterval": 60},
        {"fileName": "d.zip"},
    ),
    Case("ClearCache", (), {}),
    Case(
        "SetChargingProfile",
        ("", "", "16, 1h 8.5/1"),
        {
            "connectorId": 1,
            "csChargingProfiles": {
                "chargingProfileId": 101,
                "stackLevel": 0,
                "chargingProfilePurpose": "TxDefaultProfile",
                "chargingProfileKind": "Absolute",
                "chargingSchedule": {
                    "startSchedule": ANY,
                    "chargingRateUnit": "A",
                    "chargingSchedulePeriod": [
                        {"startPeriod": 0, "limit": 16},
                        {"startPeriod": 3600, "limit": 8.5, "numberPhases": 1},
                    ],
                },
            },
        },
    ),
    Case("ClearChargingProfile", (">>>", ">>", "2"), {"chargingProfilePurpose": "TxDefaultProfile", "stackLevel": 2}),
    Case("GetCompositeSchedule", ("", "^90m", ">>"), {"connectorId": 1, "duration": 5400, "chargingRateUnit": "W"}),
    Case(
        "ReserveNow",
        ("A1", "", "^+2h", "", "P1"),
        {"connectorId": 1, "idTag": "A1", "expiryDate": ANY, "reservationId": 1, "parentIdTag": "P1"},
    ),
    Case("CancelReservation", ("7",), {"reservationId": 7}),
    Case("GetLocalListVersion", (), {}, {"listVersion": 3}),
    Case(
        "SendLocalList",
        (">", "A1 -B2"),
        {
            "listVersion": 1,
            "updateType": "Differential",
            "localAuthorizationList": [{"idTag": "A1", "idTagInfo": {"status": "Accepted"}}, {"idTag": "B2"}],
        },
    ),
    Case("UpdateFirmware", ("http://h/f.bin",), {"location": "http://h/f.bin", "retrieveDate": ANY}, {}),
    Case(
        "SignedUpdateFirmware",
        ("http://h/f.bin", "", "", PEM, "AQID"),
        {
            "requestId": ANY,
            "firmware": {
                "location": "http://h/f.bin",
                "retrieveDateTime": ANY,
                "signingCertificate": PEM,
                "signature": "AQID",
            },
        },
    ),
    Case(
        "GetLog",
        (">",),
        {"logType": "SecurityLog", "requestId": ANY, "log": {"remoteLocation": ANY}},
        {"status": "Accepted", "filename": "s.log"},
    ),
    Case("ExtendedTriggerMessage", ("l", ">>"), {"requestedMessage": "LogStatusNotification"}),
    Case("DataTransfer", ("ACME", "Hi", '{"a": 1}'), {"vendorId": "ACME", "messageId": "Hi", "data": '{"a": 1}'}),
    Case(
        "GetInstalledCertificateIds",
        (">",),
        {"certificateType": "ManufacturerRootCertificate"},
        {"status": "Accepted", "certificateHashData": [HASHES]},
    ),
    Case("InstallCertificate", ("", PEM), {"certificateType": "CentralSystemRootCertificate", "certificate": PEM}),
    Case(
        "DeleteCertificate",
        ('{"hashAlgorithm":"SHA256","issuerNameHash":"AA","issuerKeyHash":"BB","serialNumber":"01"}',),
        {"certificateHashData": HASHES},
    ),
    Case("CertificateSigned", (PEM,), {"certificateChain": PEM}),
)


def fits(sent: Any, wanted: Any) -> bool:
    if wanted is ANY:
        return sent is not None
    if isinstance(wanted, dict):
        return isinstance(sent, dict) and sent.keys() == wanted.keys() and all(fits(sent[k], wanted[k]) for k in wanted)
    return bool(sent == wanted)


def test_every_form_has_a_case() -> None:
    """None of the 21 is left out."""
    assert [case.operation for case in CASES] == list(FORMS) and len(FORMS) == 21


@pytest.mark.slow
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.operation)
async def test_operation_reaches_the_charger_as_it_was_filled_in(case: Case) -> None:
    """Opened from the menu by keys, confirmed at its level, and the answer is told."""
    async with at_desk() as desk:
        if case.answer is not None:
            desk.charger.answers[case.operation] = case.answer
        await desk.open(case.operation)
        await desk.fill(*case.filled)
        if not desk.site.commands:  # nothing is asked where there is nothing to fill in and nothing to harm
            await desk.confirm()
        command = await desk.answered()
        assert command.state is CommandState.ACCEPTED, command.error
        sent = desk.charger.sent(case.operation)
        assert len(sent) == 1 and fits(sent[0], case.payload), sent
        assert FORMS[case.operation].title in desk.text() and "sent" in desk.text()
