"""Forms fit every terminal: small ones, ASCII, without colour."""

from __future__ import annotations

import pytest

from console.dialogs.form import FormDialog
from console.terminal.profile import TerminalProfile
from console.view.forms import FORMS
from tests.console.dialogs.filling import fill, open_form
from tests.console.dialogs.recording import RecordingDepot
from tests.console.reader import console


@pytest.mark.parametrize("operation", FORMS)
@pytest.mark.parametrize(
    "size", [(60, 15), *(pytest.param(size, marks=pytest.mark.slow) for size in ((160, 48), (80, 24)))]
)
async def test_dialog_fits_the_terminal(operation: str, size: tuple[int, int]) -> None:
    """Title, buttons and keys are on screen; each field can be reached, and is shown while it has the focus."""
    async with console(size, site=RecordingDepot()) as c:
        dialog = await open_form(c, operation)
        if dialog.commands:  # there is nothing to ask
            return
        text = c.text()
        assert FORMS[operation].title in text and "Cancel" in text and "Send" in text and "esc cancel" in text
        for item in dialog.fields():
            dialog.focus_on(item.name)
            await c.settle()
            label = next(f.label for f in FORMS[operation].fields if f.path == item.name)
            assert any(f" {label} " in line for line in c.lines()), f"{label}:\n{c.text()}"
            assert "Cancel" in c.text()


@pytest.mark.parametrize("operation", FORMS)
@pytest.mark.parametrize("colours", ["none", pytest.param("16", marks=pytest.mark.slow)])
async def test_ascii_terminal_gets_ascii_in_a_box(operation: str, colours: str) -> None:
    """No character above 126, four corners, and the focus is seen without colour."""
    profile = TerminalProfile(colours=colours, ascii=True, operator="ana")  # type: ignore[arg-type]
    async with console((80, 24), profile, RecordingDepot()) as c:
        dialog = await open_form(c, operation)
        await c.press("e")
        assert max(map(ord, c.text().replace("\n", ""))) < 127
        corners = [i for line in c.lines() for i, char in enumerate(line) if char == "+" and "--" in line]
        assert len(corners) == 4 and len(set(corners)) == 2
        if not dialog.commands:
            strips = c.app.screen._compositor.render_strips()
            styles = [s.style for strip in strips for s in strip if s.style is not None]
            assert colours == "16" or any(style.reverse for style in styles)


@pytest.mark.parametrize("size", [(60, 15), pytest.param((80, 24), marks=pytest.mark.slow)])
async def test_worst_form_still_has_its_buttons(size: tuple[int, int]) -> None:
    """The longest form on several chargers, the id typed, many sessions: fields scroll, nothing else goes."""
    async with console(size, site=RecordingDepot()) as c:
        c.app.depot_view.marks = {f"CP-{n:04}" for n in (1, 2, 3, 5, 7, 8, 10)}
        await c.press("colon", *"setcharging", "enter")
        dialog = c.app.screen
        assert isinstance(dialog, FormDialog)
        await fill(c, dialog, "csChargingProfiles.chargingSchedule.chargingSchedulePeriod", "0")
        for item in dialog.items():
            dialog.focus_on(item.name)
            await c.settle()
            text = c.text()
            assert all(word in text for word in ("7 chargers", "Cancel", "Send", "esc cancel", "type 7"))
            label = next((f.label for f in dialog.form.fields if f.path == item.name), "")
            assert f" {label} " in text
