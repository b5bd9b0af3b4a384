"""Operations to the charger over a real socket: the frame, its schema, and every answer."""

from __future__ import annotations

import json
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import ocpp
import pytest
from jsonschema import Draft4Validator  # type: ignore[import-untyped]

from server.core.ports import InvalidPayload
from server.model.command import Command, CommandState, Operation, Reply
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot
from tests.server.links.v16.outbound.cases import ANSWERS, CASES, FULLEST, TYPED, Answer, Case

SCHEMAS = Path(ocpp.__file__).parent / "v16" / "schemas"
#: Answers of one word that no message of 1.6 has.
SENSELESS: list[Any] = [{"status": "Perhaps"}, {"status": 7}, {}, [], "Accepted", None]
#: Every object is an answer to these.
WORDLESS = {"GetDiagnostics", "UpdateFirmware"}


@cache
def schema_of(action: str) -> Draft4Validator:
    """The schema file, by another validator than the server's; decimals are exact, so that 0.1 is a tenth."""
    text = (SCHEMAS / f"{action}.json").read_text(encoding="utf-8-sig")
    return Draft4Validator(json.loads(text, parse_float=Decimal))


async def talking(depot: Depot) -> RawClient:
    """A charger that has spoken: it may be asked at once."""
    client = await depot.connect()
    assert await client.is_alive()
    return client


async def ask(depot: Depot, client: RawClient, operation: Operation, answer: object) -> tuple[str, Command, Reply]:
    """The text of the CALL as the charger got it, and what its answer was taken for."""
    command, waiting = depot.start_call(operation)
    text = await client.receive_text()
    client.send([3, json.loads(text)[1], answer])
    return text, command, await waiting


def test_every_operation_of_the_specification_has_a_case() -> None:
    """26 operations of 1.6 and its security extension, none left out."""
    assert len(FULLEST) == 26
    assert {answer.action for answer in ANSWERS} == set(FULLEST)


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c.action}{len(c.payload)}")
async def test_operation_on_the_wire(depot: Depot, case: Case) -> None:
    """CFG-01, TX-21, TX-22, LL-02, SC-06, SEC-14: exactly this frame, which fits the schema of its message, is what
    the preview shows, and what programs write for it is read as the same operation."""
    async with await talking(depot) as client:
        text, command, _ = await ask(depot, client, case.operation, {"status": "Accepted"})
        kind, message_id, action, payload = json.loads(text)
        assert (kind, message_id, action) == (2, command.message_id, case.action)
        assert payload == case.payload
        exact = json.loads(text, parse_float=Decimal)[3]
        assert not list(schema_of(case.action).iter_errors(exact))
        assert json.loads(depot.links.preview("CP-1", case.operation)) == [2, "…", case.action, case.payload]
        assert depot.links.parse(case.action, json.loads(json.dumps(case.payload))) == case.operation
        assert await client.is_alive()


@pytest.mark.parametrize("answer", ANSWERS, ids=lambda a: f"{a.action}-{json.dumps(a.payload)[:50]}")
async def test_meaning_of_every_answer(depot: Depot, answer: Answer) -> None:
    """CFG-05, SN-13, UNL-01, LL-01, FW-02, SC-06: accepted, rejected or senseless; the charger's own word is kept."""
    async with await talking(depot) as client:
        _, _, reply = await ask(depot, client, TYPED[answer.action], answer.payload)
        assert reply.state is answer.state
        assert reply.response == answer.payload
        assert reply.status == answer.payload.get("status", "")
        assert reply.facts == answer.facts or not answer.facts
        assert bool(reply.error) == (answer.state is CommandState.ERROR or answer.payload == {"listVersion": -1})


@pytest.mark.parametrize("action", sorted(FULLEST))
async def test_senseless_answers_are_errors_with_a_sentence(depot: Depot, action: str) -> None:
    """RPC-18, RPC-19: whatever comes back ends the command, and the link lives on."""
    async with await talking(depot) as client:
        for answer in SENSELESS:
            _, _, reply = await ask(depot, client, TYPED[action], answer)
            assert (reply.state is CommandState.ACCEPTED) == (action in WORDLESS and isinstance(answer, dict | None))
            assert bool(reply.error) != (reply.state is CommandState.ACCEPTED)
        _, waiting = depot.start_call(TYPED[action])
        call = await client.receive()
        client.send([4, call[1], "NotSupported", "no", {}])
        reply = await waiting
        assert (reply.state, reply.status) == (CommandState.ERROR, "NotSupported")
        assert await client.is_alive()


@pytest.mark.parametrize("action", sorted(FULLEST))
async def test_unknown_and_missing_fields_are_named(depot: Depot, action: str) -> None:
    """Each field of the schema that must be there is asked for by name, and each foreign one is named."""
    good = FULLEST[action]
    with pytest.raises(InvalidPayload) as refused:
        depot.links.parse(action, {**good, "colour": "red"})
    assert refused.value.field == "colour"
    filled = {"location", "requestId", "log"} if action.startswith("Get") else {"requestId"}
    for name in schema_of(action).schema.get("required", ()):
        rest = {key: value for key, value in good.items() if key != name}
        if name in filled:
            depot.links.parse(action, rest)
            continue
        with pytest.raises(InvalidPayload) as refused:
            depot.links.parse(action, rest)
        assert refused.value.field == name


PROFILE = FULLEST["SetChargingProfile"]["csChargingProfiles"]


def with_limit(limit: object) -> dict[str, Any]:
    period = {"startPeriod": 0, "limit": limit}
    schedule = {"chargingRateUnit": "A", "chargingSchedulePeriod": [period]}
    return {"connectorId": 1, "csChargingProfiles": PROFILE | {"chargingSchedule": schedule}}


@pytest.mark.parametrize(
    ("action", "payload", "field"),
    [
        ("ChangeAvailability", {"connectorId": -1, "type": "Operative"}, "connectorId"),
        ("ChangeAvailability", {"connectorId": 1, "type": "Off"}, "type"),
        ("UnlockConnector", {"connectorId": 0}, "connectorId"),
        ("UnlockConnector", {"connectorId": 2**70}, "connectorId"),
        ("TriggerMessage", {"requestedMessage": "StatusNotification", "connectorId": 0}, "connectorId"),
        ("TriggerMessage", {"requestedMessage": "LogStatusNotification"}, "requestedMessage"),
        ("ExtendedTriggerMessage", {"requestedMessage": "DiagnosticsStatusNotification"}, "requestedMessage"),
        ("GetLog", {"logType": "SecurityLog", "log": {"place": "x"}}, "log.place"),
        ("GetLog", {"logType": "SecurityLog", "log": {"oldestTimestamp": "soon"}}, "log.oldestTimestamp"),
        ("GetDiagnostics", {"startTime": "2026-11-21T10:00:00"}, "startTime"),
        ("UpdateFirmware", {"location": "x", "retrieveDate": "1234567890"}, "retrieveDate"),
        ("UpdateFirmware", {"location": "x", "retrieveDate": "2026-11-21T10:00:00Z", "retries": -1}, "retries"),
        ("SendLocalList", {"listVersion": 0, "updateType": "Full"}, "listVersion"),
        ("SendLocalList", {"listVersion": -1, "updateType": "Full"}, "listVersion"),
        (
            "SendLocalList",
            {"listVersion": 1, "updateType": "Full", "localAuthorizationList": [{"idTag": "x" * 21}]},
            "localAuthorizationList[0].idTag",
        ),
        ("ReserveNow", FULLEST["ReserveNow"] | {"expiryDate": "tomorrow"}, "expiryDate"),
        ("SetChargingProfile", {"connectorId": 1}, "csChargingProfiles"),
        (
            "SetChargingProfile",
            with_limit(16.05),
            "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit",
        ),
        ("SetChargingProfile", with_limit("16"), "csChargingProfiles.chargingSchedule.chargingSchedulePeriod[0].limit"),
        (
            "RemoteStartTransaction",
            {"idTag": "A", "chargingProfile": PROFILE | {"colour": 1}},
            "chargingProfile.colour",
        ),
        ("GetCompositeSchedule", {"connectorId": 1, "duration": 0}, "duration"),
        ("InstallCertificate", {"certificateType": "V2GRootCertificate", "certificate": "x"}, "certificateType"),
        ("DeleteCertificate", {"certificateHashData": {"hashAlgorithm": "SHA256"}}, "certificateHashData.*"),
    ],
)
async def test_wrong_values_name_their_field(depot: Depot, action: str, payload: dict[str, Any], field: str) -> None:
    """LL-01, SC-02, TRG-01: wherever it lies in the payload."""
    with pytest.raises(InvalidPayload) as refused:
        depot.links.parse(action, payload)
    told = refused.value
    assert told.message
    assert told.field == field or (field.endswith("*") and told.field.startswith(field[:-1]))


async def test_profile_limits_have_one_decimal_at_most(depot: Depot) -> None:
    """SC-02: tenths stay tenths, from 0 to 100 A, whatever binary floats make of them."""
    for tenths in range(1001):
        operation = depot.links.parse("SetChargingProfile", with_limit(tenths / 10))
        text = depot.links.preview("CP-1", operation)
        limit = json.loads(text, parse_float=Decimal)[3]["csChargingProfiles"]["chargingSchedule"]
        assert Decimal(limit["chargingSchedulePeriod"][0]["limit"]) == Decimal(tenths) / 10


async def test_sc06_an_id_goes_out_alone(depot: Depot) -> None:
    """SC-06: the other fields would be ignored by the charger, so they are not sent with an id."""
    operation = depot.links.parse("ClearChargingProfile", {"id": 7, "connectorId": 1, "stackLevel": 2})
    assert json.loads(depot.links.preview("CP-1", operation))[3] == {"id": 7}


async def test_passwords_in_addresses_are_not_logged(depot: Depot) -> None:
    """SEC-07: journal, log and preview have the place without its password; the wire has it."""
    operation = depot.links.parse("GetDiagnostics", {"location": "ftp://ana:geheim@h/x"})
    async with await talking(depot) as client:
        text, _, _ = await ask(depot, client, operation, {})
        assert "ana:geheim@" in text
    assert not any("geheim" in str(frame.raw) for frame in depot.disk.frames)
    assert not any("geheim" in line.text for line in depot.core.log.since(0))
    assert "geheim" not in depot.links.preview("CP-1", operation)
