"""Frames of real chargers, collected from public reports: each is survived, answered, kept and told.

`tests/data/real_frames.jsonl`: one record a line with vendor, source, frame (JSON or text as it was posted) and what is
odd about it. Records that are no frame at all (a sentence, a fragment without its head) are sent as they are: noise.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.model.command import CommandState, GetConfiguration, Operation, Reset
from server.model.event import Event, EventKind
from tests.raw_client import RawClient
from tests.server.links.conftest import Depot

CORPUS = Path(__file__).parents[2] / "data" / "real_frames.jsonl"
RECORDS: list[dict[str, Any]] = [json.loads(line) for line in CORPUS.read_text("utf-8").splitlines()]

#: What must be noted of a record, by its place in the file; records that are not here break no rule of 1.6.
NOTED = {
    0: "RPC-11:payload.*",
    6: "MV-03:meterValue.sampledValue.unit",
    7: "MV-13:meterValue.sampledValue.context",
    13: "RPC-19:configurationKey.readonly",
    17: "SN-07:status",
    21: "AUTH-02:idTag",
    22: "RPC-12:character",
    38: "AUTH-02:idTag",
    40: "HB-02:no zone",
    44: "HB-04:clock was never set",
    45: "RPC-19:configurationKey.value",
    46: "CFG-03:cut off",
    50: "RPC-12:comma",
    55: "BOOT-10:no vendor or model",
    57: "BOOT-10:chargeBoxSerialNumber",
    59: "SN-07:errorCode",
}
#: What shows that a message has arrived where people see it.
SHOWN = {
    "BootNotification": EventKind.CHARGER_BOOTED,
    "StatusNotification": EventKind.CONNECTOR_CHANGED,
    "StartTransaction": EventKind.TRANSACTION_STARTED,
    "StopTransaction": EventKind.TRANSACTION_STOPPED,
    "MeterValues": EventKind.METER_RECORDED,
    "SecurityEventNotification": EventKind.SECURITY_EVENT,
}


#: The frames were recorded years ago, and are sent again with the times that they had.
OLD = "HB-04:clock is years behind"


def text_of(record: dict[str, Any]) -> str:
    frame = record["frame"]
    return frame if isinstance(frame, str) else json.dumps(frame)


def kind_of(record: dict[str, Any]) -> int:
    """2, 3, 4 of a whole frame; 0 of noise."""
    text = text_of(record)
    return int(text[1]) if text[:1] == "[" and text[1:2] in "234" and text[2:3] == "," else 0


def named(*kinds: int, direction: str = "cp->csms") -> list[Any]:
    """Numbers of the records of some kinds, each with a name for the report."""
    found = [(n, r) for n, r in enumerate(RECORDS) if r["direction"] == direction and kind_of(r) in kinds]
    return [pytest.param(n, id=f"{n:02}-{r['vendor'][:20]}") for n, r in found]


def check_noted(depot: Depot, number: int) -> None:
    """The rule is in the ledger with the frame as its sample, and with the frame in the journal."""
    frame = [f for f in depot.disk.frames if f.direction == "in"][-2]  # the last is the sign of life
    lines = {f"{d.rule}:{d.detail}": d for d in depot.core.peculiar.ledger.lines("CP-1")}
    lines.pop(OLD, None)
    if number not in NOTED:
        assert frame.deviations in ("", OLD) and not lines
        return
    assert NOTED[number] in frame.deviations.split(",")
    line = lines[NOTED[number]]
    assert line.count == 1 and line.sample == str(frame.raw)[:1000]


def test_corpus_is_whole() -> None:
    """60 records; nobody shortens the list to make it green."""
    kinds = [kind_of(record) for record in RECORDS]
    assert len(RECORDS) == 60
    assert (kinds.count(2), kinds.count(3), kinds.count(4), kinds.count(0)) == (45, 7, 3, 5)


@pytest.mark.parametrize("number", named(2))
async def test_call_of_a_real_charger_is_answered(depot: Depot, number: int) -> None:
    """RPC-12, RPC-22, MV-12, BOOT-10, SN-07, AUTH-02, HB-02, HB-04: a CALLRESULT with its id, whatever is odd; the
    content is shown, the frame is journaled byte for byte, the deviation noted, the link alive."""
    text = text_of(RECORDS[number])
    events: list[Event] = []
    depot.core.bus.listen(events.append)
    async with await depot.connect() as client:
        client.send(text)
        kind, message_id, _ = await client.receive()
        assert (kind, message_id) == (3, text.split('"')[1])
        assert await client.is_alive()
    assert depot.disk.received()[0] == text
    action = text.split('"')[3]
    if action in SHOWN:
        assert SHOWN[action] in [event.kind for event in events]
    check_noted(depot, number)


async def answer(client: RawClient, depot: Depot, operation: Operation, text: str) -> Any:
    """Let the server ask, and answer with a recorded frame under the id that it asked with."""
    _, sent = depot.start_call(operation)
    _, asked_id, *_ = await client.receive()
    recorded_id = text.split('"')[1]
    client.send(text.replace(recorded_id, str(asked_id), 1))
    return await sent


@pytest.mark.parametrize("number", named(3))
async def test_answer_of_a_real_charger_is_understood(depot: Depot, number: int) -> None:
    """RPC-19, CFG-03, RPC-22: it answers the very call that it is the answer of; its content is kept."""
    text = text_of(RECORDS[number])
    is_list = "configurationKey" in text
    async with await depot.connect() as client:
        reply = await answer(client, depot, GetConfiguration() if is_list else Reset(), text)
        assert reply.state is CommandState.ACCEPTED
        assert len(reply.items) == text.count('"key"')
        if number == 45:  # values that are numbers, flags that are text
            assert ("ChargeProfileMaxStackLevel", "5", True) in [item[:3] for item in reply.items]
        assert await client.is_alive()
        assert depot.health.stray_answers == 0
    check_noted(depot, number)


@pytest.mark.parametrize("number", named(0, 4))
async def test_noise_is_survived_and_kept(depot: Depot, number: int) -> None:
    """RPC-07, RPC-12, RPC-18: nothing is answered, one line tells of it, the frame is journaled, the link lives."""
    text = text_of(RECORDS[number])
    async with await depot.connect() as client:
        client.send(text)
        assert await client.is_alive()
    assert depot.disk.received()[0] == text


@pytest.mark.parametrize("number", named(3, 4, direction="csms->cp"))
async def test_mistakes_of_other_servers_are_not_ours(depot: Depot, number: int) -> None:
    """BOOT-01, BOOT-10, TX-23: `interval` is called so, and nothing is refused for its content."""
    text = text_of(RECORDS[number])
    if kind_of(RECORDS[number]) == 3:
        asked = [2, "1", "BootNotification", {"chargePointVendor": "Alfen", "chargePointModel": "NG910"}]
    elif "ChargePointVendor" in text:
        asked = [2, "1", "BootNotification", {"chargePointVendor": "", "chargePointModel": "ACChargePoint"}]
    else:
        asked = RECORDS[number - 1]["frame"]
    async with await depot.connect() as client:
        client.send(asked)
        kind, _, payload = await client.receive()
        assert kind == 3 and "heartbeatInterval" not in payload
        assert ("interval" in payload) is (asked[2] == "BootNotification")


async def test_a_depot_of_them_all_on_one_link(depot: Depot) -> None:
    """All records one after the other on one link, as one charger from hell: alive at the end, all journaled."""
    sent = [text_of(record) for record in RECORDS if record["direction"] == "cp->csms"]
    async with await depot.connect() as client:
        for text in [*sent, '[2,"the end","Heartbeat",{}]']:
            client.send(text)
        answers = [await client.receive() for _ in range(46)]  # 45 calls and the sign of life
    assert {answer[0] for answer in answers} == {3}
    assert depot.disk.received()[: len(sent)] == sent
    noted = {f"{d.rule}:{d.detail}" for d in depot.core.peculiar.ledger.lines("CP-1")}
    assert noted > {told for number, told in NOTED.items() if number not in (13, 45)}  # nothing was asked here
