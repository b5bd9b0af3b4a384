"""All connectors as tiles, the connectors of a charger close together; below it the one that is selected."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, cast

from textual import events
from textual.message import Message
from textual.strip import Strip

from console.present.depot import connector_word, energy_of, open_for, session_of, state_of
from console.present.look import Look
from console.present.words import OFFLINE, STATES, clock, kw, kwh
from console.view.actions import possibilities
from console.view.depot import DepotView
from console.view.wall import BIG, SMALL, Tile, Wall
from console.widgets.pane import LinePane
from console.widgets.sections import Page, draw_possible, draw_power
from console.widgets.tile import PLACE_CELLS, TileArtist
from console.widgets.writer import LineWriter
from server.model.charger import Charger, Connector
from server.model.fault_help import help_for
from server.model.status import ConnectorStatus

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from server.site import Site

ROOMY_WIDTH, ROOMY_HEIGHT = 120, 24  #: from here on there are counts above, sums at the left, details below
LABELS = 8  #: cells at the left for the sums
FOOTER = 4
POSSIBLE_AT = 92  #: column of what is possible, in the footer of a wide wall

_COUNTED = (
    ConnectorStatus.FAULTED,
    ConnectorStatus.CHARGING,
    ConnectorStatus.SUSPENDED_EV,
    ConnectorStatus.SUSPENDED_EVSE,
    ConnectorStatus.PREPARING,
    ConnectorStatus.FINISHING,
    ConnectorStatus.RESERVED,
    ConnectorStatus.AVAILABLE,
    ConnectorStatus.UNAVAILABLE,
)


class ConnectorWall(LinePane):
    """Tiles of `view`. The tick calls `pull`, keys call `show_cursor`."""

    DEFAULT_CSS = "ConnectorWall { height: 1fr; width: 1fr; }"

    class Opened(Message):
        """The selected tile was clicked once more."""

    def __init__(self, site: Site, view: DepotView, look: Look) -> None:
        super().__init__(look)
        self.wall = Wall()
        self._site = site
        self._view = view
        self._arranged: object = None
        self._second = 0
        self._chosen: Tile | None = None

    # what changes it

    def pull(self, dirty: set[str]) -> None:
        """Repaint the tiles of `dirty` chargers; once a second all, because ages change."""
        self._view.pull(dirty, self._site.now())
        second = self._site.now() // 1000
        if self._settle() or second != self._second:
            self.update_lines()
        else:
            rows = {r for charger_id in dirty for r in self.wall.rows_of(charger_id)}
            lines = {y for r in rows for y in self._lines_of(r)}
            if dirty:
                lines |= {0, *range(self._footer_at, self.size.height)}
            self.update_lines(sorted(lines))
        self._second = second

    def show_cursor(self) -> None:
        """The selection has moved: repaint the rows it left and is on, all only after scrolling."""
        before = self._chosen
        if self._settle():
            self.update_lines()
            return
        lines = set(range(self._footer_at, self.size.height))
        for tile in (before, self._chosen):
            if tile is not None:
                lines |= set(self._lines_of(tile.row))
        self.update_lines(sorted(lines))

    def move(self, rows: int, tiles: int) -> None:
        """Select the tile so many rows down and tiles on."""
        tile = self.tile
        if tile is not None:
            tile = self.wall.below(tile, rows) if rows else tile
            tile = self.wall.beside(tile, tiles) if tiles else tile
            self._view.select(tile.charger_id, tile.connector_id)
            self.show_cursor()

    @property
    def tile(self) -> Tile | None:
        """The selected tile."""
        return self.wall.find(self._view.rows.cursor, self._view.connector_id)

    def _settle(self) -> bool:
        """Lay out and scroll. True when all lines have to be drawn again."""
        width, height = self.size
        groups = [
            (c, tuple(self._view.chargers[c].connectors)) for c in self._view.rows.keys if c in self._view.chargers
        ]
        arranged = (groups, width, height)
        moved = arranged != self._arranged
        if moved:
            self._arranged = arranged
            room = self._footer_at - self._first_line + 1
            heights = {size: room // (size.height + 1) for size in ((BIG, SMALL) if self._is_roomy else (SMALL,))}
            self.wall.arrange(groups, LABELS if self._is_roomy else 1, width, heights)
        self._chosen = self.tile
        return self.wall.show(self._chosen) or moved

    @property
    def _is_roomy(self) -> bool:
        return self.size.width >= ROOMY_WIDTH and self.size.height >= ROOMY_HEIGHT

    @property
    def _first_line(self) -> int:
        return 2 if self._is_roomy else 1

    @property
    def _footer_at(self) -> int:
        return self.size.height - (FOOTER if self._is_roomy else 0)

    def _lines_of(self, row: int) -> range:
        """Lines of a row of tiles, with the two of the frame."""
        pitch = self.wall.size.height + 1
        first = self._first_line + (row - self.wall.top) * pitch
        return range(first - 1, first + pitch)

    def on_resize(self, event: events.Resize) -> None:
        self._settle()
        super().on_resize(event)

    def cuts(self, charger_id: str) -> bool:
        """Is there less than the whole id on its tiles?"""
        return len(charger_id) + PLACE_CELLS > self.wall.size.width - 2

    # painting

    def draw_line(self, y: int) -> Strip:
        if y >= self._footer_at:
            return self._footer(y - self._footer_at)
        line = self.line()
        if y == 0 and self._is_roomy:
            return self._legend(line).strip()
        pitch = self.wall.size.height + 1
        row, part = divmod(y - self._first_line + 1, pitch)  # part 0 is the gap above the row
        index = self.wall.top + row
        if part == 0:
            self._gap(line, index)
        elif row < self.wall.height and index < len(self.wall.rows):
            self._row(line, index, part - 1)
        elif not self.wall.rows and y == self._first_line + 1:
            line.to(2).put("no charger matches" if self._view.filter_text else "no charger yet", "muted")
        return line.strip()

    def _gap(self, line: LineWriter, index: int) -> None:
        """Between two rows: the lower edge of the frame above, the upper one of the frame below."""
        tile = self._chosen
        if tile is None or tile.row not in (index - 1, index):
            return
        glyphs = self.look.glyphs
        line.to(tile.x).put((glyphs.bottom if tile.row == index else glyphs.top) * self.wall.size.width, "strong")

    def _row(self, line: LineWriter, index: int, part: int) -> None:
        tiles = self.wall.rows[index]
        if self._is_roomy and part < 3:
            self._label(line, index, tiles, part)
        for tile in tiles:
            charger = self._view.chargers.get(tile.charger_id)
            if charger is None:
                continue
            chosen = tile == self._chosen
            if line.to(tile.x - 1).column < tile.x:  # else the frame of the tile before took this cell
                line.put(self.look.glyphs.side_left if chosen else " ", "strong")
            connector = charger.connectors.get(tile.connector_id)
            marked = tile.charger_id in self._view.marks
            TileArtist(line, self.wall.size, part, self._site.now(), charger, connector, chosen, marked).draw()
            if chosen:
                line.put(self.look.glyphs.side_right, "strong")

    def _label(self, line: LineWriter, index: int, tiles: list[Tile], part: int) -> None:
        """Name of the row and the power of its tiles."""
        if part == 0:
            line.to(2).put(row_name(index), "strong")
            return
        connectors = (self._view.chargers[t.charger_id].connectors.get(t.connector_id) for t in tiles)
        power = sum(c.power_w for c in connectors if c is not None)
        line.to(1).right(kw(power) if part == 1 else "kW", 5, "dim" if part == 2 or not power else "muted")

    def _legend(self, line: LineWriter) -> LineWriter:
        counts: Counter[str] = Counter()
        for charger_id in self._view.rows.keys:
            charger = self._view.chargers[charger_id]
            counts.update(state_of(charger, c)[1] for c in charger.connectors.values())
        line.to(LABELS)
        for glyph, code, role in (*(STATES[s] for s in _COUNTED), OFFLINE):
            if not counts[code]:
                continue
            busy = code in ("FLT", "CHG")
            line.put(f"{glyph} {code}", "fault_strong" if code == "FLT" else role)
            line.put(f" {counts[code]}", "strong" if busy else "muted").put("   ")
        return line.end_with("bar: share of the connector's rated power", "dim", 3)

    # footer

    def _footer(self, part: int) -> Strip:
        """Line `part` of the footer: the selected connector at the left, what is possible with it at the right."""
        charger, connector = self._view.charger, self._view.connector
        if charger is None or part == 0:
            return self.line().strip()
        now, width = self._site.now(), self.size.width
        split = POSSIBLE_AT if width >= 150 else width // 2 + 10
        left = Page(self.look, split, now, "ground", LABELS, max(2, split - LABELS - 76))
        lines = [left.line()]
        if part == 1:
            self._who(lines[0], charger, connector)
        elif part == 2:
            self._what(lines[0], charger, connector)
        elif connector is not None:
            lines = draw_power(left, [connector], min(38, split - 34)) or lines
        right = Page(self.look, width - split, now, "ground", 0, 2)
        read_only = cast("ConsoleApp", self.app).read_only
        found = possibilities(self._site, charger, self._view.connector_id, read_only=read_only)
        possible = draw_possible(right, found)
        beside = possible[part - 1] if part <= len(possible) else right.line()
        return Strip.join([lines[0].strip(), beside.strip()])

    def _who(self, line: LineWriter, charger: Charger, connector: Connector | None) -> None:
        place = "" if connector is None else f" c{connector.connector_id}"
        line.put(f"{charger.charger_id}{place}", "strong").put("   ")
        line.put(" ".join(filter(None, (charger.vendor, charger.model))), "text").put("   ")
        if connector is not None and connector.rated_w:
            line.put(f"{round(connector.rated_w / 1000, 1):g} kW", "muted")

    def _what(self, line: LineWriter, charger: Charger, connector: Connector | None) -> None:
        now = self._site.now()
        if connector is None or not charger.online:
            line.put(charger.offline_reason or "no connector reported yet", "muted")
            return
        glyph, code, role = state_of(charger, connector)
        line.put(f"{glyph} {code}", role).put("   ")
        fault = connector.fault or connector.warning
        if fault is not None:
            line.put(f"{fault.error_code} {open_for(fault, now)}", "fault_strong").put("   ")
            if session_of(connector) is None:
                line.put(help_for(fault.error_code, fault.vendor_id, fault.vendor_error_code).meaning, "text")
        running = session_of(connector)
        if running is None:
            if fault is None:
                line.put(connector_word(connector).text, "muted")
            return
        line.put(f"{kw(connector.power_w)} kW", "strong").put(f"   {kwh(energy_of(connector) or 0, 2)} kWh", "text")
        line.put(f"   since {clock(running.started_at)}   tx {running.transaction_id}   {running.id_tag}", "muted")

    # mouse

    def on_click(self, event: events.Click) -> None:
        row, part = divmod(event.y - self._first_line, self.wall.size.height + 1)
        index = self.wall.top + row
        if not 0 <= index < len(self.wall.rows) or row >= self.wall.height or part == self.wall.size.height:
            return
        for tile in self.wall.rows[index]:
            if tile.x <= event.x < tile.x + self.wall.size.width:
                again = tile == self._chosen
                self._view.select(tile.charger_id, tile.connector_id)
                self.show_cursor()
                if again:
                    self.post_message(self.Opened())
                return

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self.move(1, 0)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self.move(-1, 0)


def row_name(index: int) -> str:
    """A, B ... Z, AA, AB ..."""
    name = ""
    index += 1
    while index:
        index, letter = divmod(index - 1, 26)
        name = chr(65 + letter) + name
    return name
