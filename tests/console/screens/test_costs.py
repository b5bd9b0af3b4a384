"""What is not done: no drawing, no summing up, no moving of rows where nothing has changed."""

from __future__ import annotations

from typing import Any

import pytest

from console.keys import READ_ONLY
from console.present.look import Look
from console.view.depot import CALM_MS, DepotView
from console.widgets import detail
from console.widgets.sections import Lines, Page, draw_head
from server.model.charger import Charger
from server.model.health import Totals
from server.model.log import Level
from tests.console.depot_fixture import NOW, DepotFixture
from tests.console.reader import Reader, console


async def test_details_are_drawn_only_when_they_changed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Not on a tick without news, nor for news of another charger; once a second for the ages."""
    drawn: list[object] = []

    def draw(page: Page, charger: Charger) -> Lines:
        drawn.append(charger)
        return draw_head(page, charger)

    monkeypatch.setattr(detail, "draw_head", draw)
    async with console() as c:
        drawn.clear()
        await c.settle()
        c.app._dirty.add("CP-0007")
        await c.settle()
        assert drawn == []
        c.app._dirty.add("CP-0001")
        await c.settle()
        assert drawn
        drawn.clear()
        c.site.tick(1_000)
        await c.settle()
        assert drawn


class Counting(DepotFixture):
    """Counts how often the depot is summed up."""

    sums = 0

    @property
    def totals(self) -> Totals:
        self.sums += 1
        return super().totals


async def test_the_depot_is_summed_up_once_a_tick_at_most() -> None:
    """Header and tabs share it; without news it is done once a second."""
    site = Counting()
    async with console(site=site) as c:
        site.sums = 0
        for _ in range(3):
            await c.settle()
        assert site.sums == 0
        c.app._dirty.add("CP-0001")
        await c.settle()
        assert site.sums == 1
        site.tick(1_000)
        await c.settle()
        assert site.sums == 2


def test_rows_sorted_by_power_move_at_a_calm_rhythm() -> None:
    """Every few seconds, whatever the power does meanwhile; at once for a new order, and for a new charger."""
    depot = DepotFixture()
    view = DepotView(depot.chargers)
    view.next_sort(), view.next_sort()
    view.pull((), NOW)
    before = list(view.rows.keys)
    assert before[0] == "CP-0021"
    depot.chargers["CP-0002"].connectors[1].power_w = 300_000
    view.pull({"CP-0002"}, NOW + CALM_MS - 1)
    assert view.rows.keys == before
    view.pull({"CP-0002"}, NOW + CALM_MS)
    assert view.rows.keys[0] == "CP-0002"
    depot.chargers["CP-0004"].connectors[1].power_w = 400_000
    for _ in range(5):
        view.next_sort()
    assert view.sort == "power" and view.rows.keys[0] == "CP-0004"


def rush(c: Reader, count: int) -> None:
    for n in range(count):
        c.site.log.add(c.site.now(), Level.INFO, "CP-0001", "in", "Heartbeat", "line %s", (f"{c.site.log.seq}-{n}",))


async def test_lines_that_rush_by_are_painted_on_every_second_tick() -> None:
    """All of them move each time; what comes slowly is there at once, and what rushed by ends up on the screen."""
    async with console((100, 30)) as c:
        await c.press("5")
        rush(c, 15)
        await c.settle()
        last = f"line {c.site.log.seq - 1}-14"
        assert last in c.text()
        rush(c, 15)
        await c.settle()
        assert last in c.lines()[-3], "the second rush waits for a tick"
        rush(c, 15)
        await c.settle()
        assert f"line {c.site.log.seq - 1}-14" in c.text()
        await c.settle()
        rush(c, 1)
        await c.settle()
        await c.settle()
        assert f"line {c.site.log.seq - 1}-0" in c.text()


def roles(c: Reader, word: str) -> set[Any]:
    """Styles of the pieces of the key line that hold `word`."""
    strip = c.app.screen._compositor.render_strips()[-1]
    return {segment.style for segment in strip if word in segment.text}


async def test_keys_that_do_nothing_on_a_read_only_terminal_are_dim() -> None:
    """Operations and their menu, on every screen that has them."""
    for screen in ("1", "2", "3", "4"):
        async with console(read_only=True) as c:
            await c.press(screen)
            dim = Look("true").style("dim").color
            words = [w for w in (" stop", " reset", " more") if w in c.lines()[-1]]
            assert words, c.lines()[-1]
            for word in words:
                assert {style.color for style in roles(c, word)} == {dim}, (screen, word)


async def test_details_on_a_read_only_terminal_promise_nothing() -> None:
    """Beside the list: all that keys do is listed as what cannot be done."""
    async with console(read_only=True) as c:
        assert READ_ONLY[:20] in c.text() and " can " not in c.text()


async def test_a_paused_console_says_how_to_go_on() -> None:
    """`p` is a way back now."""
    async with console() as c:
        await c.press("8", "p")
        assert "p go on" in c.lines()[-1]
        await c.press("p")
        assert "p pause" in c.lines()[-1]
