"""Steps on a real line: which one fails, why, and what is shown of it."""

from __future__ import annotations

import asyncio
import re
from collections import deque
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from simulator.scenario import parse
from simulator.scenario import run as running
from simulator.scenario.model import Step
from simulator.scenario.play import station_of
from simulator.scenario.run import Done, Outcome, Run
from simulator.scenario.seen import Seen
from simulator.wanted import Wanted
from tests.simulator.csms import Csms

START = """
[[step]]
until = "online"
[[step]]
do = "plug-in"
connector = 1
[[step]]
do = "start"
connector = 1
[[step]]
expect = "StartTransaction"
answer = { transactionId = "1..", idTagInfo = { status = "Accepted" } }
remember = { tx = "answer.transactionId" }
"""


class Heard:
    """An audience that keeps what it was told."""

    def __init__(self, central: Csms) -> None:
        self.steps: list[Done] = []
        self._central = central
        self._tasks: set[asyncio.Task[Any]] = set()

    def asks(self, step: Step, action: str, please: str, payload: Mapping[str, Any]) -> None:
        task = asyncio.create_task(self._central.call("CP-1", action, dict(payload)))
        self._tasks.add(task)

    def done(self, step: Done) -> None:
        self.steps.append(step)


@pytest.fixture(autouse=True)
def _hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LEAST_S", "LEAST_FOR_PEOPLE_S"):
        monkeypatch.setattr(running, name, 0.9)


async def play(central: Csms, text: str, given: Mapping[str, str] | None = None) -> tuple[Outcome, Heard]:
    scenario, seen, heard = parse(text, "a.toml"), Seen(), Heard(central)
    wanted = Wanted(url=central.url, charger_id="CP-1", tempo=50)
    async with station_of(wanted, scenario.setup, seen) as station:
        return await Run(station, scenario, seen, heard, "A1B2C3", given or {}).play(), heard


async def test_all_steps_are_made_in_order(central: Csms) -> None:
    """Controls, messages, waits, variables: each is told as good, with its time."""
    text = START + (
        '[[step]]\nwait = "1..2"\n[[step]]\ndo = "stop"\n'
        '[[step]]\nexpect = "StopTransaction"\npayload = { transactionId = "$tx" }\n'
    )
    outcome, heard = await play(central, text)
    assert outcome.ok, outcome
    assert [step.number for step in heard.steps] == ["1", "2", "3", "4", "5", "6", "7"]
    assert heard.steps[6].title == "expect StopTransaction transactionId=101"
    assert 0.02 <= heard.steps[4].seconds < 1  # not a second of the wall
    assert central.of("StartTransaction")[0]["idTag"] == "A1B2C3"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"transactionId": 7, "idTagInfo": {"status": "Blocked"}},
            'answer.idTagInfo.status is "Blocked", not "Accepted".',
        ),
        ({"idTagInfo": {"status": "Accepted"}}, 'answer.transactionId is missing: wanted "1..".'),
        ("InternalError", "It was answered with CALLERROR InternalError: no words."),
        (None, "StartTransaction was not answered within 0."),
    ],
)
async def test_a_wrong_answer_fails_exactly_that_step(central: Csms, answer: Any, said: str) -> None:
    """The step that waits for the answer fails with a sentence and the frames since the step before; none follows."""
    central.script["StartTransaction"] = deque([answer] * 3)
    outcome, heard = await play(central, START + '[[step]]\ndo = "stop"\n')
    assert outcome.failed is not None and outcome.steps == 3
    assert outcome.failed == heard.steps[-1] and [step.ok for step in heard.steps] == [True, True, True, False]
    assert outcome.failed.number == "4" and outcome.failed.said.startswith(said)
    assert any("StartTransaction" in frame.text for frame in outcome.failed.frames)
    assert len(outcome.failed.frames) < 12


@pytest.mark.parametrize(
    ("step", "said"),
    [
        ('do = "plug-in"', "It was refused: A cable is plugged in already."),
        ('do = "stop"\nrefused = "not now"', "It had to be refused, and was done: transaction at connector 1 stopped."),
        ('do = "plug-in"\nrefused = "not now"', 'It was refused with another sentence than "not now": A cable'),
        ('until = "Faulted"\nwithin = 1', "Faulted did not come within N s. Connector 1 is Charging."),
        ('never = "StatusNotification"\nwithin = 5', "StatusNotification went over the wire, and should not have."),
        ('expect = "DataTransfer"\nwithin = 1', "No DataTransfer came within N s."),
        (
            'expect = "StatusNotification"\npayload = { status = "Faulted" }\nwithin = 1',
            'Another StatusNotification came within N s. payload.status is "',
        ),
        ('expect = "StatusNotification"\nerror = "X"', "It was answered with a CALLRESULT, not with CALLERROR X."),
        ('expect = "StatusNotification"\nremember = { x = "answer.y" }', "answer.y is missing: $x should be taken"),
        ('expect = "StatusNotification"\nremember = { x = "answer" }', "answer is no text and no number: $x cannot"),
        ('csms = "Reset"\nexample = { type = "Warm" }', "It was answered with CALLERROR TypeConstraintViolation:"),
        ('csms = "ClearCache"\nanswer = { status = "Rejected" }', 'answer.status is "Accepted", not "Rejected".'),
    ],
)
async def test_how_a_step_fails(central: Csms, step: str, said: str) -> None:
    """Each kind of step has its sentence."""
    outcome, _ = await play(central, f"{START}\n[[step]]\n{step}\n")
    assert outcome.failed is not None
    told = re.sub(r"within [\d.]+ s", "within N s", outcome.failed.said)  # as long as the machine took
    assert (outcome.failed.number, told[: len(said)]) == ("5", said)


async def test_what_was_before_is_no_effect(central: Csms) -> None:
    """A boot before the reset does not count as the boot after it."""
    reboot = '[[step]]\ndo = "reset"\nkind = "hard"\n[[step]]\nexpect = "BootNotification"\n'
    outcome, _ = await play(central, '[charge-point]\nreboot = 2\n[[step]]\nuntil = "online"\n' + reboot)
    assert outcome.ok
    assert len(central.of("BootNotification")) == 2


async def test_nothing_is_forgotten_where_all_is_listed(central: Csms) -> None:
    """`complete`: what goes out before a control may be expected behind it; a recording does not know which it was."""
    text = """
    [[step]]
    until = "online"
    [[step]]
    expect = "BootNotification"
    [[step]]
    until = "delivered"
    [[step]]
    do = "plug-in"
    [[step]]
    expect = "StatusNotification"
    payload = { connectorId = 2, status = "Available" }
    within = 1
    """
    outcome, _ = await play(central, "complete = true\n" + text)
    assert outcome.ok, outcome.failed
    outcome, _ = await play(central, text)
    assert outcome.failed is not None and outcome.failed.number == "5"


async def test_operations_of_the_csms(central: Csms) -> None:
    """What is asked for is sent with the example, its effect follows, and variables go on from it."""
    outcome, _ = await play(
        central,
        """
        [variables]
        card = "C1"
        [[step]]
        until = "online"
        [[step]]
        csms = "ReserveNow"
        example = { connectorId = 1, idTag = "$card", reservationId = 5, expiryDate = "$later" }
        answer = { status = "Accepted" }
        remember = { id = "payload.reservationId" }
        [[step]]
        expect = "StatusNotification"
        payload = { connectorId = 1, status = "Reserved" }
        [[step]]
        csms = "CancelReservation"
        example = { reservationId = "$id" }
        answer = { status = "Accepted" }
        """,
        {"card": "C2"},
    )
    assert outcome.ok, outcome


async def test_repeats_are_random_and_the_same_each_time(central: Csms) -> None:
    """The seed decides how often and how long."""
    text = '[[step]]\nrepeat = "1..20"\n[[step.step]]\nwait = "0..1"\n'
    counts = {(await play(central, f"seed = {seed}\n{text}"))[0].steps for seed in (1, 1, 1)}
    others = {(await play(central, f"seed = {seed}\n{text}"))[0].steps for seed in range(5)}
    assert len(counts) == 1 and len(others) > 1


async def test_the_whole_is_bounded(central: Csms, monkeypatch: pytest.MonkeyPatch) -> None:
    """A scenario that would go on for hours ends with its time-out, at the step it had come to."""
    monkeypatch.setattr(running, "LEAST_OF_ALL_S", 0.3)
    outcome, _ = await asyncio.wait_for(
        play(central, "timeout = 1\n[[step]]\nrepeat = 1000\n[[step.step]]\nwait = 80000\n"), 15
    )
    assert outcome.failed is not None
    assert (outcome.failed.number, outcome.failed.said) == ("1.1", "The scenario took longer than 0.3 s.")


async def test_a_charge_point_that_is_not_let_in(central: Csms) -> None:
    """Pending is told as the reason why it does not come online."""
    central.script["BootNotification"] = deque([{"status": "Pending", "currentTime": "", "interval": 600}])
    outcome, _ = await play(central, '[[step]]\nuntil = "online"\nwithin = 1\n')
    assert outcome.failed is not None
    assert outcome.failed.said.endswith("did not come within 45 s. The boot was answered with Pending.")


async def test_setup_of_the_charge_point(central: Csms) -> None:
    """Plate, connectors and configuration of the file go before those of the command line."""
    outcome, _ = await play(
        central,
        """
        [charge-point]
        connectors = 3
        vendor = "Acme"
        firmware = "9.9"
        [charge-point.configuration]
        MeterValueSampleInterval = "7"
        [[step]]
        expect = "BootNotification"
        payload = { chargePointVendor = "Acme", chargePointModel = "SIM-2", firmwareVersion = "9.9" }
        [[step]]
        expect = "StatusNotification"
        payload = { connectorId = 3 }
        [[step]]
        csms = "GetConfiguration"
        example = { key = ["MeterValueSampleInterval"] }
        answer = { configurationKey = [{ value = "7" }] }
        """,
    )
    assert outcome.ok, outcome


async def test_the_example_of_the_readme(central: Csms) -> None:
    """What the README shows is a whole scenario, and passes."""
    readme = (Path(__file__).parents[3] / "README.md").read_text()
    (example,) = (block for block in re.findall(r"```toml\n(.*?)```", readme, re.DOTALL) if "[[step]]" in block)
    central.script["StartTransaction"] = deque([{"transactionId": 9, "idTagInfo": {"status": "Accepted"}}] * 3)
    outcome, _ = await play(central, example)
    assert outcome.ok, outcome.failed
