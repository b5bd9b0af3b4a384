"""JSON that is not quite JSON is read as it was meant, and noted; in certification work it is not."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from server.links import repair
from server.model.command import CommandState, GetConfiguration
from server.model.event import Event, EventKind
from tests.server.links.conftest import Depot

METER = '{"connectorId":1,%s"meterValue":[{"timestamp":"2026-01-21T10:00:00Z","sampledValue":[%s{"value":"42"}]}]}'


@pytest.mark.parametrize(
    ("frame", "deviation"),
    [
        pytest.param(
            f'[2,"1","MeterValues",{METER % (chr(34) + "transactionId" + chr(34) + ":,", "")}]', "MV-12", id="MV-12"
        ),
        pytest.param(f'[2,"1","MeterValues",{METER % ("", ",")}]', "RPC-12:comma", id="comma before"),
        pytest.param(f'[2,"1","MeterValues",{METER % ("", "")},]', "RPC-12:comma", id="comma behind"),
        pytest.param(f'[2,"1","MeterValues",{(METER % ("", ""))[:-3]}', "RPC-12:cut off", id="cut"),
        pytest.param(f'[2,"1","MeterValues",{METER % ("", "")}]]', "RPC-22", id="bracket too many"),
        pytest.param(f'[2,"1","MeterValues",{METER % (chr(34) + "info" + chr(34) + ":NaN,", "")}]', "", id="NaN"),
        pytest.param(f'\x00[2,"1","MeterValues",{METER % ("", "")}]\ufeff', "RPC-22:around", id="RPC-22 BOM, NUL"),
    ],
)
async def test_samples_in_broken_json_are_stored(depot: Depot, frame: str, deviation: str) -> None:
    """MV-12, RPC-12, RPC-22: answered, recorded, journaled byte for byte, noted with the frame as sample."""
    events: list[Event] = []
    depot.core.bus.listen(events.append)
    async with await depot.connect() as client:
        client.send(frame)
        assert await client.receive() == [3, "1", {}]
        assert await client.is_alive()
    assert EventKind.METER_RECORDED in [event.kind for event in events]
    assert depot.charger().connectors[1].register_wh == 42
    assert depot.disk.received()[0] == frame
    assert deviation in depot.disk.frames[0].deviations
    assert any(f"{d.rule}:{d.detail}".startswith(deviation) for d in depot.core.peculiar.ledger.lines("CP-1"))


async def test_stop_that_was_cut_still_ends_the_session(depot: Depot) -> None:
    """TX-09, TX-23: a buffer of the charger was too small; what arrived is used."""
    async with await depot.connect() as client:
        begun = {"connectorId": 1, "idTag": "A", "meterStart": 100, "timestamp": "2026-01-21T10:00:00Z"}
        number = (await client.call("StartTransaction", begun))[2]["transactionId"]
        client.send(f'[2,"s","StopTransaction",{{"transactionId":{number},"meterStop":900,"timestamp":"2026-1')
        assert (await client.receive())[:2] == [3, "s"]
        assert await client.is_alive()
    ended = depot.charger().connectors[1].previous
    assert ended is not None and (ended.transaction_id, ended.energy_wh) == (number, 800)


@pytest.mark.parametrize("samples", [60, 400])
async def test_long_stop_with_a_slip_ends_the_session(depot: Depot, samples: int) -> None:
    """TX-23, MV-12: the samples of a whole night do not cost the session; at most the last of them are lost."""
    sample = {"value": "5", "measurand": "Energy.Active.Import.Register", "unit": "Wh", "location": "Outlet"}
    element = {"timestamp": "2026-01-21T10:30:00Z", "sampledValue": [sample]}
    async with await depot.connect() as client:
        begun = {"connectorId": 1, "idTag": "A", "meterStart": 100, "timestamp": "2026-01-21T10:00:00Z"}
        number = (await client.call("StartTransaction", begun))[2]["transactionId"]
        stop = {"transactionId": number, "meterStop": 900, "timestamp": "2026-01-21T11:00:00Z"}
        told = json.dumps(stop | {"transactionData": [element] * samples})
        client.send(f'[2,"s","StopTransaction",{{"idTag":,{told[1:]}]')
        assert (await client.receive())[:2] == [3, "s"]
        assert await client.is_alive()
    ended = depot.charger().connectors[1].previous
    assert ended is not None and (ended.transaction_id, ended.energy_wh) == (number, 800)
    assert "MV-12" in depot.core.peculiar.ledger.rules("CP-1")


async def test_cut_answer_answers_its_call(depot: Depot) -> None:
    """CFG-03: GetConfiguration of Grizzl-E (Q02) is an outcome with its keys, no time-out."""
    async with await depot.connect() as client:
        _, sent = depot.start_call(GetConfiguration())
        asked = await client.receive()
        client.send(
            f'[3,"{asked[1]}",{{"configurationKey":[{{"key":"HeartbeatInterval","readonly":false,"value":"60"}}]'
        )
        reply = await sent
        assert reply.state is CommandState.ACCEPTED
        assert [(item.key, item.value) for item in reply.items] == [("HeartbeatInterval", "60")]
        assert await client.is_alive()
    assert "CFG-03:cut off" in depot.disk.frames[1].deviations


@pytest.mark.parametrize("frame", ["[[[[[[[[[", '[3,"x",{"status":"Acc'])
async def test_only_a_cut_list_of_settings_is_told_as_one(depot: Depot, frame: str) -> None:
    """RPC-12, CFG-03: of another frame that was cut, or of noise, nobody is told that settings are missing."""
    async with await depot.connect() as client:
        client.send(frame)
        assert await client.is_alive()
    rules = {line.rule for line in depot.core.peculiar.ledger.lines("CP-1")}
    assert "RPC-12" in rules and "CFG-03" not in rules


async def test_several_messages_in_one_frame_are_all_answered(depot: Depot) -> None:
    """RPC-22: also when one of them is broken."""
    async with await depot.connect() as client:
        client.send('[2,"1","Heartbeat",{}]\n[2,"2","StatusNotification",{"connectorId":1,"status":"Available",}]')
        assert (await client.receive())[:2] == [3, "1"]
        assert (await client.receive())[:2] == [3, "2"]
        assert await client.is_alive()
    assert "RPC-22:several" in depot.disk.frames[0].deviations


async def test_nothing_is_repaired_for_certification(depot: Depot) -> None:
    """RPC-12: in strict mode what is no JSON is refused by the id that can be read, and not stored."""
    async with await depot.connect() as client:
        depot.set_options(strict=True)
        client.send(f'[2,"1","MeterValues",{(METER % ("", ""))[:-3]}')
        assert (await client.receive())[:3] == [4, "1", "FormationViolation"]
        assert await client.is_alive()
    assert 1 not in depot.charger().connectors


@pytest.mark.parametrize(
    ("text", "document"),
    [
        ('[1,{"a":[1,2}]', [1, {"a": [1, 2]}]),
        ('[1,{"a":1}}]', [1, {"a": 1}]),
        ('[1,{a:1}]', [1, {"a": 1}]),
        ('[1 2]', [1, 2]),
        ('["a\\x"]', ["a\\x"]),
        ('["\\ud800"]', ["?"]),
        ('[True,None,.5,+7]', [True, None, 0.5, 7.0]),
        ('[99999999999999999999999]', [None]),
        ('[1,{"a":"cut', [1, {"a": "cut"}]),
        ('[1,{"a":1,"cu', [1, {"a": 1}]),
        ('[1,{"a":tru', [1, {"a": "tru"}]),
    ],
)  # fmt: skip
def test_what_was_meant(text: str, document: object) -> None:
    """The nearest reading, and a note of what was odd."""
    read, notes, end = repair.mend(text)
    assert (read, end) == (document, len(text))
    assert notes


@pytest.mark.parametrize("text", ["", "hello", "{}", "[" * 40, "[" + "1," * 40_000, "]"])
def test_hopeless_is_told(text: str) -> None:
    """Too deep, too long, or no message at all: nothing is made up."""
    assert repair.mend(text) == (None, (), 0)


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers(-(2**63), 2**63 - 1) | st.text(max_size=8),
        lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=4), inner, max_size=4),
        max_leaves=12,
    ),
    st.integers(0, 30),
)
def test_valid_json_is_read_as_it_is_and_cut_json_never_raises(value: object, cut: int) -> None:
    """Repair changes nothing where nothing is broken."""
    text = json.dumps([value], ensure_ascii=False)
    document, notes, end = repair.mend(text)
    assert (document, notes, end) == ([value], (), len(text))
    repair.mend(text[: max(0, len(text) - cut)])
