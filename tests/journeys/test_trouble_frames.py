"""A charger whose messages are broken: the right OCPP error or none, its link lives on, and its neighbours too."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.journeys.neighbour import Chatter, all_is_well, neighbour
from tests.journeys.product import Served, short_folder
from tests.raw_client import BINARY, CONTINUATION, TEXT, RawClient

pytestmark = pytest.mark.asyncio(loop_scope="module")

LIMIT = 65_536
START = {"connectorId": 1, "idTag": "A1", "meterStart": 5, "timestamp": "2026-11-21T10:00:00Z"}
ANSWERED = "answered"  #: how depends on how much of it can be understood
DIGITS = "9" * 5000
LONG = "x" * 10_000


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def served() -> AsyncIterator[Served]:
    """One server for all of these; at the end it stops in order and has complained of nothing."""
    with short_folder() as folder:
        async with Served(folder, OCPP_MAX_FRAME_BYTES=str(LIMIT)) as running:
            yield running
            assert await running.terminate() == 0
            assert running.said == ""


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chatter(served: Served) -> AsyncIterator[Chatter]:
    async with neighbour(served) as asking:
        yield asking


@pytest_asyncio.fixture(autouse=True, loop_scope="module")
async def undisturbed(chatter: Chatter, served: Served) -> AsyncIterator[None]:
    """Around each test: the healthy charger next door notices nothing of it."""
    chatter.slowest = 0.0
    yield
    await all_is_well(chatter, served)


def call(action: str, payload: str) -> str:
    return f'[2,"1","{action}",{payload}]'


def status(**fields: Any) -> str:
    return call(
        "StatusNotification", json.dumps({"connectorId": 1, "errorCode": "NoError", "status": "Available"} | fields)
    )


@pytest.mark.parametrize(
    ("frame", "answer"),
    [
        pytest.param("hello", None, id="no JSON"),
        pytest.param("", None, id="empty"),
        pytest.param('[2,"1","Heartbeat",{', ANSWERED, id="cut short"),
        pytest.param('[9,"1","Heartbeat",{}]', None, id="unknown type"),
        pytest.param('[2,"1","Heartbeat"]', "FormationViolation", id="three elements"),
        pytest.param('[2,["1"],"Heartbeat",{}]', None, id="id is a list"),
        pytest.param('[2,"1",["Heartbeat"],{}]', "FormationViolation", id="action is a list"),
        pytest.param(call("Foo", "{}"), "NotImplemented", id="unknown action"),
        pytest.param(call("__class__", "{}"), "NotImplemented", id="action of the language"),
        pytest.param(call("\\u001b[31mRed", "{}"), "NotImplemented", id="action with an escape sequence"),
        pytest.param(call("X" * 60_000, "{}"), "NotImplemented", id="action of 60 kB"),
        pytest.param(call("Reset", '{"type":"Hard"}'), "NotSupported", id="wrong direction"),
        pytest.param(call("Authorize", "[]"), "FormationViolation", id="payload is a list"),
        pytest.param(call("Authorize", '{"idTag":5}'), ANSWERED, id="wrong type"),
        pytest.param(call("Authorize", f'{{"idTag":"{LONG}"}}'), ANSWERED, id="10 kB tag"),
        pytest.param(call("Authorize", '{"idTag":"\\ud800"}'), ANSWERED, id="lone surrogate"),
        pytest.param(call("Heartbeat", f'{{"a":{DIGITS}}}'), ANSWERED, id="integer of 5000 digits"),
        pytest.param(call("Heartbeat", "[" * 30_000 + "]" * 30_000), "FormationViolation", id="30000 arrays"),
        pytest.param(call("Heartbeat", '{"a":' * 9_000 + "1" + "}" * 9_000), "FormationViolation", id="9000 objects"),
        pytest.param("[" * 60_000, None, id="60000 brackets"),
        pytest.param(status(connectorId=10**15), "PropertyConstraintViolation", id="connector 10^15"),
        pytest.param(status(connectorId=-1), "PropertyConstraintViolation", id="connector -1"),
        pytest.param(status(info="x" * 10_000), "result", id="10 kB info"),
        pytest.param(status(status="On fire", errorCode="Ouch"), "result", id="unknown state and code"),
        pytest.param(call("StartTransaction", json.dumps(START | {"meterStart": -(10**30)})), "result", id="meter"),
        pytest.param(call("StartTransaction", json.dumps(START | {"timestamp": "yesterday"})), "result", id="no time"),
        pytest.param(call("StopTransaction", f'{{"transactionId":{DIGITS}}}'), ANSWERED, id="stop of a huge id"),
        pytest.param('[3,"nobody asked",{}]', None, id="answer to nothing"),
        pytest.param('[4,"nobody asked","E","d",{}]', None, id="error to nothing"),
        pytest.param(call("DataTransfer", '{"vendorId":"' + "\\u0000" * 200 + '"}'), "result", id="zeros in text"),
    ],
)  # fmt: skip
async def test_broken_message_gets_its_error_and_the_link_lives(served: Served, frame: str, answer: str | None) -> None:
    """RPC-09 to RPC-20: the error that fits, or silence where nobody can be answered; a Heartbeat works afterwards."""
    async with await RawClient.connect(served.port, "/ODD") as odd:
        await odd.boot()
        odd.send_frame(TEXT, frame.encode("utf-8", "surrogatepass"))
        if answer is not None:
            kind, message_id, *rest = await odd.receive()
            assert message_id == "1"
            assert answer in ("result" if kind == 3 else rest[0], ANSWERED)
        assert await odd.is_alive()


@pytest.mark.parametrize("opcode", [TEXT, BINARY], ids=["text", "binary"])
@pytest.mark.parametrize(
    "said",
    [
        pytest.param(b"\xff\xfe\xfd\x00\x80", id="noise"),
        pytest.param('[2,"1","Authorize",{"idTag":"é"}]'.encode("latin-1"), id="latin-1"),
        pytest.param(b"\xef\xbb\xbf" + b'[2,"1","Heartbeat",{}]\x00\r\n', id="BOM and NUL"),
        pytest.param(b'[2,"1","Heartbeat",{}][2,"1","Heartbeat",{}]', id="two at once"),
    ],
)
async def test_bytes_that_are_no_text_do_not_end_the_link(served: Served, opcode: int, said: bytes) -> None:
    """RPC-22, WS-22: answered where it can be read, ignored where not, and never the end of the link."""
    async with await RawClient.connect(served.port, "/ODD") as odd:
        await odd.boot()
        odd.send_frame(opcode, said)
        odd.send([2, "sure", "Heartbeat", {}])
        while (await odd.receive())[1] != "sure":
            pass


@pytest.mark.parametrize("in_parts", [False, True], ids=["whole", "in parts"])
async def test_message_over_the_limit_ends_its_link_alone(served: Served, in_parts: bool) -> None:
    """WS-23: closed with 1009; the reason is told; the charger may come back."""
    async with await RawClient.connect(served.port, "/BIG") as big:
        await big.boot()
        if in_parts:
            big.send_frame(TEXT, b"[" * 40_000, fin=False)
            big.send_frame(CONTINUATION, b"[" * 40_000)
        else:
            big.send_frame(TEXT, b"x" * (LIMIT + 1))
        assert (await big.closing()).code == 1009
    await told_offline(served, "BIG", f"a message was larger than {LIMIT} bytes (1009)")
    async with await RawClient.connect(served.port, "/BIG") as big:
        assert await big.is_alive()


async def test_compressed_message_ends_its_link_with_a_diagnosis(served: Served) -> None:
    """WS-20: compression that nobody agreed on."""
    async with await RawClient.connect(served.port, "/ZIP") as zipped:
        await zipped.boot()
        zipped.send_frame(TEXT, b"\x00\x01", rsv1=True)
        assert (await zipped.closing()).code == 1002
        await told_offline(served, "ZIP", "the charger sent compressed frames without negotiation (1002)")


async def told_offline(served: Served, charger_id: str, reason: str) -> None:
    async with asyncio.timeout(10):
        while True:
            charger = await served.get(f"/api/chargers/{charger_id}")
            if not charger["isOnline"]:
                break
            await asyncio.sleep(0.02)
    assert charger["offlineReason"] == reason


async def test_flood_waits_and_nothing_of_it_is_dropped(served: Served) -> None:
    """T6: 700 messages at once; the burst of 500 is answered at once, the rest at the agreed rate, no other waits."""
    async with await RawClient.connect(served.port, "/FLOOD") as flood:
        for i in range(560):
            flood.send([2, f"f{i}", "Heartbeat", {}])
        for i in range(560):
            assert (await flood.receive(timeout=10))[1] == f"f{i}"


async def test_session_amid_rubbish_is_kept_to_the_watt_hour(served: Served) -> None:
    """Broken messages before, between and after those of a session: what was acknowledged is in the books."""
    rubbish = ["hello", "[" * 60_000, call("Foo", "{}"), call("MeterValues", "[]"), '[3,"nobody",{}]', '[2,"1"']
    async with await RawClient.connect(served.port, "/MIXED") as mixed:
        await mixed.boot()
        started = await among(mixed, rubbish, "StartTransaction", START)
        transaction = started["transactionId"]
        sample = {"timestamp": "2026-11-21T10:05:00Z", "sampledValue": [{"value": "1505"}]}
        await among(
            mixed, rubbish, "MeterValues", {"connectorId": 1, "transactionId": transaction, "meterValue": [sample]}
        )
        stop = {"transactionId": transaction, "meterStop": 2505, "timestamp": "2026-11-21T10:10:00Z"}
        await among(mixed, rubbish, "StopTransaction", stop)
    (kept,) = (await served.get("/api/transactions", charger="MIXED"))["transactions"]
    assert (kept["transactionId"], kept["status"], kept["energyConsumedKwh"]) == (transaction, "COMPLETED", 2.5)
    frames = (await served.get("/api/frames", charger="MIXED", limit=500, direction="in"))["frames"]
    assert [f["raw"] for f in frames].count("hello") == 3


async def among(client: RawClient, rubbish: list[str], action: str, payload: dict[str, Any]) -> dict[str, Any]:
    """Send rubbish, the message, and rubbish; the answer to the message."""
    for frame in (*rubbish[:3], [2, "sure", action, payload], *rubbish[3:]):
        client.send(frame)
    while (answer := await client.receive())[1] != "sure":
        pass
    result: dict[str, Any] = answer[2]
    return result
