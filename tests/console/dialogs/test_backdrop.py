"""What lies behind a dialog."""

from __future__ import annotations

import asyncio

import pytest

from server.model.log import Level
from tests.console.depot_fixture import DepotFixture
from tests.console.reader import console


@pytest.mark.parametrize("size", [(120, 36), (80, 24), (60, 15), (200, 60)])
async def test_dialog_survives_a_resize(size: tuple[int, int]) -> None:
    """The screen below is there in the new size, at once or with the next tick."""
    async with console((100, 30)) as c:
        await c.press("r")
        await c.pilot.resize_terminal(*size)
        await c.settle()
        await c.settle()
        lines = c.lines()
        assert (len(lines), {len(line) for line in lines}) == (size[1], {size[0]})
        assert "Cancel" in c.text()
        if size[1] > 15:  # there the dialog takes it all
            assert lines[0].startswith(" depot-nord")
            assert "─ log" in c.text(), "the screen below, laid out for the new size"


async def test_backdrop_is_dimmed_once() -> None:
    """A dialog that lives for minutes repaints itself alone."""
    async with console((100, 30)) as c:
        await c.press("r")
        dialog = c.app.screen
        before = dialog.render_lines(dialog.size.region)[0]
        await c.settle()
        assert dialog.render_lines(dialog.size.region)[0] is before


@pytest.mark.parametrize("key", ["r", "colon", "C"])
async def test_the_screen_below_goes_on_living(key: str) -> None:
    """Clock, fault count and rows behind a dialog are true, with the next tick."""
    site = DepotFixture()
    async with console((160, 48), site=site) as c:
        await c.press(key)
        before = c.lines()[0]
        site.tick(65_000)
        site.chargers["CP-0024"].connectors[1].power_w = 4_321
        c.app._dirty.add("CP-0024")
        await c.settle()
        await c.settle()
        assert c.lines()[0] != before
        assert c.app.console_screen is None


async def test_the_log_goes_on_behind_a_dialog() -> None:
    """What a charger says while a question is open is not hidden by it."""
    async with console((160, 48)) as c:
        await c.press("5")
        await c.press("enter")
        c.site.log.add(c.site.now(), Level.INFO, "CP-0777", "in", "Heartbeat", "new", ())
        async with asyncio.timeout(5):  # the screen below paints in its own time
            while "CP-0777" not in c.text():
                await c.settle()
        assert c.app.console_screen is None


async def test_a_paused_console_stands_still_behind_a_dialog_too() -> None:
    """`p`, then `r`: nothing moves but the dialog."""
    async with console((160, 48)) as c:
        await c.press("p", "r")
        before = c.lines()[0]
        c.site.tick(65_000)
        await c.settle()
        await c.settle()
        assert c.lines()[0] == before
