"""What a scenario file wants of its charge point, on one that lives already: for its time, and not a moment longer."""

from __future__ import annotations

import asyncio

import pytest

from simulator import Clock
from simulator.scenario import parse
from simulator.scenario.guest import left_out, taken_over
from simulator.scenario.model import Setup
from tests.simulator.conftest import Make

STEP = '[[step]]\nuntil = "online"\n'


def setup_of(text: str) -> Setup:
    return parse(f"[charge-point]\n{text}\n{STEP}", "a.toml").setup


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("connectors = 2", []),
        ('connectors = 3\nvendor = "ACME"', ["3 connectors", "vendor ACME"]),
        ('firmware = "1.0.0"\nmodel = "SIM-2"', []),
        ('serial = "77"\nfirmware = "9"', ["serial 77", "firmware 9"]),
        ('quirk = ["late-answers", "repeats-starts"]', ["quirk late-answers", "quirk repeats-starts"]),
        ('speed = 60\nreboot = 5\nfinishing = 2\nrefuses = ["Reset"]', []),
        ('[charge-point.configuration]\nHeartbeatInterval = "9"\nSecurityProfile = "0"', ["SecurityProfile"]),
    ],
)
async def test_what_a_living_charge_point_cannot_become(make: Make, text: str, words: list[str]) -> None:
    """Row 171: what it was built with, and what the CSMS has heard of it; what it has already is no difference."""
    assert left_out(make(), setup_of(text)) == words


async def test_a_quirk_that_it_has_is_not_left_out(make: Make) -> None:
    """Row 171: one of the command line."""
    assert left_out(make(), setup_of('quirk = "repeats-starts"'), ["repeats-starts"]) == []


async def test_the_rest_is_taken_over_and_given_back(make: Make) -> None:
    """Row 171: configuration, traits and speed are those of the file until the scenario ends, however it ends."""
    text = (
        'reboot = 7\nfinishing = 9\nrefuses = ["Reset"]\n'
        '[charge-point.configuration]\nMeterValueSampleInterval = "5"\nHeartbeatInterval = "77"'
    )
    async with make() as point:
        await point.until(lambda: point.registered)
        before = (point.traits, point.sessions.finishing_s, point.configuration.text("HeartbeatInterval"))
        with pytest.raises(ZeroDivisionError), taken_over(point, setup_of(text)):
            assert point.configuration.number("MeterValueSampleInterval") == 5
            assert point.traits.reboot_s == 7 and point.traits.refuses == {"Reset"}
            assert point.sessions.finishing_s == 9
            point.configuration.set("HeartbeatInterval", "88")  # as the CSMS may
            raise ZeroDivisionError
        assert (point.traits, point.sessions.finishing_s) == before[:2]
        assert point.configuration.text("MeterValueSampleInterval") == "4"
        assert point.configuration.text("HeartbeatInterval") == "88"


async def test_energy_flows_as_fast_as_the_file_says_and_not_backwards(make: Make) -> None:
    """Row 171: a session that runs goes on at the new speed from where it is, and at the old one afterwards."""
    async with make(clock=Clock(tempo=20.0)) as point:
        await point.until(lambda: point.registered)
        point.plug_in(1)
        point.start(1, "A1")

        async def drawn_wh() -> float:
            point.look()
            before = point.connectors[1].session_wh
            await asyncio.sleep(0.2)
            point.look()
            return point.connectors[1].session_wh - before

        slow = await drawn_wh()
        with taken_over(point, setup_of("speed = 60")):
            fast = await drawn_wh()
        again = await drawn_wh()
    assert fast > 20 * slow and 0 < again < fast / 20
