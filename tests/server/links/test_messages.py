"""The eight messages of chargers: what they are answered and what becomes of them in the core."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from server.core.core import Policy
from server.model.log import Level
from server.model.status import ConnectorStatus, TagStatus
from server.model.tag import IdTag
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot, OpenDepot

START = {"connectorId": 1, "idTag": "A1", "meterStart": 1000, "timestamp": "2026-01-21T10:00:00Z"}
STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,3})?Z")


def sampled(*values: dict[str, str]) -> list[dict[str, object]]:
    return [{"timestamp": "2026-01-21T10:05:00Z", "sampledValue": list(values)}]


async def start(client: RawClient, **other: object) -> dict[str, Any]:
    answer = await client.call("StartTransaction", {**START, **other})
    assert answer[0] == 3, answer
    result: dict[str, Any] = answer[2]
    return result


async def test_boot_is_answered_with_status_time_and_interval(depot: Depot) -> None:
    """BOOT-01, HB-01: integer interval above 0, UTC time with Z; the charger's data are kept."""
    async with await depot.connect() as client:
        answer = await client.call(
            "BootNotification",
            {"chargePointVendor": "ACME", "chargePointModel": "M1", "firmwareVersion": "1.2", "iccid": ""},
        )
        assert answer[2]["status"] == "Accepted"
        assert type(answer[2]["interval"]) is int and answer[2]["interval"] == 300
        assert STAMP.fullmatch(answer[2]["currentTime"])
    assert (depot.charger().vendor, depot.charger().firmware) == ("ACME", "1.2")
    assert [line.text for line in depot.lines("BootNotification")] == [
        "ACME M1  fw 1.2  sn -",
        "Accepted  interval 300 s",
    ]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="nothing"),
        pytest.param({"chargePointVendor": "", "chargePointModel": None}, id="null"),
        pytest.param({"chargePointVendor": "V" * 34, "chargePointModel": "M", "x": 1}, id="BOOT-10 long and extra"),
        pytest.param({"chargePointVendor": 5, "chargePointModel": {"a": 1}}, id="types"),
        pytest.param("text", id="no object"),
    ],
)
async def test_boot_is_never_refused_for_its_content(depot: Depot, payload: object) -> None:
    """BOOT-10: accepted, and the deviation is noted with the frame."""
    async with await depot.connect() as client:
        answer = await client.call("BootNotification", payload)
        assert answer[2]["status"] == "Accepted"
        noted = depot.disk.frames[0].deviations
        assert "BOOT-10" in noted or "RPC-11" in noted


async def test_heartbeat_tells_the_time(depot: Depot) -> None:
    """HB-01, HB-05: `YYYY-MM-DDTHH:MM:SSZ`; our answer is no more than a debug line."""
    async with await depot.connect() as client:
        answer = await client.call("Heartbeat", {})
        assert STAMP.fullmatch(answer[2]["currentTime"])
    assert [line.level for line in depot.lines("Heartbeat")] == [Level.INFO, Level.DEBUG]


async def test_status_is_applied_and_told(depot: Depot) -> None:
    """SN-01, SN-05: answered `{}`; vendor code and info verbatim in state and log; Faulted is an error line."""
    async with await depot.connect() as client:
        fault = {"connectorId": 1, "status": "Faulted", "errorCode": "GroundFailure"}
        extra = {"vendorErrorCode": "E-113", "info": "RCD trip", "vendorId": "ACME"}
        assert (await client.call("StatusNotification", fault | extra))[2] == {}
        warm = {"connectorId": 2, "status": "Charging", "errorCode": "HighTemperature"}
        assert (await client.call("StatusNotification", warm))[2] == {}
        assert (await client.call("StatusNotification", warm | {"connectorId": 0, "errorCode": "NoError"}))[2] == {}
    connector = depot.charger().connectors[1]
    assert (connector.status, connector.vendor_error_code, connector.info) == (
        ConnectorStatus.FAULTED,
        "E-113",
        "RCD trip",
    )
    assert [(line.level, line.text) for line in depot.lines("StatusNotification")] == [
        (Level.ERROR, "c1 Faulted  GroundFailure  vendor E-113  'RCD trip'"),
        (Level.WARNING, "c2 Charging  HighTemperature"),
        (Level.INFO, "c0 Charging  NoError"),
    ]


@pytest.mark.parametrize(
    ("odd", "seen"),
    [
        pytest.param({"errorCode": "Error"}, ("Faulted", "OtherError", "Error", ""), id="Legrand"),
        pytest.param({"errorCode": "No Error"}, ("Faulted", "NoError", "", ""), id="blank"),
        pytest.param({"errorCode": "Mode3Error"}, ("Faulted", "OtherError", "Mode3Error", ""), id="vendor's own"),
        pytest.param({"errorCode": None}, ("Faulted", "NoError", "", ""), id="missing"),
        pytest.param({"status": "Occupied"}, ("Charging", "OtherError", "", ""), id="OCPP 1.5"),
        pytest.param({"status": "suspendedev"}, ("SuspendedEV", "OtherError", "", ""), id="capitals"),
        pytest.param({"status": "Dancing"}, ("Unknown", "OtherError", "", ""), id="unknown"),
        pytest.param({"info": "null", "vendorErrorCode": "0x0000"}, ("Faulted", "OtherError", "", ""), id="ABB"),
        pytest.param({"connectorId": "1"}, ("Faulted", "OtherError", "", ""), id="id as text"),
        pytest.param({"info": "i" * 80}, ("Faulted", "OtherError", "", "i" * 80), id="long info"),
        pytest.param({"timestamp": "yesterday"}, ("Faulted", "OtherError", "", ""), id="no time"),
    ],
)
async def test_status_of_real_chargers_is_understood(
    depot: Depot, odd: dict[str, object], seen: tuple[str, str, str, str]
) -> None:
    """SN-07, HB-02: mapped, never refused."""
    usual = {"connectorId": 1, "status": "Faulted", "errorCode": "OtherError"}
    async with await depot.connect() as client:
        assert (await client.call("StatusNotification", usual | odd))[2] == {}
    c = depot.charger().connectors[1]
    assert (c.status.value, c.error_code, c.vendor_error_code, c.info) == seen


@pytest.mark.parametrize("connector_id", [-1, 1000, 2**64 - 1, None, "x", 1e300])
async def test_status_of_no_connector_is_refused(depot: Depot, connector_id: object) -> None:
    """Hostile numbers do not create connectors; the essential field is missing, so a CALLERROR is right."""
    async with await depot.connect() as client:
        usual = {"connectorId": connector_id, "status": "Available", "errorCode": "NoError"}
        assert (await client.call("StatusNotification", usual))[0] == 4
        assert depot.charger().connectors == {}
        assert await client.is_alive()


async def test_authorize_carries_expiry_and_parent(open_depot: OpenDepot) -> None:
    """AUTH-01, HB-01: the verdict of the tag table; unknown ones follow the policy."""
    depot = await open_depot(policy=Policy("accept"))
    depot.core.put_tag(IdTag("A1", TagStatus.ACCEPTED, 4_102_444_800_000, "FLEET"), 1)
    async with await depot.connect() as client:
        known = await client.call("Authorize", {"idTag": "a1"})
        assert known[2]["idTagInfo"] == {
            "status": "Accepted",
            "expiryDate": "2100-01-01T00:00:00Z",
            "parentIdTag": "FLEET",
        }
        unknown = await client.call("Authorize", {"idTag": "ZZ"})
        assert unknown[2]["idTagInfo"] == {"status": "Invalid"}


@pytest.mark.parametrize(
    "odd",
    [
        pytest.param({}, id="plain"),
        pytest.param({"idTag": ""}, id="empty tag"),
        pytest.param({"idTag": "x" * 40}, id="long tag"),
        pytest.param({"idTag": None}, id="no tag"),
        pytest.param({"meterStart": -5}, id="negative meter"),
        pytest.param({"meterStart": "1000.7"}, id="meter as text"),
        pytest.param({"meterStart": 2**64 - 1}, id="impossible meter"),
        pytest.param({"meterStart": None}, id="no meter"),
        pytest.param({"timestamp": "1970-01-01T00:00:00Z"}, id="old clock"),
        pytest.param({"timestamp": "2023-10-19T15:28:07"}, id="no zone"),
        pytest.param({"timestamp": None}, id="no time"),
        pytest.param({"connectorId": -1}, id="no connector"),
        pytest.param({"connectorId": 2**63}, id="impossible connector"),
        pytest.param({"reservationId": 2**64 - 1}, id="impossible reservation"),
        pytest.param({"vendorStuff": {"a": [1]}}, id="extra field"),
    ],
)
async def test_start_always_gets_a_transaction_id(depot: Depot, odd: dict[str, object]) -> None:
    """TX-01, TX-03, TX-23: a CALLRESULT with a positive id, whatever the content."""
    async with await depot.connect() as client:
        answer = await start(client, **odd)
        assert answer["transactionId"] > 0
        assert answer["idTagInfo"]["status"] == "Accepted"
        running = depot.charger().open_transactions()
        running += [t] if (t := depot.charger().main.transaction) else []
        assert len(running) == 1
        assert abs(running[0].meter_start_wh) <= 2**53


async def test_start_of_nothing_is_a_protocol_error(depot: Depot) -> None:
    """Nothing of it can be read: there is no session to lose."""
    async with await depot.connect() as client:
        assert (await client.call("StartTransaction", {}))[2] == "ProtocolError"
        assert (await client.call("StartTransaction", "x"))[2] == "FormationViolation"


async def test_start_with_only_a_meter_and_a_time_is_kept(depot: Depot) -> None:
    """TX-01: what connector and tag it was is lost, the energy is not."""
    async with await depot.connect() as client:
        told = await client.call("StartTransaction", {"meterStart": 700, "timestamp": "2026-01-21T10:00:00Z"})
        assert told[0] == 3 and told[2]["transactionId"] > 0


async def test_refused_tag_still_gets_an_id(open_depot: OpenDepot) -> None:
    """TX-02: stored, id given, the verdict says Invalid."""
    depot = await open_depot(policy=Policy("accept"))
    async with await depot.connect() as client:
        answer = await start(client)
        assert answer["transactionId"] > 0
        assert answer["idTagInfo"]["status"] == "Invalid"


async def test_retried_start_gets_the_same_id(depot: Depot) -> None:
    """TX-04: also on the next connection."""
    async with await depot.connect() as client:
        first = await start(client)
    async with await depot.connect() as client:
        await client.call("Heartbeat", {})  # takes the id of the first: this is no repeat of the message itself
        assert await start(client) == first
    assert depot.lines("StartTransaction")[-1].text.endswith("again")


async def test_stop_answers_the_tag_only_when_one_was_sent(depot: Depot) -> None:
    """TX-13, TX-14: `idTagInfo` comes with an idTag and not without."""
    async with await depot.connect() as client:
        number = (await start(client))["transactionId"]
        stop = {"transactionId": number, "meterStop": 3000, "timestamp": "2026-01-21T11:00:00Z", "idTag": "A1"}
        assert (await client.call("StopTransaction", stop))[2] == {"idTagInfo": {"status": "Accepted"}}
        del stop["idTag"]
        assert (await client.call("StopTransaction", stop))[2] == {}
    ended = depot.charger().connectors[1].previous
    assert ended is not None and (ended.energy_wh, ended.stop_reason) == (2000, "Local")
    told = [line.text for line in depot.lines("StopTransaction")]
    assert told[:2] == [f"tx {number}  meterStop 3000  Local", "idTagInfo Accepted"]


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="empty"),
        pytest.param([], id="no object"),
        pytest.param({"transactionId": -1, "meterStop": 5, "timestamp": "x"}, id="TX-10"),
        pytest.param({"transactionId": 0, "meterStop": "5.5"}, id="TX-11 TX-15"),
        pytest.param({"transactionId": 2**64 - 1, "meterStop": 2**64 - 1}, id="impossible numbers"),
        pytest.param({"transactionId": 4, "meterStop": 5, "reason": ""}, id="TX-12 empty reason"),
        pytest.param({"transactionId": 4, "meterStop": 5, "transactionData": []}, id="TX-16 empty data"),
        pytest.param(
            {"transactionId": 4, "meterStop": 5, "transactionData": {"sampledValue": {"value": 1}}}, id="object"
        ),
        pytest.param({"transactionId": 4, "idTag": "A" * 20 + "\x10\x0e", "meterStop": 1}, id="Ocular"),
    ],
)
async def test_stop_is_always_answered(depot: Depot, payload: object) -> None:
    """TX-09, TX-23: a CALLRESULT whatever the content."""
    async with await depot.connect() as client:
        assert (await client.call("StopTransaction", payload))[0] == 3
        assert await client.is_alive()


async def test_control_characters_on_the_wire_do_not_lose_a_stop(depot: Depot) -> None:
    """TX-23: the two raw bytes that a strict JSON reader refuses (Ocular LTE)."""
    async with await depot.connect() as client:
        client.send(
            '[2,"1","StopTransaction",{"meterStop":1388,"idTag":"AAAA\x10\x0e","transactionId":17,"reason":"Local"}]'
        )
        assert (await client.receive())[:2] == [3, "1"]
        assert "RPC-12" in depot.disk.frames[0].deviations


async def test_unknown_stop_reason_counts_as_other(depot: Depot) -> None:
    """TX-12: the text itself stays in the journal."""
    async with await depot.connect() as client:
        number = (await start(client))["transactionId"]
        stop = {"transactionId": number, "meterStop": 1001, "reason": "Fatigue", "timestamp": "2026-01-21T11:00:00Z"}
        await client.call("StopTransaction", stop)
    ended = depot.charger().connectors[1].previous
    assert ended is not None and ended.stop_reason == "Other"


async def test_meter_values_become_state(depot: Depot) -> None:
    """MV-01, MV-02: answered `{}`; the log line tells power, energy of the session and transaction."""
    async with await depot.connect() as client:
        number = (await start(client))["transactionId"]
        await client.call("StatusNotification", {"connectorId": 1, "status": "Charging", "errorCode": "NoError"})
        power = {"value": "74.5", "measurand": "Power.Active.Import", "unit": "kW"}
        values = sampled({"value": "29900"}, power)
        told = {"connectorId": 1, "transactionId": number, "meterValue": values}
        assert (await client.call("MeterValues", told))[2] == {}
    assert depot.lines("MeterValues")[0].text == f"c1 74.5 kW  28.90 kWh  tx {number}"


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param({}, id="empty"),
        pytest.param("x", id="no object"),
        pytest.param({"connectorId": 1, "meterValue": []}, id="no values"),
        pytest.param({"connectorId": 1, "meterValue": sampled()}, id="no sampled values"),
        pytest.param({"connectorId": 1, "meterValue": sampled({"value": "5"})[0]}, id="MV-11 Huawei"),
        pytest.param({"connectorId": 1, "transactionId": None, "meterValue": sampled({"value": "5"})}, id="null id"),
        pytest.param({"connectorId": 1, "transactionId": 2**63 - 1, "meterValue": sampled({"value": "5"})}, id="Alfen"),
        pytest.param(
            {"connectorId": 1, "transactionId": 2**64 - 1, "meterValue": sampled({"value": "5"})}, id="uint64"
        ),
        pytest.param({"connectorId": 77777, "meterValue": sampled({"value": "5"})}, id="impossible connector"),
        pytest.param({"connectorId": 1, "meterValue": sampled({"value": "nan"}, {"value": "1e999"})}, id="no numbers"),
        pytest.param({"meterValue": [{"sampledValue": [{"value": 5, "unit": "Hz"}, 7, None]}]}, id="mess"),
    ],
)
async def test_meter_values_are_always_answered(depot: Depot, payload: object) -> None:
    """MV-01, MV-10, MV-11, TX-23: `{}` whatever the content."""
    async with await depot.connect() as client:
        assert (await client.call("MeterValues", payload))[2] == {}
        assert await client.is_alive()


@pytest.mark.parametrize(
    "payload", [{"vendorId": "EV-BOX", "data": "1,2"}, {"vendorId": "a", "data": {}}, {"vendorId": "a", "data": 7}, {}]
)
async def test_data_transfer_of_unknown_vendors(depot: Depot, payload: dict[str, object]) -> None:
    """DT-01: UnknownVendorId, never a CALLERROR; `data` may be anything."""
    async with await depot.connect() as client:
        assert (await client.call("DataTransfer", payload))[2] == {"status": "UnknownVendorId"}


async def test_every_frame_is_told_in_the_log(depot: Depot) -> None:
    """One line at least for each frame of a charger, each with a text that formats."""
    calls: list[tuple[str, Callable[[], object]]] = [
        ("BootNotification", lambda: {"chargePointVendor": "%s", "chargePointModel": "100%"}),
        ("Authorize", lambda: {"idTag": "%d"}),
        ("StartTransaction", lambda: START | {"idTag": "%d %s"}),
        ("MeterValues", lambda: {"connectorId": 2, "meterValue": sampled({"value": "5"})}),
        ("MeterValues", lambda: {"connectorId": 2, "transactionId": 9, "meterValue": sampled({"value": "5"})}),
        ("DataTransfer", lambda: {"vendorId": "%s"}),
    ]
    async with await depot.connect() as client:
        for action, payload in calls:
            before = depot.core.log.seq
            await client.call(action, payload())
            assert any(line.direction == "in" and line.action == action for line in depot.core.log.since(before))
    assert all(isinstance(line.text, str) for line in depot.core.log.since(0))
