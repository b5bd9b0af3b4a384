"""The dialogs: one operation a file, or a form. Importing this costs nothing; a dialog is loaded when it is opened."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from console.present.look import Look

if TYPE_CHECKING:
    from textual.app import App

    from console.dialogs.base import OperationDialog
    from server.site import Site

#: Those with a dialog of their own; the others are named as OCPP names them.
KINDS = ("start", "stop", "reset", "get_configuration", "change_configuration")


def open_dialog(
    app: App[Any],
    site: Site,
    look: Look,
    kind: str,
    charger_id: str,
    connector_id: int,
    operator: str,
    also: Sequence[str] = (),
    left_out: int = 0,
) -> None:
    """Open the dialog of one operation on the charger. An unknown kind or charger is a KeyError.

    `also`: more chargers that it goes to; `left_out`: how many marked ones it does not go to.
    """
    dialog: OperationDialog
    if kind in KINDS:
        dialog = _dialog_of(kind)(site, look, charger_id, connector_id, operator)
    else:
        from console.dialogs.form import FormDialog
        from console.view.forms import FORMS

        arguments = (site, look, charger_id, connector_id, operator)
        dialog = FormDialog(*arguments, form=FORMS[kind], for_many=len(also) > 1)
    dialog.targets.also(also, left_out)
    app.push_screen(dialog)


def _dialog_of(kind: str) -> type[OperationDialog]:
    match kind:
        case "start":
            from console.dialogs.start import StartDialog

            return StartDialog
        case "stop":
            from console.dialogs.stop import StopDialog

            return StopDialog
        case "reset":
            from console.dialogs.reset import ResetDialog

            return ResetDialog
        case "get_configuration":
            from console.dialogs.get_configuration import GetConfigurationDialog

            return GetConfigurationDialog
        case "change_configuration":
            from console.dialogs.change_configuration import ChangeConfigurationDialog

            return ChangeConfigurationDialog
    raise KeyError(kind)
