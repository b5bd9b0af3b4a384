"""What has to be readable on every terminal, however narrow: trouble of the server, ids, causes, the order of rows."""

from __future__ import annotations

import re

import pytest

from console.terminal.profile import TerminalProfile
from server.model.charger import Charger
from tests.console.depot_fixture import DepotFixture
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
@pytest.mark.parametrize("profile", [ASCII, pytest.param(TRUE, marks=pytest.mark.slow)])
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


# figures


@pytest.mark.parametrize("watts", [99_900, 120_300, 350_000])
@pytest.mark.parametrize("is_warned", [False, True])
async def test_a_state_and_a_figure_never_touch(watts: int, is_warned: bool) -> None:
    """Of a tile, the smallest place where they stand side by side: decimals give way."""
    site = DepotFixture()
    connector = site.chargers["CP-0001"].connectors[1]
    connector.power_w = watts
    if is_warned:
        connector.warning = site.chargers["CP-0003"].connectors[1].fault
    async with console((80, 24), TRUE, site) as c:
        await c.press("2")
        state = next(line for line in c.lines() if "> CHG" in line)[:14]
        assert re.search(r"> CHG~? +(99\.9|100|120|350) ", state), state


# dialogs


@pytest.mark.parametrize("size", [(80, 24), (60, 15), (84, 24), (160, 48)])
@pytest.mark.parametrize("keys", [("5", "k", "j", "enter"), ("colon",), ("r",)])
async def test_no_scraps_of_the_screen_below_stand_beside_a_dialog(
    size: tuple[int, int], keys: tuple[str, ...]
) -> None:
    """It leaves room that is worth something, or takes all of it."""
    async with console(size) as c:
        await c.press(*keys)
        top = next(line for line in c.lines() if "▔▔▔▔▔▔" in line)
        left, right = top.index("▔▔▔"), len(top) - top.rindex("▔▔▔") - 3
        assert left == right == 0 or min(left, right) >= 5, top


# ids


@pytest.mark.parametrize("profile", [ASCII, pytest.param(TRUE, marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", SIZES)
async def test_long_ids_are_told_apart_on_every_list(size: tuple[int, int], profile: TerminalProfile) -> None:
    """Cut in the middle: their ends stay, on the list, the wall and every history."""
    cut = "~" if profile.ascii else "…"
    async with console(size, profile, renamed(LONG)) as c:
        for key in "1234":
            await c.press(key)
            for name in LONG[:2] if key in "12" else LONG[2:]:
                shown = [line for line in c.lines()[2:] if name in line or re.search(rf"\w{cut}\S*{name[-3:]}\b", line)]
                assert shown, f"{key} {name}\n{c.text()}"
            assert [len(line) for line in c.lines()] == [size[0]] * size[1]


async def test_one_long_id_leaves_causes_and_states_their_columns() -> None:
    """80 columns: the cause of a fault, the state of a session and of an operation can still be read."""
    site = renamed(LONG)
    site.commands[-1].charger_id = LONG[2]
    site.chargers[LONG[0]].open_transactions()[0].interrupted = True
    async with console((80, 24), TRUE, site) as c:
        assert "FAULT / NOTE" in c.lines()[2]
        assert "GroundFailu" in c.line_with("! FLT")
        await c.press("3")
        assert "INFO" in c.lines()[2] and "RCD trip" in c.line_with("GroundFailure")
        await c.press("4")
        assert "STATE" in c.lines()[2] and "TAG" in c.lines()[2]
        assert "interrupted" in c.text() and "charging" in c.text()
        await c.press("6")
        assert "accepted" in c.line_with("Reset Soft")


async def test_columns_hang_on_the_width_alone() -> None:
    """60, 40 and 160 columns in turn: what stands at the end is what stood at the beginning."""
    async with console((160, 48), TRUE, renamed(LONG)) as c:
        before = c.lines()
        assert "kWh" in c.lines()[3] or "kWh" in c.lines()[2]
        for size in ((60, 15), (40, 12), (80, 24), (160, 48)):
            await c.pilot.resize_terminal(*size)
            await c.settle()
        assert c.lines() == before


async def test_a_charger_with_a_long_id_that_has_gone_leaves_no_wide_column() -> None:
    """Nor does the way there move the columns."""
    site = renamed(LONG)
    async with console((160, 48), TRUE, site) as c:
        wide = c.row_of("CP-0004").index("x UNA")
        await c.press("G", "g")
        assert c.row_of("CP-0004").index("x UNA") == wide
        known = site.chargers
        assert isinstance(known, dict)
        for name in LONG:
            known.pop(name)
        c.app.depot_view.set_filter("CP-")
        await c.settle()
        assert c.row_of("CP-0004").index("x UNA") == 14 < wide


@pytest.mark.parametrize("key", ["1", "2", "3", "4"])
async def test_the_whole_id_stands_below_when_the_list_cuts_it(key: str) -> None:
    """60 columns: the line above the keys names the charger under the cursor."""
    async with console((60, 15), TRUE, renamed(LONG)) as c:
        await c.press(key, *"jjjjj" if key == "4" else "j" if key != "2" else ("right", "right"))
        assert any(name in c.lines()[-2] for name in LONG), c.text()


# the order


@pytest.mark.parametrize("profile", [ASCII, pytest.param(TRUE, marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", SIZES)
async def test_the_chosen_order_is_seen_on_every_terminal(size: tuple[int, int], profile: TerminalProfile) -> None:
    """A mark at the heading of the column; the wall has none and says it below."""
    mark = "v" if profile.ascii else "▾"
    async with console(size, profile) as c:
        for name, heading in (
            ("id", "CHARGER"),
            ("status", "CONN"),
            ("power", "SUM"),
            ("energy", "kWh"),
            ("seen", "SEEN"),
        ):
            assert c.app.depot_view.sort == name
            heads = next(line for line in c.lines() if "CHARGER " in line)
            assert f"{mark}{heading}" in heads and heads.count(mark) == 1, heads
            await c.press("2")
            assert name == "id" or f"by {name}" in c.text() or f"sort {name}" in c.text()
            await c.press("1", "o")
