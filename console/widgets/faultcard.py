"""The card of one fault: what it means, the danger, the first checks, what can be done, and its history."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import NamedTuple

from textual.geometry import Size
from textual.strip import Strip

from console.present.look import Look
from console.present.words import clock, day_and_clock, span
from console.view.actions import Possible
from console.view.faultlist import DAY, DAYS, closest, day_slots
from console.widgets.logline import COMPACT_BELOW, charger_width, draw_entry
from console.widgets.sections import Lines, Page, draw_checks
from console.widgets.window import WindowPane
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.fault import Fault
from server.model.fault_help import help_for
from server.model.log import LogLine
from server.model.status import Severity

TWO_COLUMNS = 100  #: from this width on, what can be done stands beside the text
SIDE_CELLS = 43
DANGER_CELLS = 9
HISTORY_CELLS = 60
TIMES = 5  #: of the same cause that are listed


class FaultStory(NamedTuple):
    """Everything the card tells."""

    fault: Fault
    charger: Charger | None
    times: Sequence[Fault]  #: the same cause, newest first, this one included
    possible: Sequence[Possible]
    notes: dict[str, str]  #: kind of operation -> what it would touch
    around: Sequence[LogLine]
    loading: bool  #: the history is on its way
    now: int


class FaultCard(WindowPane):
    DEFAULT_CSS = "FaultCard { width: 1fr; height: 1fr; display: none; }"

    def show(self, story: FaultStory) -> None:
        self._page = draw_card(self.look, story, self.size, roomy=self.app.size.height >= 30)
        self.scroll_rows(0)


def draw_card(look: Look, story: FaultStory, size: Size, *, roomy: bool) -> list[Strip]:
    """The whole card, as many lines as it takes; the log below fills `size` when there is more of it."""
    width = size.width
    surface = "surface" if look.has_surfaces else "ground"
    strips = [*_banner(look, story, width, roomy), LineWriter(look, width).strip()]
    if width >= TWO_COLUMNS:
        left = _text(Page(look, width - SIDE_CELLS - 1, story.now, "ground"), story)
        edge = LineWriter(look, 1).strip()
        side_page = Page(look, SIDE_CELLS, story.now, surface)
        side = [side_page.line(), *_side(side_page, story), side_page.line()]
        for i in range(max(len(left), len(side))):
            text = left[i] if i < len(left) else LineWriter(look, width - SIDE_CELLS - 1)
            beside = side[i] if i < len(side) else LineWriter(look, SIDE_CELLS)
            strips.append(Strip.join([text.strip(), beside.strip(), edge]))
    else:
        page = Page(look, width, story.now, "ground")
        strips += [line.strip() for line in (*_text(page, story), page.line(), *_side(page, story))]
    log = _log(look, story, width, size.height - len(strips) - 2)
    return [*strips, LineWriter(look, width).strip(), *(line.strip() for line in log)]


def _banner(look: Look, story: FaultStory, width: int, roomy: bool) -> list[Strip]:
    """Code and place on the ground of a fault, with its edge."""
    fault, charger, is_fault = story.fault, story.charger, story.fault.severity is Severity.FAULT
    on = "ground" if not look.has_surfaces else "fault_ground" if is_fault else "amber_ground"
    edge = "fault_mark" if is_fault else "amber"

    def line() -> LineWriter:
        return LineWriter(look, width, on).put(look.glyphs.edge, edge).to(3)

    since = day_and_clock(fault.opened_at, story.now)
    first = line().put("! FLT" if is_fault else "~ WRN", "fault" if is_fault else "amber_strong").to(12)
    place = f"{fault.charger_id} c{fault.connector_id}" if fault.connector_id else fault.charger_id
    first.put(fault.error_code, "strong").put("   ").put(place, "strong").put("  ")
    if charger is not None and width >= TWO_COLUMNS:
        first.put(f"{charger.vendor} {charger.model}".strip(), "muted")
    lasted = span(_lasted(fault, story.now))
    state = f"open {lasted}" if fault.is_open else f"cleared after {lasted}"
    first.end_with(state, ("fault_strong" if is_fault else "amber_strong") if fault.is_open else "muted", 3)
    second = line().to(12)
    for text, role in (
        (fault.vendor_error_code, "strong"),
        (f"'{fault.info}'" if fault.info else "", "text"),
        (f"vendor {fault.vendor_id}" if fault.vendor_id else "", "muted"),
        (f"fault {fault.fault_id}", "muted"),
        (f"{fault.count} reports" if fault.count > 1 else "", "muted"),
        (_acknowledged(fault), "muted"),
    ):
        if text and len(text) + len(since) + 12 < second.room:
            second.put(text, role).put("   ")
    second.end_with(f"since {since}", "muted", 3)
    lines = [LineWriter(look, width), line(), first, second, line()] if roomy else [first, second]
    return [each.strip() for each in lines]


def _acknowledged(fault: Fault) -> str:
    if not fault.acknowledged_by:
        return "not acknowledged" if fault.is_open else ""
    return f"acknowledged by {fault.acknowledged_by}"


def _text(page: Page, story: FaultStory) -> Lines:
    """What it means, what is dangerous, what to look at."""
    fault = story.fault
    text = help_for(fault.error_code, fault.vendor_id, fault.vendor_error_code)
    lines = [page.line().put(part) for part in page.wrapped(text.meaning)]
    if text.danger:
        lines.append(page.line())
        for i, part in enumerate(page.wrapped(text.danger, DANGER_CELLS + 3)):
            line = LineWriter(page.look, page.width, page.on).to(page.left - 1)
            line.put(page.look.glyphs.edge, "amber", "amber_ground").put(" ", "text", "amber_ground")
            line.left("Danger" if i == 0 else "", DANGER_CELLS, "amber_strong", "amber_ground")
            lines.append(line.put(part, "text", "amber_ground").to(page.end, "text", "amber_ground"))
    lines += [page.line(), page.line().put("FIRST CHECKS", "dim"), *draw_checks(page, text)]
    return [*lines, page.line(), *_history(page, story)]


def _history(page: Page, story: FaultStory) -> Lines:
    """The last days on a line."""
    cells = min(HISTORY_CELLS, page.room - 2)
    glyphs = page.look.glyphs
    marked = day_slots(story.times, story.now, cells)
    count = "loading" if story.loading else f"{len(marked)} times" if len(marked) != 1 else "once"
    line = page.line()
    for slot in range(cells):
        line.put(glyphs.foot if slot in marked else glyphs.rule, "fault_mark" if slot in marked else "line")
    begin = time.strftime("%m-%d", time.localtime((story.now - DAYS * DAY) / 1000))
    foot = page.line().put(begin, "dim").to(page.left + cells - 5).put("today", "dim")
    return [page.line().put("HISTORY", "dim").put(f"   {DAYS} days", "dim").put(f"   {count}", "muted"), line, foot]


def _side(page: Page, story: FaultStory) -> Lines:
    """What can be done and what cannot, and the last times."""
    lines = [page.line().put("CAN", "dim")]
    can = [item for item in story.possible if not item.reason]
    for item in can:
        if note := story.notes.get(item.kind, ""):
            lines.append(_key(page.line(), item).to(page.left + 18).put(note, "muted"))
    others = [item for item in can if not story.notes.get(item.kind)]
    for two in (others[i : i + 2] for i in range(0, len(others), 2)):
        line = page.line()
        for place, item in enumerate(two):
            _key(line.to(page.left + 18 * place), item)
        lines.append(line)
    cannot = [item for item in story.possible if item.reason]
    if cannot:
        lines += [page.line(), page.line().put("CANNOT", "dim")]
    for item in cannot:
        line = page.line().put(f"{item.key} {item.text}", "dim").to(page.left + 12)
        lines.append(line.put(" ").left(item.reason, max(0, page.end - line.column), "muted"))
    lines += [page.line(), page.line().put("LAST TIMES", "dim")]
    for fault in story.times[:TIMES]:
        lines.append(_time(page, fault, story))
    if story.loading:
        lines.append(page.line().put("loading", "muted"))
    return lines


def _key(line: LineWriter, item: Possible) -> LineWriter:
    """`u unlock`."""
    return line.put(item.key, "strong").put(" ").put(item.text, "text")


def _time(page: Page, fault: Fault, story: FaultStory) -> LineWriter:
    role = "fault_text" if fault.is_open else "text"
    at = time.strftime("%m-%d %H:%M", time.localtime(fault.opened_at / 1000))
    line = page.line().put(at, role).right(span(_lasted(fault, story.now)), 6, "text").put("  ")
    if fault.is_open:
        return line.put("open", "fault_strong")
    return line.left(", ".join(filter(None, (fault.note, fault.acknowledged_by))), page.end - line.column, "muted")


def _lasted(fault: Fault, now: int) -> int:
    return (fault.cleared_at or now) - fault.opened_at


def _log(look: Look, story: FaultStory, width: int, room: int) -> Lines:
    """What was said around the time it opened: the half minute before and after, more of it where there is `room`."""
    glyphs, opened = look.glyphs, story.fault.opened_at
    around = closest(story.around, opened, room)
    head = LineWriter(look, width).put(glyphs.rule, "line").put(" log", "strong")
    head.put(f"  {story.fault.charger_id}   around {clock(opened)} ", "dim").put(glyphs.rule * head.room, "line")
    if not around:
        return [head, LineWriter(look, width).to(3).put("nothing of that time is in the log any more", "dim")]
    names, compact = charger_width(around), width < COMPACT_BELOW
    return [head, *(draw_entry(LineWriter(look, width), entry, names, compact) for entry in around)]
