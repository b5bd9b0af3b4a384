"""The cell of one connector in a row of the grid: state, bar, power, or the word that matters more."""

from __future__ import annotations

from console.present.depot import POWERED, connector_word, open_for, share_of_rated, state_of
from console.present.words import kw, span
from console.widgets.writer import LineWriter
from server.model.charger import Charger, Connector
from server.model.status import ConnectorStatus

STATE_CELLS = 5
BAR_CELLS = 9
FULL_CELLS = 21  #: state, bar, power
COMPACT_CELLS = 13  #: state, power or time


def draw_cell(line: LineWriter, charger: Charger, connector: Connector, now: int, cells: int, on: str) -> None:
    """Exactly `cells` cells: `FULL_CELLS` or `COMPACT_CELLS`. `on` is the surface, "ground" or that of the cursor."""
    glyph, code, role = state_of(charger, connector)
    start = line.column
    if charger.online and connector.status is ConnectorStatus.FAULTED:
        _draw_fault(line, connector, now, cells, on)
        return
    line.left(f"{glyph} {code}", STATE_CELLS, role, on)
    if not charger.online:
        pass
    elif connector.status in POWERED:
        if cells == FULL_CELLS:
            line.put(" ", "text", on).bar(share_of_rated(connector), BAR_CELLS, on=on)
        role = "text" if connector.power_w else "dim"
        line.right(kw(connector.power_w), start + cells - line.column, role, on)
    elif cells == FULL_CELLS:
        word = connector_word(connector)
        line.put(" ", "text", on).left(word.text, cells - STATE_CELLS - 1, word.role, on)
    elif connector.status is ConnectorStatus.PREPARING and connector.status_at:
        line.right(span(now - connector.status_at), start + cells - line.column, "dim", on)
    line.to(start + cells, "text", on)


def _draw_fault(line: LineWriter, connector: Connector, now: int, cells: int, on: str) -> None:
    """State on vermillion; beside it the code, or where there is no room for it how long it is open."""
    under_cursor = on != "ground"
    lit = "fault_select" if under_cursor else "fault_ground"
    ground = lit if line.look.has_surfaces else on
    line.left("! FLT", STATE_CELLS, "fault", "select" if under_cursor else "ground")
    fault = connector.fault
    if cells == FULL_CELLS:
        code = fault.error_code if fault is not None else connector.error_code
        line.put(" ", "text", ground).left(code, cells - STATE_CELLS - 1, "fault_strong", ground)
    else:
        since = open_for(fault, now) if fault is not None else span(now - connector.status_at)
        line.right(since, cells - STATE_CELLS, "fault_strong", ground)
