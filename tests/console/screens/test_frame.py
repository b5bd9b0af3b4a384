"""The frame around all screens: start, keys, help, leaving."""

from __future__ import annotations

import asyncio
import subprocess
import sys

import pytest

from console.app import ConsoleApp, ExitReason
from console.keys import KEYS, keys_of
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


async def test_minus_goes_back_to_the_screen_before() -> None:
    """And there and back again."""
    async with console() as c:
        await c.press("2", "minus")
        assert c.app.console_screen is not None and c.app.console_screen.NAME == "chargers"
        await c.press("minus")
        assert c.app.console_screen.NAME == "connectors"


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
