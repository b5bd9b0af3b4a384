"""The target of an operation, live: one line for each connector, marked when it is not as it was."""

from __future__ import annotations

from console.dialogs.fields import MARGIN
from console.dialogs.frame import Row
from console.present.depot import POWERED, connector_word, open_for, share_of_rated, state_of
from console.present.words import kw, kwh
from console.widgets.writer import LineWriter
from server.model.charger import Charger, Connector

STATE = 6
DETAIL = 13
BAR = 12
MOST = 6  #: connectors that get a line


def target_rows(charger: Charger, now: int, changed: set[int], chosen: int = 0) -> list[Row]:
    """`chosen`: the connector that the operation is about; it is never left out."""
    rows = []
    if not charger.online:
        rows.append(Row(lambda line: _offline(line, charger)))
    elif 0 in changed:
        rows.append(Row(lambda line: line.to(MARGIN).put("~ changed: the charger came back", "amber")))
    if charger.main.is_faulted:
        rows.append(_row(charger, charger.main, now, False, 0))
    connectors = sorted(charger.connectors.values(), key=lambda c: (c.connector_id != chosen, c.connector_id))[:MOST]
    for connector in sorted(connectors, key=lambda c: c.connector_id):
        spare = 0 if connector.connector_id == chosen or not chosen else 20
        rows.append(_row(charger, connector, now, connector.connector_id in changed, spare))
    if len(charger.connectors) > MOST:
        rows.append(Row(lambda line: line.to(STATE).put(f"and {len(charger.connectors) - MOST} more", "dim"), 30))
    return rows


def _offline(line: LineWriter, charger: Charger) -> None:
    line.to(MARGIN).put("? OFF", "dim").put(f"  {charger.offline_reason or 'charger is offline'}", "muted")


def _row(charger: Charger, connector: Connector, now: int, changed: bool, spare: int) -> Row:
    return Row(lambda line: _draw(line, charger, connector, now, changed), spare)


def _draw(line: LineWriter, charger: Charger, connector: Connector, now: int, changed: bool) -> None:
    glyph, code, role = state_of(charger, connector)
    name = f"c{connector.connector_id}" if connector.connector_id else "--"
    line.to(MARGIN).put(name, "muted").put("~" if changed else "", "amber_strong").to(STATE)
    line.put(f"{glyph} {code}", role).to(DETAIL)
    right = "~ changed" if changed else ""
    problem = connector.fault or connector.warning
    if problem is not None:
        strong = connector.fault is not None
        line.left(problem.error_code, 22, "fault_strong" if strong else "amber")
        right = right or f"open {open_for(problem, now)}"
    elif connector.status in POWERED and charger.online:
        _draw_power(line, connector, bool(right))
    else:
        word = connector_word(connector)
        line.put(word.text, word.role)
    if right:
        line.end_with(right, "amber_strong" if changed else "fault_text", MARGIN)


def _draw_power(line: LineWriter, connector: Connector, narrow: bool) -> None:
    """`━━━━╸──  11.0 kW  6.2 kWh  tx 987  A1B2C3`, as far as there is room."""
    if line.room >= 48 and not narrow:
        line.bar(share_of_rated(connector), BAR).put("  ")
    line.right(f"{kw(connector.power_w)} kW", 8, "strong" if connector.power_w else "dim")
    transaction = connector.transaction
    if transaction is None:
        return
    for text, role in (
        (f"{kwh(transaction.energy_wh)} kWh", "text"),
        (f"tx {transaction.transaction_id}", "muted"),
        (transaction.id_tag, "muted"),
    ):
        if len(text) + 3 > line.room - MARGIN - (11 if narrow else 0):
            return
        line.put("  ").put(text, role)
