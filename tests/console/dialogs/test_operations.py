"""The dialogs of the five operations, by keys, and what reached the site."""

from __future__ import annotations

import pytest
from rich.style import Style

from console.dialogs.base import OperationDialog
from console.terminal.profile import TerminalProfile
from server.model.command import (
    ChangeConfiguration,
    CommandState,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
    Step,
    StepState,
)
from server.model.status import ConnectorStatus
from tests.console.dialogs.recording import RecordingDepot
from tests.console.reader import Reader, console

FILLED = [
    ("s", (*"A1B2C3D4", "enter", "enter"), RemoteStart("A1B2C3D4", 1)),
    ("C", (*"HeartbeatInterval", "enter", *"300", "enter"), ChangeConfiguration("HeartbeatInterval", "300")),
]
HOSTILE = "\x1b]0;owned\x07[red]{x}\x9b2J"


def dialog_of(c: Reader) -> OperationDialog:
    assert isinstance(c.app.screen, OperationDialog)
    return c.app.screen


async def open_on(c: Reader, key: str, charger_id: str, connector_id: int = 1) -> OperationDialog:
    c.app.depot_view.select(charger_id, connector_id)
    await c.press(key)
    return dialog_of(c)


@pytest.mark.parametrize(
    ("key", "charger_id", "connector_id"),
    [("r", "CP-0003", 1), ("x", "CP-0003", 2)],
)
async def test_focus_is_on_cancel_and_enter_sends_nothing(key: str, charger_id: str, connector_id: int) -> None:
    """The harmless answer is the default."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        dialog = await open_on(c, key, charger_id, connector_id)
        assert dialog.focus_name == "cancel"
        assert "▌  Cancel" in c.text()
        await c.press("enter")
        assert not isinstance(c.app.screen, OperationDialog)
        assert site.sent == []


async def test_escape_sends_nothing() -> None:
    """Whatever was chosen before."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "r", "CP-0002")
        await c.press("e", "right", "escape")
        assert c.app.console_screen is not None and site.sent == []


async def test_consequences_stand_before_what_is_sent() -> None:
    """What will stop, then the frame, then the buttons."""
    async with console((80, 24), site=RecordingDepot()) as c:
        await open_on(c, "r", "CP-0003")
        text = c.text()
        places = [
            text.index(w)
            for w in ("Reset  CP-0003", "GroundFailure", "Stops transaction 987 on c2", '"Reset"', "expects", "Cancel")
        ]
        assert places == sorted(places)
        assert "confirm: level 2 of 3" in text


async def test_y_sends_once() -> None:
    """A second y after sending means nothing; the steps are shown."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "r", "CP-0003")
        await c.press("y", "y", "y")
        assert site.sent == [("CP-0003", Reset("Soft"), "ana")]
        assert "waiting for the answer" in c.text()
        await c.press("escape")
        assert c.app.console_screen is not None and len(site.sent) == 1


async def test_hard_reset_of_a_running_session_needs_the_charger_id_typed() -> None:
    """Level 3: neither y nor Send is enough."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        dialog = await open_on(c, "r", "CP-0003")
        await c.press("e", "right", "enter")
        assert "level 3 of 3" in c.text() and dialog.focus_name == "typed"
        await c.press("C", "P", "tab", "y")
        assert site.sent == [] and "type CP-0003 first" in c.text()
        await c.press("tab", "enter")
        assert dialog.focus_name == "send" and site.sent == []
        await c.press("t", *"-0003", "enter")
        assert site.sent == [("CP-0003", Reset("Hard"), "ana")]


async def test_target_that_changes_is_marked_and_asks_for_more() -> None:
    """The person confirmed something else than what is there now."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "r", "CP-0003")
        site.chargers["CP-0003"].connectors[2].status = ConnectorStatus.SUSPENDED_EV
        await c.settle()
        assert "~ changed" in c.line_with("= SEV") and "level 3 of 3" in c.text()
        await c.press("y")
        assert site.sent == []


async def test_blocked_start_cannot_be_sent() -> None:
    """The guard's words stand there; y, and enter on Send, do nothing."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        c.app.operate("start", "CP-0003", 1)
        await c.settle()
        assert "connector is faulted" in c.text()
        await c.press("y", "tab", "enter")
        assert site.sent == [] and isinstance(c.app.screen, OperationDialog)


async def test_start_takes_a_known_tag_and_a_connector() -> None:
    """down brings the known tags; the connector under the cursor is chosen."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "s", "CP-0002", 2)
        assert "type the id tag of the driver" in c.text()
        await c.press("enter", "tab", "y")
        assert site.sent == []
        await c.press("e", "C", "right", "enter", "y")
        assert site.sent == [("CP-0002", RemoteStart("C0FFEE", 2), "ana")]


async def test_letters_in_a_field_are_letters() -> None:
    """y inside the id tag does not send."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "s", "CP-0002", 1)
        await c.press("y", "e", "t", "i")
        assert site.sent == [] and "yeti" in c.text()
        assert "not known here" in c.text()


@pytest.mark.parametrize(("key", "typed", "expected"), FILLED, ids=["s", "C"])
async def test_what_must_be_typed_has_the_focus_and_enter_leads_to_send(
    key: str, typed: tuple[str, ...], expected: Operation
) -> None:
    """Text goes into the empty field at once; enter goes through the form, the last one sends."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, key, "CP-0002", 1)
        await c.press(*typed)
        assert dialog_of(c).focus_name == "send" and site.sent == []
        await c.press("enter")
        assert [operation for _, operation, _ in site.sent] == [expected]


async def test_enter_in_an_empty_form_leaves_it_open() -> None:
    """Nothing was filled in, so nothing is lost and nothing is sent; esc says nothing."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "s", "CP-0002", 1)
        await c.press("enter", "enter", "enter")
        assert dialog_of(c).focus_name in ("tag", "connector") and site.sent == []
        await c.press("escape")
        assert "nothing sent" not in c.text() and c.app.console_screen is not None


async def test_leaving_a_filled_form_says_that_nothing_was_sent() -> None:
    """Not a silent loss."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "s", "CP-0002", 1)
        await c.press(*"A1B2", "escape")
        assert "Start: nothing sent" in c.text() and site.sent == []


async def test_marks_that_do_not_count_are_told() -> None:
    """A start goes to one charger, whatever is marked."""
    async with console((80, 24), site=RecordingDepot()) as c:
        c.app.depot_view.marks = {"CP-0001", "CP-0004"}
        await open_on(c, "s", "CP-0002", 1)
        assert "this goes to CP-0002 alone, not to what is marked" in c.text()


async def test_stop_names_the_session() -> None:
    """Tag, energy and connector of what ends."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "x", "CP-0003", 2)
        assert "Ends transaction 987 on c2 (6.2 kWh, tag A1B2C3)" in c.text()
        await c.press("y")
        assert site.sent == [("CP-0003", RemoteStop(987), "ana")]


async def test_progress_tells_steps_clock_and_missing_effect() -> None:
    """The dialog watches the live command."""
    site = RecordingDepot()
    async with console((80, 24), site=site) as c:
        await open_on(c, "r", "CP-0003")
        await c.press("y")
        command = site.commands[-1]
        command.state, command.status = CommandState.ACCEPTED, "Accepted"
        command.steps[1].state, command.steps[1].at, command.steps[1].note = StepState.DONE, site.now(), "210 ms"
        command.steps.append(Step("BootNotification", StepState.RUNNING))
        site.tick(7_000)
        await c.settle()
        assert "●  accepted" in c.line_with("210 ms")
        assert "00:07" in c.line_with("waiting for BootNotification")
        assert "esc leave, it goes on" in c.text()
        command.steps[-1].state = StepState.MISSING
        command.steps[-1].note = "accepted, but no BootNotification within 120 s"
        await c.settle()
        assert "Accepted, but no BootNotification within 120 s." in c.text() and "esc close" in c.text()


async def test_read_only_terminal_opens_no_dialog() -> None:
    """It may look, not touch."""
    site = RecordingDepot()
    async with console((80, 24), site=site, read_only=True) as c:
        c.app.depot_view.select("CP-0002", 1)
        await c.press("r")
        assert c.app.console_screen is not None and "read-only" in c.text()


async def test_hostile_text_is_painted_as_text() -> None:
    """Escape sequences and markup of charger, tag and answer stay visible characters."""
    site = RecordingDepot()
    charger = site.chargers["CP-0003"]
    charger.model = charger.offline_reason = HOSTILE
    transaction = charger.connectors[2].transaction
    assert transaction is not None and charger.connectors[1].fault is not None
    transaction.id_tag = charger.connectors[1].fault.error_code = HOSTILE
    async with console(site=site) as c:
        await open_on(c, "r", "CP-0003")
        await c.press("y")
        command = site.answer(CommandState.REJECTED, HOSTILE)
        command.error = command.steps[1].note = HOSTILE
        charger.online = False
        await c.settle()
        text = c.text()
        assert "[red]" in text and "\x1b" not in text and "\x07" not in text and "\x9b" not in text


@pytest.mark.parametrize("colours", ["none", pytest.param("16", marks=pytest.mark.slow)])
@pytest.mark.parametrize("size", [(60, 15), pytest.param((80, 24), marks=pytest.mark.slow)])
@pytest.mark.parametrize("key", ["r", "s", "c", "C"])
async def test_ascii_terminal_gets_ascii_in_a_box(colours: str, size: tuple[int, int], key: str) -> None:
    """No character above 126; without surfaces the dialog has a line box, closed at all four corners."""
    profile = TerminalProfile(colours=colours, ascii=True, operator="ana")  # type: ignore[arg-type]
    async with console(size, profile, RecordingDepot()) as c:
        await open_on(c, key, "CP-0002")
        await c.press("e")
        assert max(map(ord, c.text().replace("\n", ""))) < 127
        corners = [i for line in c.lines() for i, char in enumerate(line) if char == "+" and "--" in line]
        assert len(corners) == 4 and len(set(corners)) == 2


@pytest.mark.parametrize(
    "size", [(80, 24), *(pytest.param(size, marks=pytest.mark.slow) for size in ((160, 48), (60, 15)))]
)
@pytest.mark.parametrize("key", ["r", "s", "x", "C"])
async def test_dialog_fits_the_terminal(size: tuple[int, int], key: str) -> None:
    """Title, buttons and keys are on screen at every size."""
    async with console(size, site=RecordingDepot()) as c:
        await open_on(c, key, "CP-0021", 2) if key == "x" else await open_on(c, key, "CP-0002")
        text = c.text()
        assert "Cancel" in text and "Send" in text and "esc cancel" in text and "confirm: level" in text


async def test_without_colour_the_focus_is_reversed() -> None:
    """State is never told by colour alone."""
    profile = TerminalProfile(colours="none", operator="ana")
    async with console((80, 24), profile, RecordingDepot()) as c:
        await open_on(c, "r", "CP-0002")
        strips = c.app.screen._compositor.render_strips()
        cancel = [s.style for strip in strips for s in strip if "Cancel" in s.text]
        send = [s.style for strip in strips for s in strip if "Send" in s.text]
        assert isinstance(cancel[0], Style) and cancel[0].reverse and ">[ Cancel ]" in c.text()
        assert send[0] is not None and not send[0].reverse
