"""What has to be readable on every terminal, however narrow: trouble of the server, ids, causes, the order of rows."""

from __future__ import annotations

import re

import pytest

from console.terminal.profile import TerminalProfile
from server.model.charger import Charger
from tests.console.depot_fixture import DepotFixture, fault_on
from tests.console.reader import TRUE, console

ASCII = TerminalProfile(colours="16", ascii=True, operator="ana")
SIZES = [(80, 24), (100, 30), (60, 15), (160, 48)]
LONG = ["BERLIN-NORD-PARKDECK-01", "BERLIN-NORD-PARKDECK-02", "BERLIN-NORD-PARKDECK-03"]


def renamed(names: list[str]) -> DepotFixture:
    """The depot of the pictures; its first chargers have other names."""
    known = DepotFixture().chargers
    chargers: list[Charger] = []
    for charger, name in zip(known.values(), [*names, *list(known)[len(names) :]], strict=True):
        charger.charger_id = name
        for connector in (charger.main, *charger.connectors.values()):
            connector.charger_id = name
            for told in (connector.fault, connector.warning, connector.transaction):
                if told is not None:
                    told.charger_id = name
        chargers.append(charger)
    return DepotFixture(chargers)


# the header


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("profile", [TRUE, ASCII])
async def test_a_full_disk_is_told_in_the_header_of_every_terminal(
    size: tuple[int, int], profile: TerminalProfile
) -> None:
    """Also beside a pause and faults: everything else gives way to it."""
    site = DepotFixture()
    site.health.degraded = ["store: disk is full"]
    async with console(size, profile, site) as c:
        assert "store: disk is full" in c.lines()[0]
        await c.press("p")
        assert "store: disk is full" in c.lines()[0] and "PAUSED" in c.lines()[0]
        site.health.degraded.append("store: 900 rows wait")
        c.app.toggle_pause()
        await c.settle()
        assert "store: disk is full +1" in c.lines()[0] and len(c.lines()[0]) == size[0]
        site.health.degraded.clear()
        await c.settle()
        assert "store" not in c.lines()[0] and "10:42:07" in c.lines()[0]


async def test_long_words_of_trouble_are_cut_at_the_end_of_the_line() -> None:
    """The name of a file that was moved is longer than a terminal."""
    site = DepotFixture()
    site.health.degraded = ["store: database file was moved or deleted: " + "x" * 99]
    async with console((60, 15), ASCII, site) as c:
        assert "store: database file was" in c.lines()[0] and "~" in c.lines()[0]
