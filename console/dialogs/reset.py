"""Reset: soft, or hard."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import Item, Option, Radio
from console.present.look import Look
from console.view.confirming import level_of
from server.model.command import Operation, Reset

if TYPE_CHECKING:
    from server.site import Site


class ResetDialog(OperationDialog):
    TITLE = "Reset"

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        hard = f"level {level_of(self.charger, Reset('Hard'))}"
        self._kind = Radio("kind", "type", (Option("Soft", "Soft"), Option("Hard", "Hard", hard)))

    def fields(self) -> list[Item]:
        return [self._kind]

    def operation(self) -> Operation:
        return Reset("Hard" if self._kind.value == "Hard" else "Soft")
