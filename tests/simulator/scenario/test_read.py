"""Files that are broken say where and what is allowed; files that are shipped are whole."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator.scenario import Broken, find, load, parse, shipped
from simulator.scenario.model import Do, Expect, Repeat, Span, Wait

BOOT = '[[step]]\nexpect = "BootNotification"\n'


def broken(text: str) -> str:
    with pytest.raises(Broken) as error:
        parse(text, "a.toml")
    return str(error.value)


def test_a_whole_file() -> None:
    """Everything that a file can say arrives in the values."""
    scenario = parse(
        """
        name = "One"
        shows = "all of it"
        timeout = 60
        seed = 7
        [variables]
        card = "C1"
        [charge-point]
        connectors = 3
        vendor = "Acme"
        speed = 60
        reboot = 1.5
        refuses = ["Reset"]
        [charge-point.configuration]
        HeartbeatInterval = "60"
        [[step]]
        do = "plug-in"
        connector = 2
        note = "in it goes"
        [[step]]
        repeat = "1..3"
            [[step.step]]
            wait = "2..5"
            [[step.step]]
            expect = "Authorize"
            payload = { idTag = "$card" }
            answer = { idTagInfo = { status = "Accepted" } }
            remember = { verdict = "answer.idTagInfo.status" }
        """,
        "one.toml",
    )
    assert (scenario.name, scenario.timeout_s, scenario.seed) == ("One", 60.0, 7)
    assert (scenario.setup.connectors, scenario.setup.vendor, scenario.setup.speed) == (3, "Acme", 60.0)
    assert scenario.setup.traits == {"reboot_s": 1.5, "refuses": frozenset({"Reset"})}
    first, second = scenario.steps
    assert first.act == Do(control="plug-in", values={"connector": "2"})
    assert first.title == "plug-in connector=2 (in it goes)"
    assert isinstance(second.act, Repeat)
    wait, expect = second.act.steps
    assert (wait.number, wait.act) == ("2.1", Wait(seconds=Span(2, 5)))
    assert isinstance(expect.act, Expect)
    assert (expect.act.direction, expect.act.within_s, expect.act.answered) == ("out", 30.0, True)


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("x", "a.toml: it is no TOML:"),
        ("", "a.toml: step: at least one step is wanted"),
        ("step = []", "a.toml: step: at least one step is wanted"),
        ("nmae = 'x'\n" + BOOT, "a.toml: nmae: a scenario has no such key; it may have charge-point, complete, name"),
        ("[[step]]\nconnector = 1", "step 1: a step has exactly one of do, expect, csms, never, wait, until, repeat"),
        ("[[step]]\ndo = 'stop'\nwait = 1", "step 1: a step has exactly one of"),
        (BOOT + "[[step]]\ndo = 'fly'", 'a.toml: step 2: do: "fly" is none of plug-in, plug-out'),
        ("[[step]]\ndo = 'stop'\ncable = 1", "step 1: cable: stop takes connector, reason, not 'cable'."),
        ("[[step]]\ndo = 'fault'\ncode = 'Boom'", "step 1: code is one of ConnectorLockFailure"),
        ("[[step]]\ndo = 'set'", "step 1: set needs a value for state."),
        ("[[step]]\ndo = 'stop'\nconnector = [1]", "step 1: connector: a text or a number is wanted here."),
        ("[[step]]\ndo = 'start'\ntag = '$nobody'", "step 1: tag: $nobody is known nowhere before this: $charger"),
        ("[[step]]\nexpect = 'boot notification'", 'step 1: expect: "boot notification" is no name of a message'),
        (BOOT + "within = 'soon'", "step 1: within: a number from 0 to 86400 is wanted here."),
        (BOOT + "direction = 'up'", 'step 1: direction: "up" is none of out, in.'),
        (BOOT + "payload = 'x'", "step 1: payload: a table is wanted here"),
        (BOOT + "payload = { v = '~ (a+)+' }", "step 1: payload: the expression '(a+)+' is too long, or repeats"),
        (BOOT + "answer = {}\nerror = 'X'", "step 1: error: there is an answer or an error, not both."),
        (BOOT + "answer = {}\nanswered = false", "step 1: answered: false does not go with answer"),
        (BOOT + "remember = { tx = 'transactionId' }", "step 1: remember: it is written as { tx ="),
        ("[[step]]\nwait = '5..2'", 'step 1: wait: a number up to 86400, or a range such as "2..5"'),
        ("[[step]]\nuntil = 'Happy'", 'step 1: until: "Happy" is none of online, offline, delivered, Available'),
        ("[[step]]\nrepeat = 2", "step 1: step: at least one step is wanted"),
        ("[[step]]\nrepeat = 2\n[[step.step]]\nwait = -1", "step 1.1: wait: a number up to 86400"),
        (
            "[charge-point.configuration]\nMeterValueSampleInterval = 'often'\n" + BOOT,
            "[charge-point]: configuration: 'often' is no value for MeterValueSampleInterval; the keys are Additional",
        ),
        ("[charge-point.configuration]\nNope = '1'\n" + BOOT, "[charge-point]: configuration: there is no key Nope"),
        ("[charge-point]\nquirk = 'nope'\n" + BOOT, "[charge-point]: quirk: There is no quirk 'nope'"),
        ("[charge-point]\nwheels = 4\n" + BOOT, "[charge-point]: wheels: a charge point has no such key; it may have"),
    ],
)
def test_broken_files(text: str, sentence: str) -> None:
    """File, step, key, and what would be allowed there."""
    assert sentence in broken(text)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    """Not there, no text, too large: a sentence each; a name that is nothing lists the names."""
    (tmp_path / "bytes.toml").write_bytes(b"\xff\xfe")
    (tmp_path / "large.toml").write_bytes(b"#" * 1_000_001)
    for name, sentence in (
        ("no.toml", "it cannot be read: No such file"),
        ("bytes.toml", "it is no UTF-8 text."),
        ("large.toml", "it is larger than"),
    ):
        with pytest.raises(Broken, match=sentence):
            load(tmp_path / name)
    with pytest.raises(Broken, match=r"no such scenario: a file, all, or one of basic-session, boot"):
        find("basic")


def test_shipped_scenarios_are_whole() -> None:
    """Each can be read, says what it shows, and has a name of its own."""
    scenarios = find("all")
    assert len({one.name for one in scenarios}) == len(shipped()) == len(scenarios) >= 20
    assert all(one.shows.endswith(".") and len(one.shows) < 140 for one in scenarios)
    assert find("boot") == [load(shipped()["boot"])]
