"""What a charger does otherwise than the protocol is accepted, and told: in the ledger and with the frame."""

from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from server.core.bus import Bus
from server.core.deviations import MOST_LINES, OTHERS, SAMPLE, Ledger
from server.links.v16.times import write_time
from server.model.command import ChangeConfiguration, CommandState, GetConfiguration, RemoteStart
from server.model.status import ConnectorStatus
from tests.server.links.conftest import Depot

PAST = "2026-01-21T10:00:00"
STATUS = {"connectorId": 1, "errorCode": "NoError", "status": "Available"}


def noted(depot: Depot) -> list[str]:
    """Rules of the newest frame of the charger, as the journal has them."""
    frames = [f for f in depot.disk.frames if f.direction == "in" and f.action != "Heartbeat"]
    return [told for told in frames[-1].deviations.split(",") if told]


def in_ledger(depot: Depot) -> dict[str, int]:
    return {f"{d.rule}:{d.detail}".rstrip(":"): d.count for d in depot.core.peculiar.ledger.lines("CP-1")}


@pytest.mark.parametrize(
    ("stamp", "deviation"),
    [
        (PAST + "Z", ""),
        (PAST + ".123456789Z", ""),
        (PAST + "+02:00", ""),
        (PAST + "+02", "HB-02:zone in another form"),
        (PAST + "+0200", "HB-02:zone in another form"),
        (PAST, "HB-02:no zone"),
        ("2026-01-21 10:00:00Z", "HB-02:no T"),
        ("1769000000", "HB-02:a number"),
        ("", "HB-02:no time"),
        ("yesterday", "HB-02:no time"),
        (" " + PAST + "Z", "HB-02:blanks around it"),
        ("1970-01-01T00:01:10Z", "HB-04:clock was never set"),
        ("2099-01-01T00:00:00Z", "HB-04:clock is ahead"),
    ],
)
async def test_times_in_any_form_are_read_and_the_form_is_noted(depot: Depot, stamp: str, deviation: str) -> None:
    """HB-02, HB-04: the report counts whatever its time says."""
    async with await depot.connect() as client:
        assert await client.call("StatusNotification", {**STATUS, "timestamp": stamp}) == [3, "m1", {}]
        assert await client.is_alive()
    assert depot.charger().connectors[1].status is ConnectorStatus.AVAILABLE
    assert ",".join(noted(depot)) == deviation
    assert in_ledger(depot) == ({deviation: 1} if deviation else {})


async def test_samples_of_a_clock_that_is_years_behind_are_noted(depot: Depot) -> None:
    """HB-04: a sample of the time when the firmware was built counts as of now."""
    values = [{"timestamp": "2020-01-01T00:00:00Z", "sampledValue": [{"value": "7"}]}]
    async with await depot.connect() as client:
        assert (await client.call("MeterValues", {"connectorId": 1, "meterValue": values}))[0] == 3
    assert noted(depot) == ["HB-04:clock is years behind"]


@pytest.mark.parametrize("stamp", [1769000000, None, {}])
async def test_times_that_are_no_text(depot: Depot, stamp: object) -> None:
    """HB-02: numbers and nothing at all; MeterValues are kept with the time of receipt."""
    values = [{"timestamp": stamp, "sampledValue": [{"value": "7"}]}]
    async with await depot.connect() as client:
        assert (await client.call("MeterValues", {"connectorId": 1, "meterValue": values}))[0] == 3
    assert depot.charger().connectors[1].register_wh == 7
    assert any(told.startswith("HB-02") for told in noted(depot))


async def test_local_time_told_as_utc(depot: Depot) -> None:
    """HB-03: two whole hours ahead is a time zone, not a future (Q55); both clocks are kept."""
    claimed = write_time(int((time.time() + 7200) * 1000))
    begun = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": claimed}
    async with await depot.connect() as client:
        assert (await client.call("StartTransaction", begun))[0] == 3
    assert noted(depot) == ["HB-03:local time told as UTC: +2 h"]
    transaction = depot.charger().connectors[1].transaction
    assert transaction is not None
    assert transaction.started_at == transaction.start_received_at
    assert transaction.claimed_start_at is not None
    assert transaction.claimed_start_at - transaction.started_at > 7_190_000


@pytest.mark.parametrize(
    ("payload", "deviation", "error_code", "vendor_code"),
    [
        ({"errorCode": "Error", "status": "Faulted"}, "SN-07:errorCode", "OtherError", "Error"),
        ({"errorCode": "No Error"}, "SN-07:errorCode", "NoError", ""),
        ({"errorCode": None}, "SN-07:errorCode", "NoError", ""),
        ({"status": "Occupied"}, "SN-07:status", "NoError", ""),
        ({"info": "null", "vendorErrorCode": "0x0000"}, "SN-07:a word for nothing", "NoError", ""),
        ({"info": "i" * 60}, "SN-07:info", "NoError", ""),
        ({"connectorId": "1"}, "SN-07:connectorId", "NoError", ""),
    ],
)
async def test_odd_status_is_understood(
    depot: Depot, payload: dict[str, object], deviation: str, error_code: str, vendor_code: str
) -> None:
    """SN-07: other enums, words for nothing, types (Q18, Q33): applied, mapped, noted."""
    async with await depot.connect() as client:
        assert await client.call("StatusNotification", {**STATUS, **payload}) == [3, "m1", {}]
        assert await client.is_alive()
    connector = depot.charger().connectors[1]
    assert (connector.error_code, connector.vendor_error_code) == (error_code, vendor_code)
    assert deviation in noted(depot)


async def test_older_status_does_not_overwrite(depot: Depot) -> None:
    """SN-08: a queued report is answered and journaled, the newer state stays."""
    async with await depot.connect() as client:
        newer, older = (datetime.now(UTC) - timedelta(hours=hours) for hours in (1, 2))
        await client.call("StatusNotification", {**STATUS, "status": "Charging", "timestamp": newer.isoformat()})
        await client.call("StatusNotification", {**STATUS, "timestamp": older.isoformat()})
    assert depot.charger().connectors[1].status is ConnectorStatus.CHARGING
    assert "SN-08:Available came late" in noted(depot)


async def test_a_clock_that_fell_back_at_the_boot_hides_nothing(depot: Depot) -> None:
    """SN-08, HB-04: also by some hours: the newest arrival counts."""
    async with await depot.connect() as client:
        await client.call("StatusNotification", {**STATUS, "timestamp": datetime.now(UTC).isoformat()})
        for status, behind in (("Preparing", timedelta(hours=5)), ("Charging", timedelta(days=2_500))):
            clock = datetime.now(UTC) - behind
            await client.call("BootNotification", {"chargePointVendor": "V", "chargePointModel": "M"})
            await client.call("StatusNotification", {**STATUS, "status": status, "timestamp": f"{clock:%FT%TZ}"})
            assert depot.charger().connectors[1].status.value == status


async def test_unknown_connector_is_made(depot: Depot) -> None:
    """SN-09: nobody configured it, it is there."""
    async with await depot.connect() as client:
        await client.call("StatusNotification", {**STATUS, "connectorId": 12})
    assert list(depot.charger().connectors) == [12]


async def test_connector_0_with_a_status_of_connectors(depot: Depot) -> None:
    """SN-10: kept as it is, noted, and no connector is derived from it (Q37)."""
    async with await depot.connect() as client:
        await client.call("StatusNotification", {**STATUS, "connectorId": 0, "status": "Preparing"})
        assert await client.is_alive()
    assert depot.charger().main.status is ConnectorStatus.PREPARING and not depot.charger().connectors
    assert noted(depot) == ["SN-10:connector 0 is Preparing"]


async def test_transition_that_the_table_lacks(depot: Depot) -> None:
    """SN-11: accepted and noted; what may follow is not."""
    async with await depot.connect() as client:
        for status in ("Available", "Preparing", "Charging", "Finishing", "Available"):
            await client.call("StatusNotification", {**STATUS, "status": status})
        assert in_ledger(depot) == {}
        await client.call("StatusNotification", {**STATUS, "status": "Finishing"})
    assert depot.charger().connectors[1].status is ConnectorStatus.FINISHING
    assert in_ledger(depot) == {"SN-11:Available to Finishing": 1}


@pytest.mark.parametrize(
    ("how", "deviation"),
    [
        ({"offers": None}, "WS-05:no subprotocol"),
        ({"offers": ["OCPP1.6"]}, "WS-06:spelling"),
        ({"leave_out": ["Connection"]}, "WS-21:no Connection header"),
        ({"target": "/ocpp2.0.1/CP-1"}, ""),
        ({"offers": ["ocpp1.6", "ocpp2.0.1"]}, ""),
    ],
)
async def test_odd_handshake_is_noted(depot: Depot, how: dict[str, object], deviation: str) -> None:
    """WS-04, WS-05, WS-06, WS-08: let in as 1.6 whatever path and order say; what is odd stands in the ledger."""
    async with await depot.connect(**{"target": "/CP-1", **how}) as client:  # type: ignore[arg-type]
        assert client.status == 101
        assert (await client.boot())["status"] == "Accepted"
    assert depot.charger().ocpp_version == "1.6"
    assert in_ledger(depot) == ({deviation: 1} if deviation else {})
    assert not any(f.deviations for f in depot.disk.frames)  # no frame of the link is to blame


async def test_version_belongs_to_the_connection(depot: Depot) -> None:
    """WS-07: a probe with another version is refused, the next link works."""
    assert (await depot.connect(offers=["ocpp2.1"])).status == 400
    async with await depot.connect(offers=["ocpp2.0.1", "ocpp1.6"]) as client:
        assert (await client.boot())["status"] == "Accepted"


@pytest.mark.parametrize(
    ("presented", "status", "deviation"),
    [
        ("20:69:C0:21", "Accepted", ""),
        ("2069c021", "Accepted", ""),
        ("AAAAAAAAAAAAAAAAAAAA", "Accepted", ""),
        ("AAAAAAAAAAAAAAAAAAAA-", "Accepted", "AUTH-02:idTag"),
        ("AAAAAAAAAAAAAAAAAAAA\x10\x0e", "Accepted", "AUTH-02:idTag"),
        ("", "Invalid", "AUTH-02:empty tag"),
        ("2069C0", "Invalid", ""),
        (5, "Invalid", "AUTH-02:idTag"),
    ],
)
async def test_tags_as_chargers_write_them(depot: Depot, presented: object, status: str, deviation: str) -> None:
    """AUTH-02: capitals, separators, garbage and length do not turn a known card away; all is answered, and noted."""
    from server.core.core import Policy
    from server.model.tag import IdTag

    depot.core.policy = Policy("accept", accept_unknown_tags=False)
    depot.core.put_tag(IdTag("2069C021"), 1)
    depot.core.put_tag(IdTag("A" * 20), 1)
    async with await depot.connect() as client:
        answer = await client.call("Authorize", {"idTag": presented})
        assert answer[0] == 3 and answer[2]["idTagInfo"]["status"] == status
        assert await client.is_alive()
    assert deviation in ",".join(noted(depot)) and bool(noted(depot)) == bool(deviation)


async def test_long_tag_of_a_remote_start_is_pointed_out(depot: Depot) -> None:
    """AUTH-04: a tag of 20 characters may come back with 21 (Q42): the log says so where it is sent."""
    async with await depot.connect() as client:
        for tag in ("A" * 20, "A" * 19):
            depot.start_call(RemoteStart(tag, 1))
            asked = await client.receive()
            client.send([3, asked[1], {"status": "Rejected"}])
            assert await client.is_alive()
    lines = [line.text for line in depot.lines("RemoteStartTransaction") if line.direction == "out"]
    assert ["some chargers add one" in line for line in lines] == [True, False]


@pytest.mark.parametrize(
    ("answer", "item", "deviation"),
    [
        ({"key": "K", "readonly": "false", "value": 5}, ("K", "5", False), "RPC-19:configurationKey.readonly"),
        ({"key": "K", "readonly": 1, "value": "v" * 501}, ("K", "v" * 501, True), "RPC-19:configurationKey.value"),
        ({"key": "k" * 51, "readonly": True}, ("k" * 51, None, True), "RPC-19:configurationKey.key"),
    ],
)
async def test_invalid_answer_keeps_its_content(
    depot: Depot, answer: dict[str, object], item: tuple[str, str | None, bool], deviation: str
) -> None:
    """RPC-19: shown as it is, noted with the frame."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(GetConfiguration())
        asked = await client.receive()
        client.send([3, asked[1], {"configurationKey": [answer]}])
        reply = await sent
        assert reply.state is CommandState.ACCEPTED and reply.items[0][:3] == item
        assert await client.is_alive()
    assert deviation in noted(depot)
    assert depot.core.peculiar.ledger.lines("CP-1")[0].sample


async def test_answer_without_meaning_is_shown(depot: Depot) -> None:
    """RPC-19: an answer that is no object is kept as it came."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(ChangeConfiguration("K", "1"))
        asked = await client.receive()
        client.send([3, asked[1], ["Accepted"]])
        reply = await sent
        assert (reply.state, reply.response) == (CommandState.ERROR, {"answer": ["Accepted"]})
    assert "RPC-19:payload" in noted(depot)


async def test_unknown_action_is_noted_without_its_text(depot: Depot) -> None:
    """RPC-09: an own message of the vendor is refused and noted (Q32); hostile names are not told."""
    async with await depot.connect() as client:
        assert (await client.call("TransactionStarted", {}))[0] == 4
        assert (await client.call("x\x1b[31m,y", {}))[0] == 4
    assert in_ledger(depot) == {"RPC-09:TransactionStarted": 1, "RPC-09:odd name": 1}


async def test_ledger_counts(depot: Depot) -> None:
    """First, last, how often, and the newest frame."""
    async with await depot.connect() as client:
        for _ in range(3):
            await client.call("Heartbeat", {"x": 1})
    (line,) = depot.core.peculiar.ledger.lines("CP-1")
    assert (line.rule, line.count) == ("RPC-11", 3)
    assert line.first_at <= line.last_at and '"m3"' in line.sample


def test_ledger_is_bounded() -> None:
    """A charger that breaks rules in ever new ways fills 200 lines and no more; its samples are cut."""
    ledger = Ledger(Bus())
    for n in range(MOST_LINES + 50):
        ledger.note("CP-1", n, "RPC-09", f"action {n}", "x" * 5000)
    lines = ledger.lines("CP-1")
    assert len(lines) == MOST_LINES + 1
    assert (lines[0].detail, lines[0].count, len(lines[0].sample)) == (OTHERS, 50, SAMPLE)
    assert ledger.rules("CP-1") == {"RPC-09": MOST_LINES + 50}
