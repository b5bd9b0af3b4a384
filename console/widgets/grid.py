"""The list of chargers: one row a charger, two connectors in a row, repainted where it changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from textual import events
from textual.message import Message
from textual.strip import Strip

from console.present.depot import attention_of, energy_of, note_of, two_of
from console.present.look import Look
from console.present.words import kw, kwh, span
from console.view.depot import DepotView
from console.widgets.cells import COMPACT_CELLS, FULL_CELLS, draw_cell
from console.widgets.pane import LinePane
from console.widgets.writer import LineWriter
from server.model.charger import Charger, Connector

if TYPE_CHECKING:
    from server.site import Site

FULL_FROM = 92  #: cells of the pane from which on cells have a bar and energy a column
ID_CELLS = (7, 20)  #: least and most
ID_IN_FULL = 14  #: cells of an id that are worth more than bars
COMPACT_REST, FULL_REST = 50, 75  #: cells of the other columns without the note
NOTE_KEPT = 12  #: cells that a longer id leaves to the note: `no heartbeat`
LEAST_NOTE = 8
ID_AT = 4
#: order of the rows -> where its mark stands
SORT_HEADS = {"id": "CHARGER", "status": "CONN", "power": "SUM", "energy": "kWh", "seen": "SEEN"}


class Columns(NamedTuple):
    """Where each column of a row starts, in cells, and how wide it is."""

    is_full: bool
    id_cells: int
    first: int  #: cell of the first connector
    second: int
    cells: int  #: width of both
    sum_at: int
    energy_at: int  #: 0 = there is no such column
    seen_at: int
    note_at: int
    note_cells: int  #: 0 = no room


def columns_for(width: int, longest: int, has_many: bool) -> Columns:
    """The columns of a pane of `width` cells, where the longest id has `longest`: nothing else decides on them.

    `has_many`: a charger has more than two connectors, cells are named.
    """
    least, most = ID_CELLS
    is_full = width >= FULL_FROM + max(0, min(longest, ID_IN_FULL) - least) + 2 * has_many
    kept = NOTE_KEPT if is_full or width >= COMPACT_REST + NOTE_KEPT + least else -3  # no note: its gap is free too
    rest = FULL_REST + 2 * has_many if is_full else COMPACT_REST + 1 + 3 * has_many
    id_cells = max(least, min(most, longest, width - rest - kept))
    cells = FULL_CELLS if is_full else COMPACT_CELLS
    gap = 4 if has_many else 3 if is_full else 2
    first = ID_AT + id_cells + gap
    second = first + cells + max(3, gap)
    sum_at = second + cells + 2
    energy_at = sum_at + 7 if is_full else 0
    seen_at = (energy_at or sum_at) + 5 + 2
    note_at = seen_at + 4 + (3 if is_full else 2)
    room = width - note_at - (0 if is_full else 1)
    return Columns(
        is_full,
        id_cells,
        first,
        second,
        cells,
        sum_at,
        energy_at,
        seen_at,
        note_at,
        room if room >= LEAST_NOTE else 0,
    )


class ChargerGrid(LinePane):
    """Rows of `view`. The app's tick calls `pull`, keys call `show_cursor` after they have moved it."""

    DEFAULT_CSS = "ChargerGrid { height: 1fr; width: 1fr; }"

    class Opened(Message):
        """The row under the cursor was clicked once more."""

    def __init__(self, site: Site, view: DepotView, look: Look) -> None:
        super().__init__(look)
        self._site = site
        self._view = view
        self._columns = columns_for(80, 0, False)
        self._head_lines = 1
        self._layout: object = None  #: columns, window and rows that are on screen
        self._second = 0  #: second of the clock that ages on screen are of
        self._painted: str | None = None  #: charger that is shown under the cursor

    # what changes it

    def pull(self, dirty: set[str]) -> None:
        """Repaint the rows of `dirty` chargers; once a second all, because ages change."""
        self._view.pull(dirty, self._site.now())
        second = self._site.now() // 1000
        if self._settle():
            self.update_lines()
        elif second != self._second:
            self.update_lines(range(self._head_lines, self.size.height))
        elif dirty:
            self.update_lines(self._lines_of(dirty))
        self._second = second

    def show_cursor(self) -> None:
        """The cursor has moved: repaint the row it left and the row it is on, all of them only after scrolling."""
        before, now = self._painted, self._view.rows.cursor
        if self._settle():
            self.update_lines()
        else:
            self.update_lines(self._lines_of({c for c in (before, now) if c is not None}))

    def _lines_of(self, charger_ids: set[str]) -> list[int]:
        rows = self._view.rows
        found = (rows.index_of(charger_id) for charger_id in charger_ids)
        return [self._head_lines + i - rows.top for i in found if i is not None and 0 <= i - rows.top < rows.height]

    def _settle(self) -> bool:
        """Fit columns and window to the size and the data. True when all lines have to be drawn again."""
        width, height = self.size
        rows = self._view.rows
        before = self._layout
        chargers = self._view.chargers.values()  # all of them: columns do not jump while somebody scrolls
        longest = max((len(c.charger_id) for c in chargers), default=0)
        self._columns = columns_for(width, longest, any(len(c.connectors) > 2 for c in chargers))
        self._head_lines = 2 if self.app.size.height >= 40 else 1
        rows.resize(height - self._head_lines)
        self._layout = (self._columns, self._head_lines, rows.top, rows.version, self._view.sort)
        return before != self._layout

    def on_resize(self, event: events.Resize) -> None:
        self._settle()
        super().on_resize(event)

    # painting

    def draw_line(self, y: int) -> Strip:
        if y < self._head_lines:
            return self._heads() if y == 0 else self.line().strip()
        rows = self._view.rows
        index = rows.top + y - self._head_lines
        if index >= len(rows) or y - self._head_lines >= rows.height:
            return self._nothing(y)
        charger = self._view.chargers.get(rows.keys[index])
        return self.line().strip() if charger is None else self._row(charger)

    def _nothing(self, y: int) -> Strip:
        """Below the rows; says why there are none."""
        if len(self._view.rows) or y != self._head_lines + 1:
            return self.line().strip()
        if self._view.filter_text:
            return self.line().to(ID_AT).put("no charger matches the filter; esc clears it", "muted").strip()
        line = self.line().to(ID_AT).put("no charger yet. Point one at ", "muted")
        return line.put(f"{self._site.health.ocpp_url}/<charger id>", "text").strip()

    def _heads(self) -> Strip:
        c = self._columns
        name = "CONNECTOR" if c.is_full else "CONN"
        line = self._head(self.line(), ID_AT, "CHARGER")
        self._head(line, c.first, f"{name} 1", "CONN").to(c.first + c.cells - 2).put("kW", "dim")
        line.to(c.second).put(f"{name} 2", "dim").to(c.second + c.cells - 2).put("kW", "dim")
        self._head(line, c.sum_at + 2, "kWh" if self._sums_energy else "SUM")
        if c.energy_at:
            self._head(line, c.energy_at + 2, "kWh")
        self._head(line, c.seen_at, "SEEN").to(c.note_at)
        if c.note_cells:
            line.put("NOTE" if c.is_full else "FAULT / NOTE", "dim")
        return line.strip()

    def _head(self, line: LineWriter, at: int, title: str, sort_head: str = "") -> LineWriter:
        """A heading at column `at`; before that of the column that decides on the order of the rows there is a mark."""
        if SORT_HEADS[self._view.sort] == (sort_head or title):
            return line.to(at - 1).put(self.look.glyphs.sorted, "strong").put(title, "strong")
        return line.to(at).put(title, "dim")

    @property
    def _sums_energy(self) -> bool:
        """Rows in the order of their energy show it, also where it has no column of its own."""
        return self._view.sort == "energy" and not self._columns.energy_at

    def _row(self, charger: Charger) -> Strip:
        c, now = self._columns, self._site.now()
        under_cursor = charger.charger_id == self._view.rows.cursor
        on = "select" if under_cursor else "ground"
        line = self.line(on)
        self._lead(line, charger, under_cursor)
        shown, left_out = two_of(charger)
        for at, connector in zip((c.first, c.second), shown, strict=False):
            self._cell(line, charger, connector, at, on, under_cursor)
        line.to(c.sum_at)
        self._sums(line, charger, now)
        if c.note_cells:
            line.to(c.note_at)
            if left_out:
                line.put(f"+{left_out} ", "muted")
            room = c.note_at + c.note_cells - line.column
            note = note_of(charger, now, names_fault=not c.is_full, cells=room)
            line.left(note.text, room, note.role)
        if under_cursor:
            self._painted = charger.charger_id
        return line.strip()

    def _lead(self, line: LineWriter, charger: Charger, under_cursor: bool) -> None:
        """Cursor, mark, attention and name."""
        attention = attention_of(charger)
        line.put(self._cursor_glyph() if under_cursor else " ", "sky")
        line.put(self.look.glyphs.mark if charger.charger_id in self._view.marks else " ", "strong")
        line.put(attention.text, attention.role).to(ID_AT)
        is_bad = charger.online and attention.text == "!"
        role = "strong" if under_cursor or is_bad else "text" if charger.online else "dim"
        line.middle(charger.charger_id, self._columns.id_cells, role)

    def _cursor_glyph(self) -> str:
        """A block where the row has a surface of its own, `>` where it is only reversed."""
        return self.look.glyphs.cursor if self.look.has_surfaces else ">"

    def _cell(
        self, line: LineWriter, charger: Charger, connector: Connector, at: int, on: str, under_cursor: bool
    ) -> None:
        chosen = under_cursor and connector.connector_id == self._view.connector_id and len(charger.connectors) > 1
        if len(charger.connectors) > 2:
            line.to(at - 3).put(f"c{connector.connector_id}"[:2], "dim")
        line.to(at - 1)
        if connector.warning is not None and charger.online:
            line.put("~", "amber_strong")
        elif chosen and not self.look.has_surfaces:
            line.put("[", "text")
        line.to(at)
        draw_cell(line, charger, connector, self._site.now(), self._columns.cells, "side" if chosen else on)
        if chosen and not self.look.has_surfaces:
            line.put("]", "text")

    def _sums(self, line: LineWriter, charger: Charger, now: int) -> None:
        c = self._columns
        power, offline = charger.power_w, not charger.online
        if self._sums_energy:
            self._energy(line, charger)
        else:
            line.right("-" if offline else kw(power), 5, "strong" if power else "dim")
        if c.energy_at:
            self._energy(line.to(c.energy_at), charger)
        line.to(c.seen_at)
        seen = span(now - charger.seen_at) if charger.seen_at else "-"
        line.right(seen, 4, "dim" if offline else "muted")

    def _energy(self, line: LineWriter, charger: Charger) -> None:
        sessions = [e for e in map(energy_of, charger.connectors.values()) if e is not None]
        line.right(kwh(sum(sessions)) if sessions else "-", 5, "text" if sessions and charger.online else "dim")

    def cuts(self, charger_id: str) -> bool:
        """Is there less than the whole id in its row?"""
        return len(charger_id) > self._columns.id_cells

    # mouse

    def on_click(self, event: events.Click) -> None:
        rows = self._view.rows
        index = rows.top + event.y - self._head_lines
        if event.y < self._head_lines or not 0 <= index < len(rows):
            return
        again = rows.keys[index] == rows.cursor
        self._view.move_to(index)
        charger = self._view.charger
        if charger is not None:
            shown, _ = two_of(charger)
            side = 1 if event.x >= self._columns.second - 1 else 0
            if side < len(shown):
                self._view.connector_id = shown[side].connector_id
        self.show_cursor()
        if again:
            self.post_message(self.Opened())

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._view.move(3)
        self.show_cursor()

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._view.move(-3)
        self.show_cursor()
