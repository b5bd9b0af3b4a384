"""The RPC layer against everything a charger can put into a frame."""

from __future__ import annotations

import json

import pytest

from server.config import OcppSettings
from server.core.core import Policy
from server.model.log import Level
from tests.raw_client import BINARY, CONTINUATION, TEXT, RawClient
from tests.server.links.conftest import Depot, OpenDepot, eventually

START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-11-21T10:00:00Z"}


async def refusal(client: RawClient, message: object) -> tuple[object, str]:
    """Send; the answer must be a well-formed CALLERROR: its id and code."""
    client.send(message)
    kind, message_id, code, description, details = await client.receive()
    assert kind == 4
    assert description and len(description) <= 255 and details == {}  # RPC-21
    return message_id, code


@pytest.mark.parametrize(
    ("action", "code"),
    [
        pytest.param("Foo", "NotImplemented", id="unknown"),
        pytest.param("TransactionStarted", "NotImplemented", id="vendor's own"),
        pytest.param("GetLog", "NotSupported", id="known"),
        pytest.param("Reset", "NotSupported", id="wrong direction"),
    ],
)
async def test_actions_without_a_handler_are_told_apart(depot: Depot, action: str, code: str) -> None:
    """RPC-09: unknown is NotImplemented, known but unhandled is NotSupported."""
    async with await depot.connect() as client:
        assert await refusal(client, [2, "1", action, {}]) == ("1", code)
        assert await client.is_alive()


@pytest.mark.parametrize(
    ("payload", "code"),
    [
        pytest.param({}, "ProtocolError", id="required field missing"),
        pytest.param({"idTag": 5}, "TypeConstraintViolation", id="wrong type"),
        pytest.param({"idTag": "x" * 21}, "PropertyConstraintViolation", id="too long"),
        pytest.param({"idTag": "x", "secret4711": 1}, "FormationViolation", id="field too many"),
        pytest.param([], "FormationViolation", id="payload no object"),
        pytest.param("text4711", "FormationViolation", id="payload text"),
    ],
)
async def test_error_code_names_what_is_wrong(depot: Depot, payload: object, code: str) -> None:
    """RPC-10, RPC-11, RPC-21: for certification work the precise code in its 1.6 spelling; no content comes back."""
    async with await depot.connect() as client:
        depot.set_options(strict=True)
        client.send([2, "1", "Authorize", payload])
        text = await client.receive_text()
        assert json.loads(text)[:3] == [4, "1", code]
        assert "4711" not in text
        assert await client.is_alive()


@pytest.mark.parametrize(
    "frame",
    [
        pytest.param("hello", id="RPC-12 no JSON"),
        pytest.param("", id="RPC-12 empty"),
        pytest.param('{"a":1}', id="RPC-12 object"),
        pytest.param("42", id="RPC-12 number"),
        pytest.param("null", id="RPC-12 null"),
        pytest.param("[]", id="RPC-12 empty array"),
        pytest.param("[2]", id="RPC-15 only a type"),
        pytest.param('[9,"1","Heartbeat",{}]', id="RPC-13 unknown type"),
        pytest.param('[6,"1","Heartbeat",{}]', id="RPC-13 SEND of 2.1"),
        pytest.param('[true,"1","Heartbeat",{}]', id="RPC-13 boolean type"),
        pytest.param('[2,null,"Heartbeat",{}]', id="RPC-16 null id"),
        pytest.param('[2,["1"],"Heartbeat",{}]', id="RPC-16 list id"),
        pytest.param('[2,{"a":1},"Heartbeat",{}]', id="RPC-16 object id"),
        pytest.param("[" * 100_000, id="RPC-20 deep arrays"),
        pytest.param('{"a":' * 100_000, id="RPC-20 deep objects"),
        pytest.param('[3,"nobody asked",{}]', id="RPC-07 stray result"),
        pytest.param('[4,"nobody asked","X","",{}]', id="RPC-07 stray error"),
        pytest.param('[3,{"a":[]},{}]', id="RPC-07 stray with an odd id"),
        pytest.param("[3]", id="result without anything"),
    ],
)
async def test_what_cannot_be_answered_is_ignored_and_journaled(depot: Depot, frame: str) -> None:
    """RPC-07, RPC-12, RPC-13, RPC-20: one warning, the frame in the journal byte for byte, the link lives."""
    async with await depot.connect() as client:
        client.send(frame)
        assert await client.is_alive()
        assert depot.disk.received()[0] == frame
        assert sum(line.level == Level.WARNING for line in depot.core.log.since(0)) == 1


@pytest.mark.parametrize(
    ("frame", "message_id"),
    [
        pytest.param('[2,"1","Heartbeat"]', "1", id="RPC-15 three elements"),
        pytest.param('[2,"1","Heartbeat",{},{}]', "1", id="RPC-15 five elements"),
        pytest.param('[2,"1"]', "1", id="RPC-15 two elements"),
        pytest.param('[2,"1",["Heartbeat"],{}]', "1", id="RPC-20 action a list"),
        pytest.param('[2,"1",{"a":1},{}]', "1", id="RPC-20 action an object"),
        pytest.param('[2,"1",null,{}]', "1", id="action null"),
        pytest.param('[2,"1","Authorize",{"idTag":}]', "1", id="RPC-12 id salvaged"),
        pytest.param('[2,"1","Authorize",{"idTag":' + "9" * 5000 + "}]", "1", id="RPC-20 huge integer"),
        pytest.param('[2,"1","Authorize",{"idTag":' + "[" * 3000, "1", id="RPC-20 deep payload"),
        pytest.param('[2,"1","Foo",{"idTag":"\\ud800"}]', "1", id="lone surrogate"),
        pytest.param('[2,17,"Foo",{}]', 17, id="RPC-16 integer id"),
        pytest.param('[2,-17,"Heartbeat",{"a":' + "[" * 3000, -17, id="RPC-12 integer id salvaged"),
    ],
)
async def test_malformed_call_with_a_readable_id_is_answered(depot: Depot, frame: str, message_id: object) -> None:
    """RPC-12, RPC-15, RPC-16, RPC-20: a CALLERROR with the id as it came, and the link lives."""
    async with await depot.connect() as client:
        answered, _ = await refusal(client, frame)
        assert answered == message_id and type(answered) is type(message_id)
        assert await client.is_alive()


@pytest.mark.parametrize(
    ("frame", "deviation"),
    [
        pytest.param('[2,"1","Heartbeat",null]', "RPC-14", id="RPC-14 null payload"),
        pytest.param('[2,17,"Heartbeat",{}]', "RPC-16", id="RPC-16 integer id"),
        pytest.param('[2,"","Heartbeat",{}]', "RPC-16", id="RPC-16 empty id"),
        pytest.param('[2,"' + "i" * 60 + '","Heartbeat",{}]', "RPC-16", id="RPC-16 long id"),
        pytest.param('\ufeff[2,"1","Heartbeat",{}]', "RPC-22", id="RPC-22 BOM"),
        pytest.param('[2,"1","Heartbeat",{}]\x00', "RPC-22", id="RPC-22 NUL"),
        pytest.param('[2,"1",\n"Heartbeat",\r\n{ } ]\r\n', "", id="RPC-22 line breaks"),
        pytest.param('[2,"1","Heartbeat",{"x":1}]', "RPC-11", id="HB-05 with extra field"),
        pytest.param('[2,"1","Heartbeat",[]]', "RPC-11", id="HB-05 with a list"),
    ],
)
async def test_odd_but_clear_frames_are_understood(depot: Depot, frame: str, deviation: str) -> None:
    """RPC-14, RPC-16, RPC-22, HB-05: answered with the id exactly as received; the deviation is noted."""
    async with await depot.connect() as client:
        client.send(frame)
        kind, message_id, payload = await client.receive()
        assert kind == 3 and "currentTime" in payload
        assert message_id == json.loads(frame.strip("\ufeff\x00"))[1]
        assert depot.disk.received() == [frame]
        noted = depot.disk.frames[0].deviations
        assert deviation in noted if deviation else noted == ""


async def test_two_messages_in_one_frame_are_both_answered(depot: Depot) -> None:
    """RPC-22: in their order; the frame is journaled once."""
    async with await depot.connect() as client:
        frame = '[2,"1","Heartbeat",{}] [2,"2","Foo",{}]'
        client.send(frame)
        assert (await client.receive())[:2] == [3, "1"]
        assert (await client.receive())[:2] == [4, "2"]
        assert depot.disk.received() == [frame]


async def test_binary_frame_is_processed_like_text(depot: Depot) -> None:
    """WS-22: JSON in a binary frame; the journal keeps bytes."""
    async with await depot.connect() as client:
        client.send_frame(BINARY, b'[2,"1","Heartbeat",{}]')
        assert (await client.receive())[:2] == [3, "1"]
        assert depot.disk.received() == [b'[2,"1","Heartbeat",{}]']


async def test_invalid_utf8_is_read_as_what_it_probably_is(depot: Depot) -> None:
    """A charger that writes Latin-1 keeps its link and its fault text; the journal has the very bytes."""
    frame = (
        b'[2,"1","StatusNotification",{"connectorId":1,"status":"Faulted","errorCode":"NoError","info":"T\xfcr auf"}]'
    )
    async with await depot.connect() as client:
        client.send_frame(TEXT, frame)
        assert await client.receive() == [3, "1", {}]
        assert depot.charger().connectors[1].info == "Tür auf"
        assert depot.disk.received() == [frame]


async def test_fragmented_message_is_put_together(depot: Depot) -> None:
    """Also when a heartbeat of the socket comes between."""
    async with await depot.connect() as client:
        client.send_frame(TEXT, b'[2,"1","Hea', fin=False)
        client.send_frame(CONTINUATION, b"rtbeat", fin=False)
        client.send_frame(0x9, b"ping")
        client.send_frame(CONTINUATION, b'",{}]')
        assert (await client.receive_frame())[0] == 0xA
        assert (await client.receive())[:2] == [3, "1"]


async def test_endless_fragments_end_at_the_size_limit(depot: Depot) -> None:
    """WS-23: fragments count together; 1009, and the memory of a message is bounded."""
    async with await depot.connect() as client:
        client.send_frame(TEXT, b"[" + b" " * 300_000, fin=False)
        for _ in range(4):
            client.send_frame(CONTINUATION, b" " * 300_000, fin=False)
        assert (await client.closing()).code == 1009
        await eventually(lambda: not depot.charger().online)


async def test_compressed_frame_without_negotiation_is_named(depot: Depot) -> None:
    """WS-20: 1002, and the reason says what the charger does wrong."""
    async with await depot.connect() as client:
        client.send_frame(TEXT, b"\xaa\xbb", rsv1=True)
        assert (await client.closing()).code == 1002
        await eventually(lambda: "compressed" in depot.charger().offline_reason)


async def test_internal_failure_costs_one_message(
    depot: Depot, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """No exception of a handler escapes: InternalError, one log line, the link lives."""

    def fail(*_: object) -> None:
        raise ZeroDivisionError("bug")

    async with await depot.connect() as client:
        monkeypatch.setattr(depot.core, "authorizing", fail)
        assert await refusal(client, [2, "1", "Authorize", {"idTag": "A1"}]) == ("1", "InternalError")
        assert [line.text for line in depot.core.log.since(0) if line.level == Level.ERROR] == [
            "failed inside the server: ZeroDivisionError"
        ]
        assert len(caplog.records) == 1
        assert await client.is_alive()


async def test_nothing_but_boot_and_heartbeat_before_acceptance(open_depot: OpenDepot) -> None:
    """BOOT-02, HB-05: SecurityError for everything else, and nothing of it becomes state."""
    depot = await open_depot(policy=Policy("ask"))
    async with await depot.connect() as client:
        status = {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
        for action, payload in (("StatusNotification", status), ("StartTransaction", START), ("MeterValues", {})):
            assert await refusal(client, [2, action, action, payload]) == (action, "SecurityError")
        assert (await client.boot())["status"] == "Pending"
        assert await client.is_alive()
        assert depot.charger().connectors == {}


async def test_adopted_charger_need_not_boot_again(depot: Depot) -> None:
    """BOOT-02, BOOT-03: a reconnect without BootNotification is normal."""
    async with await depot.connect() as client:
        answer = await client.call(
            "StatusNotification", {"connectorId": 1, "status": "Available", "errorCode": "NoError"}
        )
        assert answer[0] == 3


async def test_secrets_do_not_reach_the_journal(depot: Depot) -> None:
    """SEC-07: values of AuthorizationKey and passwords in URLs are masked, all else is byte for byte."""
    async with await depot.connect() as client:
        inner = '{"key":"AuthorizationKey","readonly":false,"value":"4f43415f"}'
        client.send('[2, "1","DataTransfer",{"vendorId":"a","data":' + json.dumps("ftp://ana:s3cret@host/x") + "}]")
        await client.receive()
        client.send(f'[3,"2",{{"configurationKey":[{inner}]}}]')
        assert await client.is_alive()
        first, second, _ = depot.disk.received()
        assert first == '[2, "1","DataTransfer",{"vendorId":"a","data":"ftp://***@host/x"}]'
        assert second == '[3,"2",{"configurationKey":[{"key":"AuthorizationKey","readonly":false,"value":"***"}]}]'


async def test_flood_of_strays_leaves_the_link_alive(open_depot: OpenDepot) -> None:
    """RPC-07: counted, ignored, nothing piles up."""
    depot = await open_depot(OcppSettings(host="127.0.0.1", port=0, max_frames_per_second=0))
    async with await depot.connect() as client:
        for i in range(3000):
            client.send(f'[3,"{i}",{{}}]')
        client.send([2, "last", "Heartbeat", {}])
        assert (await client.receive())[1] == "last"
        assert depot.health.stray_answers == 3000
