"""Screen 1, driven by keys and read as a person reads it."""

from __future__ import annotations

import pytest

from console.terminal.profile import TerminalProfile
from server.model.charger import Connector
from server.model.status import Registration
from tests.console.depot_fixture import NOW, DepotFixture, fault_on
from tests.console.reader import console

HOSTILE_ID = "CP-\x1b]0;owned\x07[red]"


async def test_row_has_every_column_in_its_place() -> None:
    """To the cell: the geometry of the picture."""
    async with console() as c:
        row = c.row_of("CP-0010")
        assert row.startswith("    CP-0010   o AVL                   > CHG ━━━━━━╸──  36.6   36.6   22.5    1s")
        head = c.line_with("CHARGER ")
        assert [head.index(w) for w in ("CHARGER", "CONNECTOR 1", "CONNECTOR 2", "SUM", "kWh", "SEEN", "NOTE")] == [
            4,
            14,
            38,
            63,
            70,
            75,
            82,
        ]


async def test_header_tells_faults_power_and_presence() -> None:
    """The first line answers: is anything wrong?"""
    async with console() as c:
        header = c.lines()[0]
        for words in ("depot-nord", "! 2 faults", "315.4 of 400 kW", "12 charging", "22/24 online", "10:42:07"):
            assert words in header


async def test_keys_move_the_cursor_and_the_detail_follows() -> None:
    """j, G and g; the pane at the right shows the same charger."""
    async with console() as c:
        assert c.row_of("CP-0001").startswith("▌")
        await c.press("j", "j")
        assert c.row_of("CP-0003").startswith("▌ !")
        assert "GroundFailure                    open 4m" in c.text()
        await c.press("G")
        assert c.row_of("CP-0024").startswith("▌")
        await c.press("g")
        assert c.row_of("CP-0001").startswith("▌")


async def test_fault_panel_explains_and_offers() -> None:
    """Meaning, vendor code, count, danger, first checks, can and cannot with the guard's words."""
    async with console() as c:
        await c.press("]")
        text = c.text()
        for words in (
            "The residual-current device has tripped",
            "E-113 'RCD trip'",
            "3 reports since 10:37:55",
            "Danger",
            "1 Isolate; look for a wet",
            "x stop tx 987",
            "cannot s start c1: connector is faulted",
        ):
            assert words in text, words


async def test_cursor_stays_on_its_charger_when_another_appears_above() -> None:
    """A new charger must not put another one under the finger."""
    async with console() as c:
        await c.press("j", "j")
        c.site.core.fleet.new_charger("AA-0001", NOW, Registration.PENDING)
        await c.settle()
        assert c.app.depot_view.rows.cursor == "CP-0003"
        assert "new: + lets it in" in c.row_of("AA-0001") or "offline" in c.row_of("AA-0001")
        assert c.row_of("CP-0003").startswith("▌")


async def test_change_of_the_model_reaches_the_screen_on_the_tick() -> None:
    """Events mark, the tick paints."""
    async with console() as c:
        fault_on(c.site.chargers["CP-0012"], 1, "PowerMeterFailure")
        assert "PowerMeter" not in c.text()
        c.app._dirty.add("CP-0012")
        await c.settle()
        assert "! FLT PowerMeterFail…" in c.row_of("CP-0012")


async def test_ages_go_on_without_events() -> None:
    """A second later everything is a second older."""
    async with console() as c:
        assert " 3s " in c.row_of("CP-0001")
        c.site.tick(2_000)
        await c.settle()
        assert " 5s " in c.row_of("CP-0001")
        assert "10:42:09" in c.lines()[0]


async def test_filter_is_live_and_esc_clears_it() -> None:
    """Every key narrows the list; enter keeps it, esc takes it away."""
    async with console() as c:
        await c.press("slash", *"fault")
        assert c.row_of("CP-0003") and "CP-0001 " not in "".join(c.lines()[:28])
        await c.press("enter")
        assert "/ fault" in c.lines()[1]
        await c.press("j")
        assert c.row_of("CP-0011").startswith("▌")
        await c.press("escape")
        assert c.row_of("CP-0001")


async def test_keys_typed_into_the_filter_do_nothing_else() -> None:
    """`q` in a filter is a letter."""
    async with console() as c:
        await c.press("slash", "q", "x", "1")
        assert c.app.is_running and c.app.depot_view.filter_text == "qx1"
        await c.press("escape")
        assert c.app.depot_view.filter_text == ""


async def test_space_marks_and_goes_on() -> None:
    """Two marks with two keys; the message line counts them."""
    async with console() as c:
        await c.press("space", "space")
        assert c.row_of("CP-0001").startswith(" *")
        assert "2 marked" in c.text()


async def test_blocked_key_tells_the_reason() -> None:
    """Pressing `s` on a faulted connector opens nothing and says why."""
    async with console() as c:
        await c.press("]", "s")
        assert "CP-0003: connector is faulted" in c.text()
        assert c.app.console_screen is not None


async def test_read_only_terminal_refuses_operations() -> None:
    """It may look, not touch."""
    async with console(read_only=True) as c:
        await c.press("r")
        assert "read-only" in c.text() and c.lines()[1].rstrip().endswith("RO")
        assert c.app.console_screen is not None


async def test_pause_stops_painting_until_pressed_again() -> None:
    """The header says so, and nothing is lost."""
    async with console() as c:
        await c.press("p")
        assert "PAUSED" in c.lines()[0]
        fault_on(c.site.chargers["CP-0012"], 1, "PowerMeterFailure")
        c.app._dirty.add("CP-0012")
        await c.settle()
        assert "PowerMeter" not in c.text()
        await c.press("p")
        assert "PowerMeter" in c.text() and "PAUSED" not in c.text()


async def test_details_take_the_place_of_the_list_on_a_narrow_terminal() -> None:
    """enter opens, esc closes, j scrolls."""
    async with console((80, 24)) as c:
        assert "Danger" not in c.text()
        await c.press("]", "enter")
        assert "Danger" in c.text() and "CP-0007" not in c.text()
        top = c.lines()[2:6]
        await c.press("j")
        assert c.lines()[2:6] != top
        await c.press("escape")
        assert "CP-0007" in c.text()


async def test_adopting_a_new_charger_with_one_key() -> None:
    """`+` lets it in, as its note says."""
    site = DepotFixture()
    site.chargers["CP-0002"].registration = Registration.PENDING
    async with console(site=site) as c:
        await c.press("j")
        assert "new: + lets it in" in c.row_of("CP-0002")
        await c.press("plus")
        assert site.chargers["CP-0002"].registration is Registration.ACCEPTED


async def test_charger_with_four_connectors_shows_the_worst_two_by_name() -> None:
    """And how many are not shown."""
    site = DepotFixture()
    charger = site.chargers["CP-0002"]
    for number in (3, 4):
        charger.connectors[number] = Connector(charger.charger_id, number)
    fault_on(charger, 4, "GroundFailure")
    async with console(site=site) as c:
        row = c.row_of("CP-0002")
        assert "c4 ! FLT GroundFailure" in row and "+2 " in row


async def test_hostile_text_is_shown_and_commands_nothing() -> None:
    """Escape sequences and markup in an identity and in a fault's info."""
    site = DepotFixture()
    charger = site.core.fleet.new_charger(HOSTILE_ID, NOW, Registration.ACCEPTED)
    charger.online = True
    site.core.fleet.connector(charger, 1, NOW)
    fault_on(charger, 1, "Ground\x1b[31mFailure").info = "\x9b2J[bold]x[/]\r\n"
    async with console(site=site) as c:
        await c.press("G")
        text = c.text()
        assert "\x1b" not in text and "\x9b" not in text and "\r" not in text
        assert "CP-␛]0;owned␇[red]" in text and "[bold]x[/]" in text


@pytest.mark.parametrize(
    "size", [(160, 48), (60, 15), *(pytest.param(size, marks=pytest.mark.slow) for size in ((120, 36), (80, 24)))]
)
async def test_ascii_profile_paints_ascii_only(size: tuple[int, int]) -> None:
    """No code point above 126 on either screen, details and help included."""
    profile = TerminalProfile(colours="16", ascii=True)
    async with console(size, profile) as c:
        for keys in (("]",), ("d",), ("escape", "2"), ("question_mark",)):
            await c.press(*keys)
            assert all(" " <= ch <= "~" for line in c.lines() for ch in line)
            assert all(len(line) == size[0] for line in c.lines())


async def test_no_color_paints_no_colour() -> None:
    """Bold, reverse and underline carry the state."""
    async with console(profile=TerminalProfile(colours="none")) as c:
        for keys in (("]",), ("2",), ("question_mark",)):
            await c.press(*keys)
            assert all(s.color is None and s.bgcolor is None for s in c.styles())
        assert any(s.reverse for s in c.styles()) or c.app.console_screen is None


@pytest.mark.parametrize("size", [(160, 48), (120, 36), (100, 30), (80, 24), (60, 15)])
async def test_every_line_is_as_wide_as_the_terminal(size: tuple[int, int]) -> None:
    """Nothing runs over, nothing is short, at any size."""
    async with console(size) as c:
        for key in ("]", "d", "2", "d"):
            await c.press(key)
            assert [len(line) for line in c.lines()] == [size[0]] * size[1]


async def test_smallest_terminal_shows_rows_message_and_keys() -> None:
    """60x15 works: no log, no notes, all states."""
    async with console((60, 15)) as c:
        assert "! FLT      4m" in c.row_of("CP-0003")
        assert "? help" in c.lines()[-1] and "1-10 of 24" in c.text()


@pytest.mark.parametrize("size", [(59, 24), (80, 14)])
async def test_too_small_terminal_says_so(size: tuple[int, int]) -> None:
    """And what it needs."""
    async with console(size) as c:
        assert "Terminal too small" in c.text() and "60x15" in c.text()
        assert "CP-0001" not in c.text()


async def test_terminal_that_grows_shows_the_details_beside_the_list() -> None:
    """The layout follows the size while it runs."""
    async with console((80, 24)) as c:
        await c.pilot.resize_terminal(160, 48)
        await c.settle()
        assert "CONNECTOR 1" in c.text() and "online 3d" in c.text()


@pytest.mark.parametrize("size", [(120, 36), (160, 48), (200, 60)])
async def test_fault_panel_keeps_what_to_do_when_there_is_little_room(size: tuple[int, int]) -> None:
    """Old commands and the power of the hour give way; danger and what is possible never do."""
    async with console(size) as c:
        await c.press("]")
        text = c.text()
        assert "Danger" in text and "can    r reset" in text and "cannot s start c1" in text


async def test_fault_panel_says_when_there_is_more() -> None:
    """A wide but low terminal: the rest is one key away."""
    async with console((120, 24)) as c:
        await c.press("]")
        assert "Danger" in c.text() and "d shows the rest" in c.text()


async def test_order_changes_with_one_key() -> None:
    """`o` goes on to the next order and says which."""
    async with console() as c:
        await c.press("o", "o")
        assert "sort power" in c.lines()[1]
        assert c.lines()[5][4:].startswith("CP-0021")


async def test_key_that_the_situation_asks_for_is_on_a_narrow_line() -> None:
    """`+` on a new charger, `a` on one whose fault nobody has seen; neither when it would do nothing."""
    site = DepotFixture()
    site.chargers["CP-0002"].registration = Registration.PENDING
    async with console((80, 24), site=site) as c:
        assert "acknowledge" not in c.lines()[-1] and "let it in" not in c.lines()[-1]
        await c.press("j")
        assert "+ let it in" in c.lines()[-1]
        await c.press("j")
        assert "a acknowledge" in c.lines()[-1]
        await c.press("a")
        assert "acknowledge" not in c.lines()[-1]


async def test_read_only_terminal_says_so_and_offers_neither() -> None:
    """Also where the tabs leave little room."""
    site = DepotFixture()
    site.chargers["CP-0002"].registration = Registration.PENDING
    for size in ((80, 24), (100, 30), (120, 36)):
        async with console(size, site=site, read_only=True) as c:
            await c.press("j")
            assert " RO" in c.lines()[1]
            assert "let it in" not in c.lines()[-1]


async def test_end_keys_scroll_the_details() -> None:
    """`G` and `g` move what is on the screen, not the list that is hidden behind it."""
    async with console((80, 18)) as c:
        await c.press("]", "enter", "G")
        assert "GroundFailure" not in c.text() or "last 60 min" in c.text()
        assert c.app.depot_view.rows.cursor == "CP-0003"
        await c.press("g")
        assert "CP-0003" in c.lines()[4]


async def test_escape_takes_the_marks_away() -> None:
    """Hidden ones too; the line with their number says so."""
    async with console((80, 24)) as c:
        await c.press("space", "space")
        assert "2 marked  esc clears" in c.text()
        await c.press("escape")
        assert not c.app.depot_view.marks and "marked" not in c.text()


async def test_all_new_chargers_that_are_marked_are_let_in() -> None:
    """By one key, wherever the cursor stands."""
    site = DepotFixture()
    for charger_id in ("CP-0002", "CP-0004"):
        site.chargers[charger_id].registration = Registration.PENDING
    async with console((80, 24), site=site) as c:
        c.app.depot_view.marks = {"CP-0002", "CP-0004", "CP-0005"}
        await c.press("g", "plus")
        assert "2 chargers are let in" in c.text()
        assert {site.chargers[i].registration for i in ("CP-0002", "CP-0004")} == {Registration.ACCEPTED}
