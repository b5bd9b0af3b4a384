"""The catalogue of quirks, Q01 to Q56: each one that concerns a 1.6 server, with the frames of its charger.

Where a quirk is more than one message it has a test of its own name in another file; `ELSEWHERE` says which, and the
last test checks that it is there. `NOT_OURS` says why a quirk needs nothing of the server.
"""

from __future__ import annotations

import json
import re
from base64 import b64encode
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from server.model.command import CommandState, GetConfiguration, RemoteStart
from server.model.operations import SetChargingProfile, UnlockConnector
from server.model.profile import ChargingProfile, ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod
from server.model.status import ConnectorStatus
from server.model.transaction import Transaction
from tests.server.links.conftest import Depot

AT = "2026-01-21T10:00:00Z"
LATER = "2026-01-21T11:00:00Z"
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available", "timestamp": AT}
START = {"connectorId": 1, "idTag": "20:69:C0:21", "meterStart": 1000, "timestamp": AT}


def samples(*values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"timestamp": AT, "sampledValue": list(values)}]


class Message(NamedTuple):
    """One message that a charger of this kind sends, and what becomes of it."""

    quirk: str
    action: str
    payload: object
    noted: str = ""  #: rule and detail that must be noted; empty: none may be
    register_wh: int | None = None
    power_w: int | None = None
    status: ConnectorStatus | None = None
    vendor_code: str | None = None
    serial: str | None = None


MESSAGES = [
    Message("Q12 Schneider", "BootNotification", {"chargePointVendor": "Schneider", "chargePointModel": "EVlink",
            "chargePointSerialNumber": "3" * 33}, "BOOT-10:chargePointSerialNumber", serial="3" * 33),
    Message("Q18 ABB", "StatusNotification", {**STATUS, "info": "null", "vendorErrorCode": "0x0000"},
            "SN-07:a word for nothing", status=ConnectorStatus.AVAILABLE, vendor_code=""),
    Message("Q20 ABB", "StartTransaction", START),
    Message("Q23 Wallbox", "MeterValues", {"connectorId": 1, "transactionId": 1804289383, "meterValue":
            samples({"value": "5", "context": "Sample.Clock"})}, register_wh=5),
    Message("Q26 Huawei", "MeterValues", {"connectorId": 1, "meterValue": samples({"value": "6"})[0]},
            "MV-11:meterValue", register_wh=6),
    Message("Q27 Growatt", "StartTransaction", {**START, "timestamp": "2023-10-19T15:28:07", "reservationId": 0},
            "HB-02:no zone"),
    Message("Q29 OpenEVSE", "MeterValues", {"connectorId": 1, "meterValue": samples({"value": 7})},
            "MV-05:meterValue.sampledValue.value", register_wh=7),
    Message("Q30 Charge Amps", "MeterValues", {"connectorId": 1, "meterValue": samples(
            {"value": "8"}, {"value": "50.0", "measurand": "Frequency", "unit": "Hz"})},
            "MV-03:meterValue.sampledValue.unit", register_wh=8),
    Message("Q31 Viridian", "MeterValues", {"connectorId": 1, "meterValue": samples(
            {"value": "9"}, {"value": "50.0", "measurand": "Frequency", "unit": "Hertz"})}, register_wh=9),
    Message("Q31 Viridian stop", "StopTransaction", {"transactionId": 5, "meterStop": 9, "timestamp": AT,
            "transactionData": samples({"value": "50.0", "measurand": "Frequency", "unit": "Hertz"})},
            "MV-03:transactionData.sampledValue.unit"),
    Message("Q33 Legrand", "StatusNotification", {**STATUS, "errorCode": "Error", "status": "Faulted"},
            "SN-07:errorCode", status=ConnectorStatus.FAULTED, vendor_code="Error"),
    Message("Q34 Alfen", "MeterValues", {"connectorId": 1, "meterValue": samples(
            {"value": "10", "context": "CurrentMax"})}, "MV-13:meterValue.sampledValue.context", register_wh=10),
    Message("Q36 CTEK", "StatusNotification", {**STATUS, "errorCode": "OtherError", "status": "Faulted",
            "vendorErrorCode": "NoPPDetected", "vendorId": "com.ctek"},
            status=ConnectorStatus.FAULTED, vendor_code="NoPPDetected"),
    Message("Q42 Ocular", "StopTransaction", {"transactionId": 5, "meterStop": 1388, "timestamp": AT,
            "idTag": "A" * 20 + "\x10"}, "AUTH-02:idTag"),
    Message("Q43 Zaptec", "StopTransaction", {"transactionId": 777, "meterStop": 5, "timestamp": AT}),
    Message("Q45 unnamed", "MeterValues", {"connectorId": 1, "transactionId": 0, "meterValue": samples(
            {"value": "11"})}, register_wh=11),
    Message("Q47 Metron", "StopTransaction", {"transactionId": None, "meterStop": "x"}, "TX-15:meterStop"),
    Message("Q48 Hager", "StopTransaction", {"transactionId": -1, "meterStop": 5, "timestamp": AT}),
]  # fmt: skip


@pytest.mark.parametrize("message", MESSAGES, ids=lambda m: m.quirk)
async def test_message_of_a_peculiar_charger_counts(depot: Depot, message: Message) -> None:
    """BOOT-10, SN-07, AUTH-02, HB-02, MV-03 to MV-05, MV-11, MV-13, TX-09, TX-15, RES-02: answered, seen, noted."""
    async with await depot.connect() as client:
        assert (await client.call(message.action, message.payload))[0] == 3
        assert await client.is_alive()
    charger = depot.charger()
    connector = charger.connectors.get(1)
    noted = depot.disk.frames[0].deviations.split(",")
    assert message.noted in noted if message.noted else noted == [""]
    if message.serial is not None:
        assert charger.serial == message.serial
    if message.register_wh is not None:
        assert connector is not None and connector.register_wh == message.register_wh
    if message.status is not None:
        assert connector is not None and connector.status is message.status
    if message.vendor_code is not None:
        assert connector is not None and connector.vendor_error_code == message.vendor_code
    if message.action == "StartTransaction":
        assert connector is not None and connector.transaction is not None
        assert connector.transaction.reservation_id is None


async def begin(client: Any, **other: object) -> int:
    return int((await client.call("StartTransaction", {**START, **other}, f"s{len(other)}"))[2]["transactionId"])


def previous(depot: Depot) -> Transaction:
    found = depot.charger().connectors[1].previous
    assert found is not None
    return found


async def test_q01_q03_grizzl_e_link(depot: Depot) -> None:
    """Q01, Q03, WS-05, WS-10: no subprotocol and an empty path; the user name of its password says who it is."""
    assert (await depot.connect("/", offers=None)).status == 404
    header = "Authorization: Basic " + b64encode(b"GRS-1:secret").decode()
    async with await depot.connect("/", offers=None, extra=[header]) as client:
        assert (await client.boot())["status"] == "Accepted"
    assert depot.charger("GRS-1").online or depot.charger("GRS-1").booted_at
    assert depot.core.peculiar.ledger.rules("GRS-1") == {"WS-05": 1, "WS-10": 1}


async def test_q02_q28_broken_json(depot: Depot) -> None:
    """Q02, Q28, CFG-03, MV-12: see also test_repair; here as the chargers sent it."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(GetConfiguration(("NoSuchKey",)))
        asked = await client.receive()
        client.send(f'[3,"{asked[1]}",{{"configurationKey":[]')
        assert (await sent).state is CommandState.ACCEPTED
        client.send(
            '[2,"1","MeterValues",{"connectorId":1,"transactionId":,"meterValue":[{"timestamp":"2026-01-21T10:00:00",'
            '"sampledValue":[{"value":"12","unit":"Wh"}]}]}]'
        )
        assert await client.receive() == [3, "1", {}]
    assert depot.charger().connectors[1].register_wh == 12
    noted = depot.core.peculiar.ledger.rules("CP-1")
    assert noted == {"CFG-03": 1, "MV-12": 1, "HB-02": 1, "MV-11": 1}  # the last: its value is null now


async def test_q04_grizzl_e_registers(depot: Depot) -> None:
    """Q04, MV-08: lifetime at the start, session in the samples: never minus four megawatt hours."""
    async with await depot.connect() as client:
        number = await begin(client, meterStart=4_076_000)
        values = {"connectorId": 1, "transactionId": number, "meterValue": samples({"value": "900"})}
        await client.call("MeterValues", values)
    transaction = depot.charger().connectors[1].transaction
    assert transaction is not None and transaction.energy_wh == 900 and transaction.estimated


async def test_q06_unlock_accepted(depot: Depot) -> None:
    """Q06, UNL-01: `Accepted` is no word for an unlocked connector, and no failure either."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(UnlockConnector(1))
        asked = await client.receive()
        client.send([3, asked[1], {"status": "Accepted"}])
        reply = await sent
    assert (reply.state, reply.status) == (CommandState.ACCEPTED, "Accepted")


async def test_q07_boot_in_a_session(depot: Depot) -> None:
    """Q07, BOOT-09: the session stays open, marked as interrupted, until its stop."""
    async with await depot.connect() as client:
        number = await begin(client)
        await client.boot()
        transaction = depot.charger().connectors[1].transaction
        assert transaction is not None and transaction.interrupted
        await client.call("StopTransaction", {"transactionId": number, "meterStop": 1500, "timestamp": LATER})
    assert previous(depot).energy_wh == 500


async def test_q08_q10_requests(depot: Depot) -> None:
    """Q08, Q10, WS-11, WS-21: no Connection header; a whole address where the path belongs."""
    async with await depot.connect(leave_out=["Connection"]) as client:
        assert await client.is_alive()
    async with await depot.connect("ws://10.0.0.5:9220/CP_1/EVB-77") as client:
        assert await client.is_alive()
    assert "EVB-77" in depot.core.fleet.chargers


async def test_q13_transaction_ids_are_int32(depot: Depot) -> None:
    """Q13, TX-03: positive and below 2^31."""
    async with await depot.connect() as client:
        assert 0 < await begin(client) < 2**31


@pytest.mark.parametrize("number", [0, -1])
async def test_q15_q48_stops_without_the_id(depot: Depot, number: int) -> None:
    """Q15, Q48, TX-10, TX-11: the stop finds its session by connector and tag."""
    async with await depot.connect() as client:
        await begin(client)
        stop = {"transactionId": number, "idTag": START["idTag"], "meterStop": 1600, "timestamp": LATER}
        assert (await client.call("StopTransaction", stop))[0] == 3
    assert previous(depot).energy_wh == 600


async def test_q17_repeated_start(depot: Depot) -> None:
    """Q17, TX-04: with its first time after a lost line, under a new id: the same transaction."""
    async with await depot.connect() as client:
        number = await begin(client)
    async with await depot.connect() as client:
        again = await client.call("StartTransaction", START, "another id")
    assert again[2]["transactionId"] == number


async def test_q19_q51_profiles(depot: Depot) -> None:
    """Q19, Q51, SC-04: the level is an option of the charger; see test_options for all messages."""
    schedule = ChargingSchedule(RateUnit.AMPERE, (SchedulePeriod(0, 160),))
    profile = ChargingProfile(1, 3, ProfilePurpose.TX_DEFAULT, "Relative", schedule)
    async with await depot.connect() as client:
        depot.set_options(stack_level_zero=True)
        depot.start_call(SetChargingProfile(1, profile))
        assert (await client.receive())[3]["csChargingProfiles"]["stackLevel"] == 0


async def test_q23_line_breaks(depot: Depot) -> None:
    """Q23, RPC-22: JSON over several lines, in calls and in answers, is no deviation."""
    async with await depot.connect() as client:
        client.send(json.dumps([2, "1", "StatusNotification", STATUS], indent=2))
        assert await client.receive() == [3, "1", {}]
    assert depot.disk.frames[0].deviations == ""


async def test_q24_q42_values_after_the_stop(depot: Depot) -> None:
    """Q24, Q42, TX-16, TX-17: an empty transactionData; values that come late are kept and reopen nothing."""
    async with await depot.connect() as client:
        number = await begin(client)
        stop = {"transactionId": number, "meterStop": 1600, "timestamp": LATER, "transactionData": []}
        assert (await client.call("StopTransaction", stop))[0] == 3
        late = {"connectorId": 1, "transactionId": number, "meterValue": samples({"value": "1700"})}
        assert await client.call("MeterValues", late) == [3, "m2", {}]
    assert depot.charger().connectors[1].transaction is None
    assert previous(depot).energy_wh == 600


async def test_q35_q37_connector_0(depot: Depot) -> None:
    """Q35, Q37, SN-02, SN-05, SN-10: a fault of the charger itself, and a state that it cannot have; both visible."""
    fault = {"connectorId": 0, "errorCode": "OtherError", "status": "Faulted", "timestamp": AT,
             "info": "Modbus TCP/IP lost, in safe mode max 14.0A", "vendorErrorCode": "210"}  # fmt: skip
    async with await depot.connect() as client:
        await client.call("StatusNotification", STATUS)
        await client.call("StatusNotification", fault)
        assert depot.charger().main.fault is not None and "safe mode" in depot.charger().main.info
        preparing = {**STATUS, "connectorId": 0, "status": "Preparing", "timestamp": LATER, "info": '{"reason":"x"}'}
        await client.call("StatusNotification", preparing)
    assert depot.charger().main.info == '{"reason":"x"}'
    assert depot.charger().connectors[1].status is ConnectorStatus.AVAILABLE


async def test_q32_messages_of_the_vendor(depot: Depot) -> None:
    """Q32, RPC-09: refused as not implemented, kept, noted; units Amp and Volt are understood."""
    async with await depot.connect() as client:
        assert (await client.call("TransactionStarted", {"id": 1}))[2] == "NotImplemented"
        values = samples(
            {"value": "16", "unit": "Amp", "measurand": "Current.Import"},
            {"value": "230", "unit": "Volt", "measurand": "Voltage"},
        )
        await client.call("MeterValues", {"connectorId": 1, "meterValue": values})
    connector = depot.charger().connectors[1]
    assert (connector.current_ma, connector.voltage_mv) == (16_000, 230_000)


async def test_q40_long_ids(depot: Depot) -> None:
    """Q40, RPC-16: ids of 36 characters are no deviation."""
    async with await depot.connect() as client:
        assert (await client.call("Heartbeat", {}, "SLPsY0eiqwkVs5XResWERsqicZ0xrKi0JlXU"))[0] == 3
    assert depot.disk.frames[0].deviations == ""


async def test_q44_samples_of_the_session_before(depot: Depot) -> None:
    """Q44: they count for the session that runs on the connector."""
    async with await depot.connect() as client:
        number = await begin(client)
        await client.call(
            "MeterValues", {"connectorId": 1, "transactionId": number - 1, "meterValue": samples({"value": "1300"})}
        )
    transaction = depot.charger().connectors[1].transaction
    assert transaction is not None and transaction.energy_wh == 300


async def test_q49_remote_start_names_the_connector(depot: Depot) -> None:
    """Q49, TX-21: it is in the message whenever it is known."""
    async with await depot.connect() as client:
        depot.start_call(RemoteStart("A1", 2))
        assert (await client.receive())[3] == {"connectorId": 2, "idTag": "A1"}


async def test_q53_deaf_charger(depot: Depot) -> None:
    """Q53, RPC-06: it lives and answers nothing it is asked: noted, and after three times a profile says what helps."""
    async with await depot.connect() as client:
        for _ in range(3):
            assert (await depot.start_call(RemoteStart("A1", 1), timeout=0.05)[1]).state is CommandState.TIMED_OUT
            await client.receive()
            assert await client.is_alive()
    assert depot.core.peculiar.ledger.rules("CP-1") == {"RPC-06": 3}


async def test_q54_compressed_frames(depot: Depot) -> None:
    """Q54, WS-20: compression that nobody agreed on ends the link, and the reason is told by name."""
    client = await depot.connect()
    client.send_frame(1, b"\x00\x01", rsv1=True)
    assert (await client.closing()).code == 1002
    await client.close()


async def test_q56_altered_ids(depot: Depot) -> None:
    """Q56, RPC-07, RPC-18: a refusal under an id that nobody used is counted and ignored."""
    async with await depot.connect() as client:
        client.send([4, "5c2d6e365-ac1v-4ea9-96ee-c0df52dbt312", "FormationViolation", "Unable to process action", {}])
        assert await client.is_alive()
    assert depot.health.stray_answers == 1


#: Quirks with a test of their own elsewhere: the file under tests/ and the rule or quirk that its docstrings name.
ELSEWHERE = {
    "Q05": ("server/test_quirk_profiles.py", "Q05"),
    "Q09": ("server/links/tls/test_handshake.py", "Q09"),
    "Q11": ("server/links/tls/test_handshake.py", "Q11"),
    "Q14": ("server/links/v16/test_meter.py", "MV-07"),
    "Q16": ("server/test_quirk_profiles.py", "Q16"),
    "Q21": ("server/links/test_options.py", "Q21"),
    "Q22": ("server/links/test_options.py", "Q22"),
    "Q25": ("server/links/test_durability.py", "T2"),
    "Q39": ("server/links/test_options.py", "Q39"),
    "Q41": ("server/links/test_options.py", "Q41"),
    "Q46": ("server/test_quirk_profiles.py", "Q46"),
    "Q50": ("server/links/test_options.py", "Q50"),
    "Q55": ("server/links/test_deviations.py", "Q55"),
}
#: Nothing that a 1.6 server could do by itself, and why.
NOT_OURS = {
    "Q38": "the charger ends its session at limit 0: the profile of the charger says what to send instead",
    "Q52": "the charger does not come back by itself: it is shown as offline, its profile says to power-cycle it",
}


def test_every_quirk_has_a_test_or_a_reason() -> None:
    """Q01 to Q56, none forgotten; what is said to be elsewhere is there."""
    here = set(re.findall(r"Q\d\d", Path(__file__).read_text("utf-8").partition("ELSEWHERE = {")[0]))
    assert sorted(here | set(ELSEWHERE) | set(NOT_OURS)) == [f"Q{n:02}" for n in range(1, 57)]
    tests = Path(__file__).parents[2]
    for quirk, (file, named) in ELSEWHERE.items():
        assert named in (tests / file).read_text("utf-8"), f"{quirk}: {file} does not name {named}"
