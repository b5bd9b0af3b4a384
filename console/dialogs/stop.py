"""RemoteStopTransaction: which of the open transactions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import Item, Option, Radio
from console.present.look import Look
from console.present.words import kwh, span
from server.model.command import Operation, RemoteStop
from server.model.transaction import Transaction

if TYPE_CHECKING:
    from server.site import Site


class StopDialog(OperationDialog):
    TITLE = "Stop"

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        running = self.charger.open_transactions()
        here = [i for i, t in enumerate(running) if t.connector_id == connector_id]
        self._which = Radio("which", "session", [self._option(t) for t in running], here[0] if here else 0, tall=True)

    def _option(self, t: Transaction) -> Option:
        lasted = span(self.site.now() - t.started_at)
        return Option(
            t.charger_calls_it,
            f"tx {t.transaction_id}",
            f"c{t.connector_id}  {kwh(t.energy_wh)} kWh  {lasted}  {t.id_tag}",
        )

    def fields(self) -> list[Item]:
        return [self._which] if self._which.options else []

    def operation(self) -> Operation | None:
        chosen = self._which.value
        return RemoteStop(chosen) if isinstance(chosen, int) else None

    def missing(self) -> str:
        return "no transaction is running"
