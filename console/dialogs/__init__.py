"""The dialogs, one operation a file. Importing this costs nothing; a dialog is loaded when it is opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from console.present.look import Look

if TYPE_CHECKING:
    from textual.app import App

    from console.dialogs.base import OperationDialog
    from server.site import Site

KINDS = ("start", "stop", "reset", "get_configuration", "change_configuration")


def open_dialog(
    app: App[Any], site: Site, look: Look, kind: str, charger_id: str, connector_id: int, operator: str
) -> None:
    """Open the dialog of one operation on the charger. An unknown kind or charger is a KeyError."""
    app.push_screen(_dialog_of(kind)(site, look, charger_id, connector_id, operator))


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
