"""A live session is written down, and what was written passes when it is played."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulator import Refused
from simulator.controls import perform
from simulator.scenario import parse
from simulator.scenario.play import station_of
from simulator.scenario.record import MOST_STEPS, Recorder, recorded
from simulator.scenario.run import Outcome, Run
from simulator.scenario.seen import Seen
from simulator.scenario.toml import value_text
from simulator.wanted import Unusable, Wanted, make_station
from tests.simulator.csms import Csms, csms
from tests.simulator.scenario.test_run import Heard


def wanted_at(central: Csms) -> Wanted:
    return Wanted(url=central.url, charger_id="CP-1", tempo=20)


async def replay(text: str) -> Outcome:
    """Play it on a CSMS that knows nothing yet."""
    scenario, seen = parse(text, "recorded.toml"), Seen()
    async with csms() as central, station_of(wanted_at(central), scenario.setup, seen) as station:
        central._transaction = 900
        return await Run(station, scenario, seen, Heard(central), "A1B2C3").play()


async def test_a_session_is_recorded_and_passes_again(central: Csms) -> None:
    """Controls, pauses, a refusal, a fault, a cut line and what the CSMS asked: all is in the file, which passes
    elsewhere, with other transaction ids."""
    recorder = Recorder(wanted_at(central))
    async with make_station(replace(wanted_at(central), follower=recorder)) as station:
        await station.until(lambda: station.registered and station.connectors[2].confirmed)
        perform(station, "plug-in", {"connector": "1"})
        with pytest.raises(Refused):
            perform(station, "plug-in", {"connector": "1"})
        perform(station, "start", {"connector": "1", "tag": "A1B2C3"})
        await central.until(lambda: central.status(1) == "Charging")
        assert (await central.ask("CP-1", "RemoteStopTransaction", transactionId=101))["status"] == "Accepted"
        await central.until(lambda: central.status(1) == "Finishing")
        perform(station, "plug-out", {"connector": "1"})
        perform(station, "drop-line", {"seconds": "10"})
        await station.until(lambda: not station.connected)
        perform(station, "fault", {"connector": "2", "code": "GroundFailure", "info": "$1..2"})
        await central.until(lambda: central.status(2) == "Faulted")
        await station.until(lambda: station.connectors[2].confirmed == station.connectors[2].face)
    text = recorder.text()
    for line in (
        'do = "start"\nconnector = "1"\ntag = "$tag"\n',
        'refused = "A cable is plugged in already."\n',
        'remember = { transaction1 = "answer.transactionId" }',
        'csms = "RemoteStopTransaction"\nexample = { transactionId = "$transaction1" }\n',
        'answer = { idTagInfo = { status = "Accepted" } }',
        'info = "= $1..2"',
        'until = "offline"',
    ):
        assert line in text
    outcome = await replay(text)
    assert outcome.ok, (outcome.failed, text)
    assert outcome.steps >= 20


async def test_pauses_are_kept(central: Csms) -> None:
    """Seconds of the clock of the charge point between what was done."""
    recorder = Recorder(wanted_at(central))
    async with make_station(replace(wanted_at(central), follower=recorder)) as station:
        began = station.clock.time()
        await station.until(lambda: station.registered and station.connectors[2].confirmed)
        await station.clock.sleep(4)
        perform(station, "plug-in", {"connector": "1"})
        passed = station.clock.time() - began
        await station.until(lambda: station.connectors[1].confirmed == station.connectors[1].face)
    waits = [step["wait"] for step in recorder.steps if "wait" in step]
    assert len(waits) == 1 and 3.5 <= waits[0] <= max(15, passed + 1)


async def test_a_long_session_is_bounded(central: Csms) -> None:
    """Steps beyond the limit are counted, and the file is whole all the same."""
    recorder = Recorder(wanted_at(central))
    for _ in range(MOST_STEPS):
        recorder.acted("plug-in", {"connector": "1"}, "")
        recorder.trace("out", '[2,"7","Authorize",{"idTag":"C1"}]')
        recorder.trace("in", '[3,"7",{"idTagInfo":{"status":"Accepted"}}]')
    assert len(recorder.steps) == MOST_STEPS <= recorder.left_out
    assert recorder.text().endswith(f"# {recorder.left_out} more steps were left out.\n")
    assert len(parse(recorder.text(), "long.toml").steps) == MOST_STEPS


async def test_secrets_are_not_written_down(central: Csms) -> None:
    """A password that the CSMS sets does not get into the file."""
    recorder = Recorder(wanted_at(central))
    recorder.trace("in", '[2,"1","ChangeConfiguration",{"key":"AuthorizationKey","value":"0123456789abcdef"}]')
    recorder.trace("out", '[3,"1",{"status":"Accepted"}]')
    assert "0123456789abcdef" not in recorder.text() and "***" in recorder.text()


async def test_whatever_a_csms_sends_can_be_recorded(central: Csms) -> None:
    """Deep, large, empty and null payloads, and texts that mean more in a pattern: the file is whole."""
    recorder = Recorder(wanted_at(central))
    deep = "[" * 900 + "]" * 900
    for number, payload in enumerate(
        (
            '{"key":[],"data":null,"idTag":"$nobody","status":"~(("}',
            '{"a b":18446744073709551615,"requestId":18446744073709551615,"x":1e300,"t":"2026-01-01T00:00:00Z"}',
            f'{{"data":{deep}}}',
            "[]",
            '"just \x7f text"',
        )
    ):
        recorder.trace("in", f'[2,"{number}","DataTransfer",{payload}]')
        recorder.trace("out", f'[3,"{number}",{{"status":"Accepted"}}]')
    assert len(parse(recorder.text(), "odd.toml").steps) == 5


def test_the_file_of_a_recording(tmp_path: Path) -> None:
    """It is written however the session ends; one that is there already is left alone; none is left of nothing."""
    wanted, told = Wanted(url="ws://127.0.0.1:9", charger_id="CP-1"), list[str]()
    with pytest.raises(KeyboardInterrupt), recorded(wanted, tmp_path / "a.toml", told.append) as recorder:
        recorder.acted("plug-in", {"connector": "1"}, "")
        raise KeyboardInterrupt
    assert told == [f"1 steps are in {tmp_path / 'a.toml'}"]
    assert len(parse((tmp_path / "a.toml").read_text(), "a.toml").steps) == 1
    with pytest.raises(Unusable, match="is there already"), recorded(wanted, tmp_path / "a.toml", told.append):
        raise AssertionError
    with pytest.raises(Unusable, match="cannot be written"), recorded(wanted, tmp_path / "no" / "a", told.append):
        raise AssertionError
    with recorded(wanted, tmp_path / "b.toml", told.append):
        pass
    assert not (tmp_path / "b.toml").exists() and told[-1] == "nothing was recorded"


JSON = st.recursive(
    st.text(st.characters(codec="utf-8")) | st.integers(-(2**63), 2**63 - 1) | st.booleans() | st.floats(-1e9, 1e9),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(st.characters(codec="utf-8")), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(JSON)
def test_values_as_toml(value: object) -> None:
    """What a CSMS sends can be written down, whatever it is."""
    import tomllib

    assert tomllib.loads(f"x = {value_text(value)}")["x"] == value
