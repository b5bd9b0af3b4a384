"""The console as the documentation of Textual teaches it: a DataTable and a RichLog, updated as events come."""

from __future__ import annotations

import time

from textual.app import App, ComposeResult
from textual.widgets import DataTable, Footer, Header, RichLog

from server.model.charger import Connector
from server.model.event import Event, EventKind
from server.model.log import LogLine
from tests.bench.console_feed import BusyDepot


class DocumentedWay(App[None]):
    """`DataTable.update_cell` per event, `RichLog.write` per line, the driver that Textual chooses."""

    CSS = "DataTable { height: 1fr; } RichLog { height: 14; }"

    def __init__(self, depot: BusyDepot) -> None:
        super().__init__()
        self._depot = depot
        self._chargers: DataTable[str] = DataTable(cursor_type="row")
        self._tail = RichLog(max_lines=10_000)

    def compose(self) -> ComposeResult:
        yield Header(show_clock=True)
        yield self._chargers
        yield self._tail
        yield Footer()

    def on_mount(self) -> None:
        for name in ("charger", "1", "2", "kW", "seen", "note"):
            self._chargers.add_column(name, key=name, width=24 if name in "12" else 14)
        for charger in self._depot.chargers.values():
            cells = [words_of(c) for c in charger.connectors.values()]
            kw = f"{charger.power_w / 1000:.1f}"
            self._chargers.add_row(charger.charger_id, *cells, kw, "0 s", "", key=charger.charger_id)
        self._chargers.focus()
        self._depot.listen(self._changed)
        self._depot.on_line = self._write

    def _changed(self, event: Event) -> None:
        if event.kind is EventKind.CONNECTOR_CHANGED and isinstance(connector := event.subject, Connector):
            self._chargers.update_cell(event.charger_id, str(connector.connector_id), words_of(connector))

    def _write(self, line: LogLine) -> None:
        clock = time.strftime("%H:%M:%S", time.localtime(line.at / 1000))
        self._tail.write(f"{clock} {line.level.name:8}{line.charger_id}  {line.action}  {line.text}")


def words_of(connector: Connector) -> str:
    return f"{connector.status.value} {connector.power_w / 1000:.1f} kW"
