"""The frame around all screens: start, keys, help, leaving."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from console.app import ConsoleApp, ExitReason
from console.keys import KEYS, keys_of
from console.screens.base import OF_A_ROW
from console.terminal.profile import TerminalProfile
from console.widgets.keyline import hints_of
from console.widgets.tabs import TABS
from server.model.job import Job
from tests.console.depot_fixture import DepotFixture
from tests.console.reader import TRUE, Reader, console
from tests.quiet import painted, typed


async def test_start_screen_is_there_before_the_depot() -> None:
    """The first frame waits for nothing."""
    app = ConsoleApp(None, TRUE)
    async with app.run_test(size=(80, 24)) as pilot:
        reader = Reader(app, pilot, DepotFixture())
        await pilot.pause()
        assert "starting…" in reader.text()
        app.open_depot(reader.site)  # type: ignore[arg-type]
        await pilot.pause()
        await reader.settle()
        assert "CP-0001" in reader.text()


async def test_keys_do_not_wait_for_the_history(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was told before this terminal came is read beside the keys, however long the database takes."""
    monkeypatch.setattr("console.app.REMEMBER_S", 0.001)
    asked, gate = asyncio.Event(), asyncio.Event()

    async def find_jobs(charger_id: str = "", limit: int = 100) -> list[Job]:
        asked.set()
        await gate.wait()
        return []

    site = DepotFixture()
    monkeypatch.setattr(site, "find_jobs", find_jobs)
    app = ConsoleApp(site, TRUE, attached=True)  # type: ignore[arg-type]
    async with app.run_test(size=(80, 24)):
        async with asyncio.timeout(10):
            await asked.wait()
        await typed(app, "2")
        shown = app.console_screen
        gate.set()
        await painted(app)
        assert shown is not None and shown.NAME == "connectors"


async def test_attached_terminal_detaches_at_once() -> None:
    """q asks nothing when the server goes on anyway."""
    async with console() as c:
        await typed(c.app, "q")
        assert c.app.exit_reason is ExitReason.DETACH and c.app.keep_server


async def test_console_that_owns_the_server_asks() -> None:
    """Nothing ends by one key."""
    async with console(attached=False) as c:
        await c.press("q")
        assert c.app.is_running and c.app.console_screen is None
        await c.press("escape")
        assert c.app.console_screen is not None


def shown(c: Reader) -> str:
    """The name of the screen."""
    assert c.app.console_screen is not None
    return c.app.console_screen.NAME


async def test_escape_leads_back_the_way_one_came_and_rests_on_the_chargers() -> None:
    """Each step makes the way shorter: nothing goes back and forth. `-` is the same."""
    async with console() as c:
        await c.press("3", "L")
        assert shown(c) == "log" and "log  CP-00" in c.text()
        await c.press("escape")
        assert shown(c) == "log" and "all chargers" in c.text()
        await c.press("escape")
        assert shown(c) == "faults"
        await c.press("5", "3", "minus")
        assert shown(c) == "chargers"
        before = c.text()
        await c.press("escape", "minus", "escape")
        assert shown(c) == "chargers" and c.text() == before


async def test_escape_closes_what_is_open_before_it_takes_the_filter_and_the_marks() -> None:
    """One step a key, from the top down."""
    async with console((80, 24)) as c:
        await c.press("space", "slash", *"cp-000", "enter", "d")
        view = c.app.depot_view
        await c.press("escape")
        assert "CONN 1" in c.text() and view.filter_text and view.marks
        await c.press("escape")
        assert not view.filter_text and view.marks
        await c.press("escape")
        assert not view.marks


def keys_offered(c: Reader) -> str:
    """The last line of the terminal."""
    return c.lines()[-1]


@pytest.mark.parametrize("key", ["r", "C", "colon"])
async def test_keys_of_the_screen_are_not_offered_under_a_dialog(key: str) -> None:
    """They would do nothing there, or something else; the dialog has a line of its own keys."""
    async with console((80, 24)) as c:
        assert "s start" in keys_offered(c)
        await typed(c.app, (key,))
        await painted(c.app)
        assert not keys_offered(c).strip()
        await c.settle()
        assert not keys_offered(c).strip() and "esc c" in c.text(), c.text()
        await c.press("escape")
        assert "s start" in keys_offered(c)


@pytest.mark.parametrize("keys", [("slash", *"nobody", "enter"), ("4", "slash", *"nobody", "enter"), ("7",)])
async def test_keys_of_a_row_are_dim_in_an_empty_list(keys: tuple[str, ...]) -> None:
    """There is nothing that they could open."""
    async with console((80, 24)) as c:
        await c.press(*keys)
        screen = c.app.console_screen
        assert screen is not None
        of_a_row = [key for key in hints_of(screen.NAME) if key.id in OF_A_ROW]
        assert len(of_a_row) >= 3 and all(map(screen.is_dim, of_a_row))
        await c.press("escape", "6")
        screen = c.app.console_screen
        assert screen is not None and not any(map(screen.is_dim, of_a_row))


async def test_a_filter_that_is_typed_has_its_own_keys() -> None:
    """Letters are text then: none of them is offered."""
    async with console((80, 24)) as c:
        await c.press("3", "slash", "x")
        assert keys_offered(c).split() == ["enter", "keep", "esc", "clear"]
        await c.press("enter")
        assert "esc clear" in keys_offered(c) and "j k move" in keys_offered(c)
        await c.press("escape")
        assert "esc" not in keys_offered(c)


@pytest.mark.parametrize("keys", [("d",), ("2", "enter"), ("3", "enter"), ("8", "enter")])
async def test_what_lies_over_a_list_says_how_it_is_closed(keys: tuple[str, ...]) -> None:
    """And does not offer what is for the list below."""
    async with console((80, 24)) as c:
        await c.press(*keys)
        offered = keys_offered(c)
        assert "esc close" in offered and "mark" not in offered and "enter open" not in offered
        await c.press("escape")
        assert "esc close" not in keys_offered(c) and "enter open" in keys_offered(c)


async def test_help_goes_to_its_ends() -> None:
    """By the keys of every list."""
    async with console((80, 24)) as c:
        await c.press("question_mark")
        first = c.text()
        await c.press("G")
        assert "esc -" in c.text() and "MOVE" not in c.text()
        await c.press("g")
        assert c.text() == first


async def test_the_menu_says_what_to_type() -> None:
    """Behind the cursor, until something is typed."""
    async with console((80, 24)) as c:
        await c.press("colon")
        assert "type a part of its name" in c.text()
        await c.press("s")
        assert "type a part of its name" not in c.text()


async def test_help_lists_every_key_of_the_screen() -> None:
    """From the table, so it cannot be wrong."""
    async with console() as c:
        await c.press("question_mark")
        text = c.text()
        for key in keys_of("chargers"):
            assert key.help in text, key.id
        await c.press("escape")
        assert "CP-0001" in c.text()


async def test_listener_of_the_site_ends_with_the_terminal() -> None:
    """A terminal that has gone costs the server nothing."""
    site = DepotFixture()
    before = list(site.core.bus._listeners)
    async with console(site=site) as c:
        assert len(site.core.bus._listeners) == len(before) + 1
        await c.press("q")
    assert site.core.bus._listeners == before


async def test_foreign_keys_change_nothing() -> None:
    """No key leads to a command palette, a hint of Textual, or out."""
    async with console((80, 24), TerminalProfile(colours="16", ascii=True)) as c:
        before = c.text()
        await c.press("ctrl+p", "f5", "ctrl+t", "ctrl+z")
        assert c.text() == before


async def test_ctrl_c_ends_nothing_and_says_what_does() -> None:
    """In the message line, in our own words."""
    async with console((80, 24)) as c:
        await c.press("ctrl+c")
        assert c.app.is_running and "q detaches, the server goes on" in c.lines()[-2]
        assert not c.app._notifications


def test_no_key_means_two_things_on_a_screen() -> None:
    """And every action has one id."""
    assert len({key.id for key in KEYS}) == len(KEYS)
    for tab in TABS:
        pressed = [k for key in keys_of(tab.name) for k in key.keys]
        assert len(pressed) == len(set(pressed)), tab.name


def test_keys_that_multiplexers_eat_are_never_the_only_way() -> None:
    """ctrl+a, ctrl+b, ctrl+s, ctrl+q and ctrl+z belong to tmux, screen and the terminal."""
    for key in KEYS:
        assert set(key.keys) - {"ctrl+a", "ctrl+b", "ctrl+s", "ctrl+q", "ctrl+z"}, key.id


def test_key_line_begins_with_the_most_useful() -> None:
    """Hints are left out from the right."""
    ranks = [key.rank for key in hints_of("chargers")]
    assert ranks == sorted(ranks)
    assert [key.shown for key in hints_of("chargers")][:3] == ["j k", "space", "enter"]


def test_console_is_imported_without_the_server() -> None:
    """The first frame is painted before the server is loaded: a subprocess shows what `console.app` pulls in."""
    script = "import sys, console.app; print(*(m for m in sys.modules if m.split('.')[0] in ('server', 'simulator')))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, timeout=30, check=True)
    assert done.stdout.split() == []


async def test_every_tab_opens_its_screen() -> None:
    """1 to 6, and every line is as wide as the terminal."""
    async with console((80, 24)) as c:
        for tab in TABS:
            await c.press(tab.key)
            assert c.app.console_screen is not None and tab.name == c.app.console_screen.NAME
            assert [len(line) for line in c.lines()] == [80] * 24


async def test_log_of_the_selection_opens_with_one_key() -> None:
    """`l` is the way from a charger to what it says."""
    async with console() as c:
        await c.press("]", "L")
        assert c.app.console_screen is not None and c.app.console_screen.NAME == "log"
        lines = [line for line in c.lines() if " CP-0" in line[10:25]]
        assert lines and all("CP-0003" in line for line in lines)


async def test_tick_after_the_last_screen_has_gone_is_harmless() -> None:
    """Screens go before timers when an app ends."""
    async with console() as c:
        await c.press("q")
    c.app._tick()
    assert c.app.return_code == 0


# what is said, and for how long


async def test_what_is_said_ends_with_its_cause() -> None:
    """A charger that is back is not called offline for seconds on end."""
    async with console((80, 24)) as c:
        charger = c.site.chargers["CP-0006"]
        await c.press(*"jjjjj", "r")
        assert "CP-0006: charger is offline" in c.lines()[-2]
        charger.online = True
        c.app._dirty.add("CP-0006")
        await c.settle()
        assert "offline" not in c.lines()[-2]


async def test_what_is_said_stays_on_its_screen() -> None:
    """Another screen has words of its own."""
    async with console((80, 24), read_only=True) as c:
        await c.press("r")
        assert "read-only" in c.lines()[-2]
        await c.press("7")
        assert "read-only" not in c.lines()[-2] and "to repair" in c.lines()[-2]


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((60, 15), (160, 48)))]
)
@pytest.mark.parametrize("screen", ["1", "2", "4", "5", "8"])
async def test_a_wrong_regular_expression_is_told_while_it_is_wrong(screen: str, size: tuple[int, int]) -> None:
    """At once beside what is typed, then in the message line, and not a moment longer."""

    def foot() -> str:  # of the big terminal a blank line stands above the keys
        return " ".join(c.lines()[-4:])

    async with console(size, TerminalProfile(colours="16", ascii=True)) as c:
        await c.press(screen, "slash", "slash", "[")
        assert "not a regular expr" in foot()
        await c.press("slash", "enter")
        assert "not a regular expr" in foot()
        await c.press("slash", "backspace", "backspace", "backspace", *"!chg")
        assert "regular expr" not in foot()
        await c.press("enter")
        assert "regular expr" not in foot()
        await c.press("slash", *"/[", "escape")
        assert "regular expr" not in foot()
