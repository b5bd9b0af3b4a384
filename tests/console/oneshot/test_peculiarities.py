"""`get deviations`, `get quirks` and `chargers set` on the command line."""

from __future__ import annotations

import json

import pytest

from console.oneshot import chargers, get
from console.oneshot.client import Server
from server import quirks
from server.core.quirks import judge
from tests.console.oneshot.conftest import Ask
from tests.server.api.fake_depot import T0, FakeDepot


async def test_deviations_and_quirks_are_listed(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """A line each; what a charger sent cannot reach the terminal."""
    charger = depot.chargers["CP-01"]
    depot.core.peculiar.note(charger, T0, "MV-12", "empty value", "[2,\x1b[31m")
    said = await ask(get.run, "deviations", server, "table", False, "CP-01")
    assert said.code == 0 and "\x1b" not in said.out
    assert said.lines[1].split()[:5] == ["CP-01", "MV-12", "empty", "value", "1"]
    charger.vendor = "Free2move"
    judge(quirks.load(), charger, {})
    said = await ask(get.run, "quirks", server)
    assert said.lines[1].split()[:5] == ["CP-01", "free2move-delay", "applied", "vendor", "start_delay_ms=1000"]


async def test_options_are_set_and_shown(ask: Ask, server: Server, depot: FakeDepot) -> None:
    """`chargers set` tells what holds, `get chargers -o json` shows it, `default` takes it back."""
    said = await ask(chargers.set_options, server, "cp-01", ["start_delay_ms=1000", "no_ping=true"])
    assert (said.code, said.lines) == (0, ["CP-01: start_delay_ms=1000 no_ping=True"])
    shown = json.loads((await ask(get.run, "chargers", server, "json", False, "CP-01")).out)["chargers"][0]
    assert shown["ownOptions"] == {"start_delay_ms": 1000, "no_ping": True} and shown["options"]["no_ping"]
    said = await ask(chargers.set_options, server, "CP-01", ["start_delay_ms=default", "no_ping=default"])
    assert said.lines == ["CP-01: all as usual"]
    assert depot.chargers["CP-01"].own_options == {}


@pytest.mark.parametrize(
    ("charger", "wish", "code", "words"),
    [
        ("CP-01", "no_ping", 2, "write name=value"),
        ("CP-01", "warp=9", 2, "there is no such option"),
        ("CP-01", "start_delay_ms=99999", 2, "from 0 to 10000"),
        ("NOBODY", "no_ping=true", 1, "not known"),
    ],
)
async def test_mistakes_are_one_sentence(
    ask: Ask, server: Server, depot: FakeDepot, charger: str, wish: str, code: int, words: str
) -> None:
    """Nothing is set, and nobody is registered by a typing error."""
    said = await ask(chargers.set_options, server, charger, [wish])
    assert (said.code, said.out) == (code, "") and words in said.err
    assert "NOBODY" not in depot.chargers and depot.chargers["CP-01"].own_options == {}
