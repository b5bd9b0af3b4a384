"""Keys that come in one burst: each is taken wholly before the next one is looked at."""

from __future__ import annotations

import unicodedata

import pytest
from textual import events

from console.dialogs.reset import ResetDialog
from tests.console.dialogs.recording import RecordingDepot
from tests.console.reader import Reader, console

_CHARACTERS = {"slash": "/", "question_mark": "?", "space": " ", "minus": "-"}


def sent_by(site: RecordingDepot) -> list[str]:
    return [operation.name for _, operation, _ in site.sent]


async def burst(c: Reader, *keys: str) -> None:
    """All keys are in the queue before the first one is looked at, as after a paste."""
    for key in keys:
        character = _CHARACTERS.get(key, key if len(key) == 1 else None)
        assert character is None or unicodedata.category(character) != "Cc"
        c.app.post_message(events.Key(key, character))
    await c.settle()
    await c.settle()


def shown(c: Reader) -> str:
    """The screen on top, by name; a dialog has none."""
    return c.app.console_screen.NAME if c.app.console_screen is not None else type(c.app.screen).__name__


async def test_a_filter_typed_in_one_go_is_all_text() -> None:
    """Letters, digits, `q` and `?` behind `/` are no commands; backspace and the cursor edit it."""
    async with console() as c:
        await burst(c, "slash", *"q1rx0", "backspace", "left", "question_mark", "home", "a")
        assert c.app.depot_view.filter_text == "aq1r?x" and shown(c) == "chargers"


async def test_keys_behind_enter_and_escape_of_the_filter_are_commands_again() -> None:
    """`/fault⏎j` moves the cursor in what is left; `/x⎋3` shows the faults, without a filter."""
    async with console() as c:
        await burst(c, "slash", *"fault", "enter", "j")
        assert c.app.depot_view.filter_text == "fault" and c.app.depot_view.rows.cursor == "CP-0011"
        await burst(c, "slash", "x", "escape", "3")
        assert c.app.depot_view.filter_text == "" and shown(c) == "faults"


@pytest.mark.parametrize("key", ["r", "s", "c", "C"])
async def test_keys_behind_one_that_opens_a_dialog_belong_to_the_dialog(key: str) -> None:
    """`q`, a digit and `p` typed ahead leave nothing, switch nothing, pause nothing on the screen below."""
    async with console() as c:
        await burst(c, "j", key, "q", "2", "p")
        assert shown(c).endswith("Dialog") and c.app.is_running and not c.app.is_paused
        await burst(c, "escape")
        assert shown(c) == "chargers" and c.app.depot_view.rows.cursor == "CP-0002"


async def test_a_dialog_is_filled_in_and_left_in_one_go() -> None:
    """The field gets its letters, escape closes it, and what follows moves the cursor below."""
    async with console() as c:
        await burst(c, "C", *"heartbeat", "escape", "j", "r")
        dialog = c.app.screen
        assert isinstance(dialog, ResetDialog) and dialog.charger.charger_id == "CP-0002"


async def test_the_help_takes_the_key_that_closes_it() -> None:
    """`?q` shows and closes the help; the console goes on."""
    async with console() as c:
        await burst(c, "question_mark", "q")
        assert c.app.is_running and shown(c) == "chargers"


async def test_keys_behind_another_screen_belong_to_it() -> None:
    """`3j⏎` opens the second fault, on a screen that nobody has seen before."""
    async with console() as c:
        await burst(c, "3", "j", "enter")
        await c.settle()
        assert "GroundFailure   CP-0003 c1" in c.text()


async def test_leaving_asks_before_what_follows_is_taken() -> None:
    """`qj` in a console that owns the server: the question is open, its second answer is chosen, nothing has moved."""
    async with console(attached=False) as c:
        await burst(c, "q", "j")
        assert shown(c) == "QuitDialog" and c.app.depot_view.rows.cursor == "CP-0001"


async def test_keys_typed_ahead_confirm_nothing_that_does_harm() -> None:
    """`ry` in one go sends no reset and says so; `y` sends it once it stood there."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await burst(c, "r", "y")
        assert sent_by(site) == [] and "typed before this could be read" in c.text()
        await burst(c, "y")
        assert sent_by(site) == ["Reset"]


async def test_a_dialog_must_stand_for_a_moment_before_it_can_be_confirmed() -> None:
    """Painted is not read."""
    site = RecordingDepot()
    async with console((80, 24), site=site, seen_s=60.0) as c:
        await c.press("r")
        await c.press("y")
        await c.press("tab", "enter")
        assert sent_by(site) == [] and "typed before this could be read" in c.text()


async def test_what_does_no_harm_may_be_typed_ahead() -> None:
    """`uy` opens the lock of an idle connector: level 1."""
    site = RecordingDepot()
    async with console((80, 24), site=site, seen_s=60.0) as c:
        c.app.depot_view.select("CP-0002", 1)
        await burst(c, "u", "y")
        assert sent_by(site) == ["UnlockConnector"]


async def test_the_server_is_not_stopped_by_keys_typed_ahead() -> None:
    """`q`, down, enter in one go: the question stays."""
    async with console((80, 24), attached=False) as c:
        await burst(c, "q", "j", "enter")
        assert c.app.is_running and "typed before this could be read" in c.text()
        await burst(c, "enter")
        assert not c.app.keep_server


async def test_a_paste_is_text_or_nothing() -> None:
    """In a filter it is a filter, one line of it; elsewhere it commands nothing."""
    async with console() as c:
        c.app.post_message(events.Paste("rq2"))
        await burst(c, "slash")
        c.app.post_message(events.Paste("fault\nr"))
        await burst(c, "enter")
        assert c.app.depot_view.filter_text == "fault" and shown(c) == "chargers"
