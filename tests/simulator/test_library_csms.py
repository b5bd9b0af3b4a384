"""Scenarios against a CSMS that we did not write: the `ocpp` package. What is right passes, what is wrong is named."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import run as running
from simulator.scenario import shipped
from simulator.scenario.play import EXIT_FAILED, EXIT_UNREACHABLE, chosen, play
from simulator.wanted import Level, Mode, Wanted
from tests.simulator.library_csms import library_csms

ID = "CP-LIB"
Read = Callable[[], str]


@pytest.fixture
def said(capfd: pytest.CaptureFixture[str]) -> Read:
    """What was written to stdout since the last time."""
    return lambda: capfd.readouterr().out


async def simulate(url: str, *names: str, mode: Mode = Mode.PLAIN) -> int:
    return await play(Wanted(url=url, charger_id=ID, tempo=40, mode=mode), *chosen(names, ()))


async def test_basic_offline_and_fault_scenarios_pass(said: Read) -> None:
    """Sessions, a fault and a replay are understood by a server that validates every message by its own schemas."""
    async with library_csms() as depot:
        code = await simulate(depot.url, "basic-session", "offline-session", "fault-recovery", "boot", "reboot-loop")
        told = said()
        assert code == 0, told
        assert told.count("passed: ") == 5 and "failed" not in told
        assert depot.running == {}
        reasons = [reason for _, _, reason in depot.ended]
        assert reasons == ["Local", "Local", "Other", "Local", "HardReset"]
        assert all(wh > 100 for _, wh, _ in depot.ended[:2])
        assert depot.sampled >= 4
        assert (1, "Faulted", "GroundFailure") in depot.statuses


@pytest.mark.slow
async def test_whatever_needs_no_help_of_the_csms_passes(said: Read) -> None:
    """Every shipped scenario in which the CSMS has only to answer, but two: this one knows no strangers, and takes a
    repeated start for another session, which is what `repeated-start` is there to find."""
    unaided = [name for name, path in shipped().items() if "\ncsms = " not in path.read_text()]
    assert len(unaided) >= 20
    async with library_csms() as depot:
        code = await simulate(depot.url, *(name for name in unaided if name not in ("rfid-rejected", "repeated-start")))
        assert code == 0, said()
        said()
        assert await simulate(depot.url, "repeated-start") == EXIT_FAILED
    assert re.search(r"\n +answer.transactionId is \d+, not \d+ \(\$transaction\)\.\n", said())


@pytest.mark.parametrize(
    ("wrong", "step", "sentence"),
    [
        ("blocks", "7", 'answer.idTagInfo.status is "Blocked", not "Accepted".'),
        ("fails", "11", "It was answered with CALLERROR InternalError: "),
    ],
)
async def test_a_wrong_csms_fails_at_that_step(
    said: Read, monkeypatch: pytest.MonkeyPatch, wrong: str, step: str, sentence: str
) -> None:
    """Exit code 1, the steps before are ok, the step is named with its frames, and no step comes after it."""
    monkeypatch.setattr(running, "LEAST_S", 1.0)
    async with library_csms(wrong) as depot:
        assert await simulate(depot.url, "basic-session") == EXIT_FAILED
    lines = said().splitlines()
    steps = [re.match(r"  (ok|failed) +[\d.]+ s +(\S+)  ", line) for line in lines]
    verdicts = [(found[1], found[2]) for found in steps if found]
    assert verdicts[-1] == ("failed", step)
    assert {verdict for verdict, _ in verdicts[:-1]} == {"ok"}
    assert sum(sentence in line for line in lines) == 1
    frames = [line for line in lines if re.match(r" +\d\d:\d\d:\d\d\.\d{3} (->|<-) \[", line)]
    assert any("-> [2" in frame for frame in frames) and any("<- [" in frame for frame in frames)
    assert lines[-1].startswith(f"failed: step {step}, after ")


async def test_no_session_is_left_open(said: Read, tmp_path: Path) -> None:
    """A scenario that fails in the middle of a session ends it: the next run finds the CSMS as it was."""
    file = tmp_path / "half.toml"
    steps = ('until = "online"', 'do = "plug-in"', 'do = "start"', 'until = "Charging"', 'do = "plug-in"')
    file.write_text("".join(f"[[step]]\n{step}\n" for step in steps))
    async with library_csms() as depot:
        assert await simulate(depot.url, str(file)) == EXIT_FAILED
        assert depot.running == {}
        assert [reason for _, _, reason in depot.ended] == ["Other"]
    assert "It was refused: A cable is plugged in already." in said()


async def test_json_lines_for_programs(said: Read) -> None:
    """A line a step, the frames of a failure as JSON, and a result a scenario; the others are run all the same."""
    async with library_csms("blocks") as depot:
        code = await simulate(depot.url, "basic-session", "refused-start-without-cable", mode=Mode.JSON)
    events: list[dict[str, Any]] = [json.loads(line) for line in said().splitlines()]
    assert code == EXIT_FAILED
    results = [event for event in events if event["event"] == "result"]
    assert [(one["name"], one["ok"], one["failed"]) for one in results] == [
        ("Basic session", False, "7"),
        ("Start without a cable", True, None),
    ]
    (failed,) = [event for event in events if event["event"] == "step" and not event["ok"]]
    assert failed["said"] == 'answer.idTagInfo.status is "Blocked", not "Accepted".'
    assert sorted({frame["frame"][0] for frame in failed["frames"]}) == [2, 3]


async def test_every_frame_for_those_who_want_it(said: Read) -> None:
    """`--log-level debug` shows all frames between the steps, not only those of a failure."""
    async with library_csms() as depot:
        wanted = Wanted(url=depot.url, charger_id=ID, tempo=40, mode=Mode.PLAIN, level=Level.DEBUG)
        assert await play(wanted, *chosen(["refused-no-such-connector"], ())) == 0
    told = said()
    assert '-> [2,"' in told and '"BootNotification"' in told and "<- [3," in told and told.count("  ok ") == 4


async def test_nobody_there(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Exit code 69 with the reason, once it is clear that nobody answers."""
    monkeypatch.setattr("simulator.scenario.play.REACHED_S", 1.0)
    assert await simulate("ws://127.0.0.1:9", "boot") == EXIT_UNREACHABLE
    assert "no CSMS at ws://127.0.0.1:9/CP-LIB: nothing listens there" in capfd.readouterr().err
