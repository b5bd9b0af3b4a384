"""The parts that details are made of, each a few lines of a given width. Used by the detail pane and under the wall."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from console.present.depot import POWERED, connector_word, energy_of, open_for, session_of, share_of_rated, state_of
from console.present.look import Look
from console.present.safe import safe
from console.present.sparkline import bars, hour_of
from console.present.words import clock, day_and_clock, kw, kwh, span
from console.view.actions import Possible
from console.widgets.writer import LineWriter, width_of
from server.model.charger import Charger, Connector
from server.model.command import Command, CommandState
from server.model.connection import host_of
from server.model.fault import Fault
from server.model.fault_help import FaultHelp, help_for
from server.model.status import Registration, Severity

Lines = list[LineWriter]
_FAILED = (
    CommandState.REJECTED,
    CommandState.ERROR,
    CommandState.TIMED_OUT,
    CommandState.OFFLINE,
    CommandState.BLOCKED,
)
LABEL = 7  #: cells of "can" and "cannot"


@dataclass(frozen=True, slots=True)
class Page:
    """Where sections are drawn: `width` cells on surface `on`, text from `left` to `right` cells from the edge."""

    look: Look
    width: int
    now: int
    on: str = "surface"
    left: int = 3
    right: int = 2

    @property
    def room(self) -> int:
        return self.width - self.left - self.right

    @property
    def end(self) -> int:
        return self.width - self.right

    def line(self) -> LineWriter:
        return LineWriter(self.look, self.width, self.on).to(self.left)

    def wrapped(self, text: str, indent: int = 0) -> list[str]:
        """Foreign text in lines that fit."""
        width = max(12, self.room - indent)
        return textwrap.wrap(safe(text, ascii_only=self.look.ascii), width, break_on_hyphens=False) or [""]


def draw_head(page: Page, charger: Charger) -> Lines:
    """Who it is, since when it is there, and the facts for a support call."""
    now = page.now
    first = page.line().put(charger.charger_id, "strong").to(page.left + 9).put(" ")
    if charger.online:
        there = f"online {span(now - charger.online_at)}"
    else:
        there = f"offline {span(now - charger.online_at)}" if charger.online_at else "never connected"
    model = " ".join(filter(None, (charger.alias, charger.vendor, charger.model)))
    first.left(model, max(0, page.end - width_of(there, page.look) - 2 - first.column), "text")
    first.end_with(there, "muted", page.right)
    facts = [
        f"fw {charger.firmware}" if charger.firmware else "",
        f"sn {charger.serial}" if charger.serial else "",
        host_of(charger.peer),
        f"OCPP {charger.ocpp_version}" if charger.ocpp_version else "",
        "TLS" if charger.secure else "",
    ]
    lines = [first, _as_many_as_fit(page, filter(None, facts))]
    for text, role in _remarks(charger):
        lines += [page.line().put(part, role) for part in page.wrapped(text)]
    return lines


def _as_many_as_fit(page: Page, words: Iterable[str]) -> LineWriter:
    line = page.line()
    for word in words:
        if line.column + width_of(word, page.look) > page.end:
            break
        line.put(word, "dim").put("  ")
    return line


def _remarks(charger: Charger) -> list[tuple[str, str]]:
    found = []
    if charger.registration is Registration.PENDING:
        found.append(("New: nothing it sends counts until it is let in. + lets it in.", "sky"))
    if charger.registration is Registration.REJECTED:
        found.append(("Rejected: nothing may be sent to it.", "amber"))
    if not charger.online and charger.offline_reason:
        found.append((charger.offline_reason, "muted"))
    if charger.reboot_needed:
        found.append(("A configuration change waits for a reboot.", "amber"))
    if abs(charger.clock_skew_ms) > 60_000:
        found.append((f"Its clock is off by {span(abs(charger.clock_skew_ms))}.", "amber"))
    return found


def draw_connectors(page: Page, charger: Charger, chosen: int) -> Lines:
    """A line a connector; the main controller only when something is wrong with it."""
    main = charger.main
    everyone = ([main] if main.fault or main.warning else []) + list(charger.connectors.values())
    return [_connector_line(page, charger, c, c.connector_id == chosen) for c in everyone]


def _connector_line(page: Page, charger: Charger, connector: Connector, chosen: bool) -> LineWriter:
    glyph, code, role = state_of(charger, connector)
    line = page.line().left(f"c{connector.connector_id}", 3, "strong" if chosen else "muted")
    line.left(f"{glyph} {code}", 5, role).to(page.left + 10)
    fault = connector.fault or connector.warning
    if fault is not None and (connector.is_faulted or not connector.transaction):
        is_fault = fault.severity is Severity.FAULT
        line.put(fault.error_code, "fault_strong" if is_fault else "amber")
        return line.end_with(f"open {open_for(fault, page.now)}", "fault_text" if is_fault else "amber", page.right)
    if charger.online and connector.status in POWERED:
        return _session(page, connector, line)
    word = connector_word(connector)
    line.left(word.text, max(0, page.end - line.column - 6), word.role)
    since = span(page.now - connector.status_at) if connector.status_at else ""
    return line.end_with(since, "dim", page.right)


def _session(page: Page, connector: Connector, line: LineWriter) -> LineWriter:
    bar_cells = min(20, page.room - 43)
    if bar_cells >= 4:
        line.bar(share_of_rated(connector), bar_cells)
    line.right(f"{kw(connector.power_w)} kW", 9 if bar_cells >= 4 else 8, "strong" if connector.power_w else "dim")
    energy = energy_of(connector)
    line.right("" if energy is None else f"{kwh(energy)} kWh", 10)
    transaction = session_of(connector)
    if transaction is not None:
        for word in (f"#{transaction.transaction_id}", transaction.id_tag):
            if line.column + 2 + width_of(word, page.look) <= page.end + 1:
                line.put(f"  {word}", "muted")
    return line


def fault_to_explain(charger: Charger, connector_id: int) -> Fault | None:
    """The fault that the cursor means: of its connector, else of the main controller, else any."""
    connector = charger.connectors.get(connector_id)
    places = [c for c in (connector, charger.main) if c is not None]
    for place in places:
        if (found := place.fault or place.warning) is not None:
            return found
    return next(iter(charger.open_faults()), None)


def draw_fault(page: Page, fault: Fault) -> Lines:
    """What it means, what the charger said of it, how often and since when."""
    text = help_for(fault.error_code, fault.vendor_id, fault.vendor_error_code)
    lines = [_edged(page, fault).put(part) for part in page.wrapped(text.meaning)]
    told = _edged(page, fault)
    for word, role in ((fault.vendor_error_code, "strong"), (f"'{fault.info}'" if fault.info else "", "text")):
        if word:
            told.put(word, role).put(" ")
    since = f"since {day_and_clock(fault.opened_at, page.now)}"
    if fault.count > 1:
        since = f"{fault.count} reports {since}" if page.room > 45 else f"x{fault.count} {since}"
    if told.column + len(since) + 2 > page.end and told.column > page.left:
        lines.append(told)
        told = _edged(page, fault)
    lines.append(told.end_with(since, "muted", page.right))
    if fault.acknowledged_by:
        words = f"acknowledged by {fault.acknowledged_by} {fault.note}"
        lines += [_edged(page, fault).put(part, "muted") for part in page.wrapped(words)]
    return lines


def _edged(page: Page, fault: Fault) -> LineWriter:
    """A line with the edge of a box that warns, in the margin."""
    role = "fault_mark" if fault.severity is Severity.FAULT else "amber"
    line = LineWriter(page.look, page.width, page.on).to(page.left - 2)
    return line.put(page.look.glyphs.edge, role).to(page.left)


def draw_danger(page: Page, text: FaultHelp) -> Lines:
    """The warning before anybody opens anything; nothing when there is none."""
    if not text.danger:
        return []
    lines = []
    for i, part in enumerate(page.wrapped(text.danger, 8)):
        line = LineWriter(page.look, page.width, page.on).to(page.left - 2)
        line.put(page.look.glyphs.edge, "amber").to(page.left)
        lines.append(line.left("Danger" if i == 0 else "", 8, "amber_strong").put(part))
    return lines


def draw_checks(page: Page, text: FaultHelp, most: int = 9) -> Lines:
    """The first `most` checks on site, numbered; the first action where there are none."""
    lines = []
    for number, check in enumerate((text.checks or (text.first_action,))[:most], 1):
        for i, part in enumerate(page.wrapped(check, 2)):
            lines.append(page.line().left(str(number) if i == 0 else "", 2, "sky_strong").put(part))
    return lines


def draw_possible(page: Page, possible: Sequence[Possible]) -> Lines:
    """`can` with keys, `cannot` with the guard's own words; keys that share a reason share a line."""
    lines: Lines = []
    line = page.line().left("can", LABEL, "muted")
    for item in possible:
        if item.reason:
            continue
        if line.column > page.left + LABEL and line.column + len(item.key) + len(item.text) + 1 > page.end:
            lines.append(line)
            line = page.line().to(page.left + LABEL)
        line.put(item.key, "strong").put(f" {item.text}", "muted").put("  ")
    if line.column > page.left + LABEL:
        lines.append(line)
    reasons: dict[str, list[Possible]] = {}
    for item in possible:
        if item.reason:
            reasons.setdefault(item.reason, []).append(item)
    label = "cannot"
    for reason, items in reasons.items():
        line = page.line().left(label, LABEL, "dim")
        if len(items) == 1:
            line.put(items[0].key, "dim").put(f" {items[0].text}: {reason}", "dim")
        else:
            line.put(f"{' '.join(i.key for i in items)}  {reason}", "dim")
        lines.append(line)
        label = ""
    return lines


def draw_commands(page: Page, commands: Sequence[Command]) -> Lines:
    """What was asked of the charger, newest first."""
    lines = []
    for c in commands:
        word = c.status or c.state.value.replace("_", " ")
        role = "amber" if c.state in _FAILED else "text" if c.is_answered else "sky"
        line = page.line().put(clock(c.created_at), "dim").put(" ")
        line.left(c.operation.name.removesuffix("Transaction"), max(8, page.room - 32), "text")
        line.right(word, 15, role)
        lines.append(line.right(f"{c.latency_ms} ms" if c.latency_ms is not None else "", 8, "dim"))
    return lines


def draw_power(page: Page, connectors: Sequence[Connector], cells: int) -> Lines:
    """Power of the last hour; nothing when nothing was metered."""
    histories = [c.power_history for c in connectors if c.power_history]
    if not histories:
        return []
    values = hour_of(histories, page.now, cells)
    top = max(max(values), sum(c.rated_w for c in connectors if c.power_history))
    line = page.line().left("last 60 min", 13, "muted")
    line.put(bars(values, top, page.look.glyphs.spark), "sky")
    return [line.end_with(f"{kw(sum(c.power_w for c in connectors))} kW", "text", page.right)]
