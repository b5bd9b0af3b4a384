"""Opens a form and fills it in, as the tests of forms do."""

from __future__ import annotations

from console.dialogs.form import FormDialog
from tests.console.reader import Reader


async def open_form(c: Reader, operation: str, charger_id: str = "CP-0002", connector_id: int = 1) -> FormDialog:
    c.app.depot_view.select(charger_id, connector_id)
    c.app.operate(operation, charger_id, connector_id)
    await c.settle()
    screen = c.app.screen
    assert isinstance(screen, FormDialog)
    return screen


async def fill(c: Reader, dialog: FormDialog, path: str, text: str) -> None:
    dialog.focus_on(path)
    await c.press("ctrl+u", *text)
    dialog.focus_on("cancel")
    await c.settle()
