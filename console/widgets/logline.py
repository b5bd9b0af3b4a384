"""One log line, and the rule above the log."""

from __future__ import annotations

from collections.abc import Sequence

from console.present.look import Look
from console.present.words import clock
from console.view.logview import LogView
from console.widgets.writer import LineWriter, width_of
from server.model.log import Level, LogLine

ACTION_WIDTH = 20  #: with the gap behind it
CHARGER_WIDTH = (7, 20)  #: least and most cells
COMPACT_BELOW = 100  #: cells; narrower, what follows the action is not aligned

_LETTERS = {
    Level.DEBUG: ("D", "dim"),
    Level.INFO: ("I", "dim"),
    Level.WARNING: ("W", "amber_strong"),
    Level.ERROR: ("E", "fault_strong"),
}
_LEVELS = {Level.DEBUG: "DEBUG+", Level.INFO: "INFO+", Level.WARNING: "WARN+", Level.ERROR: "ERROR"}
_DIRECTIONS = {"": "in and out", "in": "in", "out": "out"}

Pieces = list[tuple[str, str]]  #: text and role


def cursor_glyph(look: Look) -> str:
    """A block where the row has a surface of its own, `>` where it is only reversed."""
    return look.glyphs.cursor if look.has_surfaces else ">"


def charger_width(entries: Sequence[LogLine]) -> int:
    """Cells for the charger's name: identifiers never shrink, up to a limit."""
    least, most = CHARGER_WIDTH
    return max(least, min(most, max((len(entry.charger_id) for entry in entries), default=least)))


def draw_entry(line: LineWriter, entry: LogLine, name_width: int, compact: bool, chosen: bool = False) -> LineWriter:
    """Time, level, charger, arrow, action, text. Routine is muted; warnings and errors are not."""
    glyphs = line.look.glyphs
    letter, letter_role = _LETTERS.get(entry.level, ("I", "dim"))
    role = "text" if entry.level >= Level.WARNING else "muted"
    arrow = {"in": glyphs.towards, "out": glyphs.away}.get(entry.direction, "")
    line.put(cursor_glyph(line.look) if chosen else " ", "sky").put(f"{clock(entry.at)} ", "dim")
    line.put(f"{letter} ", letter_role).middle(entry.charger_id, name_width, role).put(" ")
    line.left(arrow, len(glyphs.towards), "dim").put(" ")
    start = line.column
    line.put(entry.action, "strong" if entry.level >= Level.ERROR else role).put(" ")
    if not compact:
        line.to(start + ACTION_WIDTH)
    return line.left(entry.text.rstrip(), max(0, line.room - 1), role)


def draw_rule(line: LineWriter, view: LogView, compact: bool) -> LineWriter:
    """` log  all chargers  INFO+  in and out ───── following  0 new  0 dropped`."""
    look, gap = line.look, "  " if compact else "   "
    line.put(look.glyphs.rule, "line").put(" log", "strong")
    line.put("  ").put(view.charger_id or "all chargers", "dim").put(gap + _LEVELS[view.level], "dim")
    if not compact or view.direction:
        line.put(gap + _DIRECTIONS[view.direction], "dim")
    if view.filter.error:
        line.put(f"{gap}/ {view.filter.error}", "amber")
    elif view.filter.text:
        line.put(f"{gap}/ {view.filter.text}", "sky")
    badge = _badge(view, gap, compact)
    room = line.room - sum(width_of(text, look) for text, _ in badge) - 4
    if room >= 0:
        line.put(" ").put(look.glyphs.rule * room, "line").put(" ")
    for text, role in badge:
        line.put(text, role)
    return line.put(" ").put(look.glyphs.rule, "line")


def _badge(view: LogView, gap: str, compact: bool) -> Pieces:
    badge: Pieces = []
    if view.is_scanning:
        badge.append(("searching" + gap, "sky"))
    if view.following:
        badge += [("following", "sky"), (f"{gap}{view.new} new", "dim")]
    else:
        badge.append((f"paused{gap}+{view.new} new", "amber_strong"))
    if view.dropped or not compact:
        badge.append((f"{gap}{view.dropped} dropped", "amber" if view.dropped else "dim"))
    return badge
