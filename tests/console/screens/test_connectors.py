"""Screen 2: the wall."""

from __future__ import annotations

from server.model.charger import Connector
from server.model.status import ConnectorStatus
from tests.console.depot_fixture import DepotFixture, fault_on
from tests.console.reader import console


async def test_wall_shows_all_connectors_counts_and_sums() -> None:
    """48 tiles in six rows, counts above, sums at the left."""
    async with console() as c:
        await c.press("2")
        text = c.text()
        assert text.count(" c1 ") + text.count(" c2 ") >= 48
        assert "! FLT 2   > CHG 12   = SEV 1   = SES 1   + PRE 2   - FIN 1   R RSV 1   o AVL 22   x UNA 2" in text
        assert c.line_with("> CHG    7.2 kW").startswith("  18.2")
        assert "? OFF 4" in text


async def test_selection_is_shared_with_the_list() -> None:
    """What is selected on one screen is selected on the other."""
    async with console() as c:
        await c.press("]", "2")
        assert "▐ CP-0003 c1   4m ▌" in c.line_with("CP-0003 c1").replace("▐*", "▐ ")
        await c.press("right")
        assert c.app.depot_view.connector_id == 2
        await c.press("right", "1")
        assert c.row_of("CP-0004").startswith("▌")


async def test_keys_move_among_tiles_as_they_stand() -> None:
    """j goes a row down, not to the next charger."""
    async with console() as c:
        await c.press("2", "j")
        assert c.app.depot_view.rows.cursor == "CP-0005"
        await c.press("k", "right", "right")
        assert (c.app.depot_view.rows.cursor, c.app.depot_view.connector_id) == ("CP-0002", 1)


async def test_footer_tells_of_the_selected_connector() -> None:
    """Who, what, since when, and what can be done."""
    async with console() as c:
        await c.press("2")
        c.app.depot_view.select("CP-0007", 1)
        await c.press("2", "1", "2")
        assert "CP-0007 c1   Alfen NG910   22 kW" in c.text()
        assert "> CHG   22.0 kW   8.31 kWh   since 10:18:52   tx 991   C0FFEE" in c.text()
        assert "cannot s start c1: transaction 991 is running" in c.text()


async def test_small_terminal_scrolls_by_rows_of_tiles() -> None:
    """80x24: six tiles a row, four rows."""
    async with console((80, 24)) as c:
        await c.press("2")
        assert "1-24 of 48" in c.text()
        await c.press("G")
        assert "25-48 of 48" in c.text() and "CP-0024 c2" in c.text()


async def test_fault_fills_its_tile_on_the_tick() -> None:
    """Seen across the room."""
    async with console() as c:
        await c.press("2")
        fault_on(c.site.chargers["CP-0012"], 1, "PowerMeterFailure")
        c.app._dirty.add("CP-0012")
        await c.settle()
        assert "PowerMeterFail…" in c.text()
        assert "! FLT 3" in c.text()


async def test_charger_with_many_connectors_and_one_without_any() -> None:
    """Both have their place."""
    site = DepotFixture()
    wide = site.chargers["CP-0002"]
    for number in range(3, 9):
        wide.connectors[number] = Connector(wide.charger_id, number, ConnectorStatus.AVAILABLE)
    site.chargers["CP-0004"].connectors.clear()
    async with console((80, 24), site=site) as c:
        await c.press("2")
        assert "CP-0002 c8" in c.text()
        assert "no connec…" in c.text()
        for _ in range(14):
            await c.press("right")
        assert all(len(line) == 80 for line in c.lines())


async def test_filter_and_details_work_on_the_wall() -> None:
    """The same keys as on the list."""
    async with console() as c:
        await c.press("2", "slash", *"ground", "enter")
        assert "CP-0003 c1" in c.text() and "CP-0001" not in c.text()
        await c.press("d")
        assert "The residual-current device has tripped" in c.text()
        await c.press("escape", "escape")
        assert "CP-0001 c1" in c.text()


async def test_hjkl_are_the_four_directions() -> None:
    """`l` is right, as `h` is left; at the ends nothing happens."""
    async with console() as c:
        await c.press("2", "h")
        assert (c.app.depot_view.rows.cursor, c.app.depot_view.connector_id) == ("CP-0001", 1)
        await c.press("l")
        assert (c.app.depot_view.rows.cursor, c.app.depot_view.connector_id) == ("CP-0001", 2)
        await c.press("G", "l", "l", "j")
        assert (c.app.depot_view.rows.cursor, c.app.depot_view.connector_id) == ("CP-0024", 2)


async def test_order_of_the_wall_is_told() -> None:
    """`o` sorts the tiles too."""
    async with console() as c:
        await c.press("2", "o")
        assert "sort status" in c.lines()[1]
