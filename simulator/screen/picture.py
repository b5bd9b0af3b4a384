"""The whole screen as lines of pieces: header, connectors, the page with the events beside it, message, keys.

The list of connectors stands above every page: what is done is seen where it is done. No Textual here.
"""

from __future__ import annotations

from rich.cells import cell_len, set_cell_size

from simulator.connector import Connector
from simulator.screen.desk import Desk
from simulator.screen.monitor import tail
from simulator.screen.page import Piece, Row
from simulator.showing import Tone, clock_of, line_of, row_of

LEAST_WIDTH, LEAST_HEIGHT = 60, 15
_SPLIT = 74  #: columns from which on the events stand beside the page
_MENU, _FORM = 30, 45  #: columns of the page where the events stand beside it
_FIXED = 6  #: lines that are neither connectors nor page


class Line:
    """One line of the screen, put together from left to right; what does not fit is cut off."""

    def __init__(self, width: int, ground: str = "") -> None:
        self.width, self.ground = width, ground
        self.pieces: list[Piece] = []
        self.column = 0

    def put(self, text: str, tone: Tone = Tone.TEXT, cut: str = "") -> Line:
        """`cut` ends a text that does not fit, where there is room for it."""
        room = max(0, self.width - self.column)
        cells = cell_len(text)
        if cells > room:
            end = cut if room and cell_len(text.rstrip()) > room else ""
            text, cells = set_cell_size(text, room - len(end)) + end, room
        if text:
            self.pieces.append((text, tone))
            self.column += cells
        return self

    def to(self, column: int) -> Line:
        missing = min(column, self.width) - self.column
        return self.put(" " * missing) if missing > 0 else self

    def cell(self, text: str, cells: int, tone: Tone, *, right: bool = False, cut: str = "~") -> Line:
        """`text` in exactly `cells` cells; nothing in none."""
        if not cells:
            return self
        if cell_len(text) > cells:
            text = set_cell_size(text, cells - 1) + cut
        blanks = " " * (cells - cell_len(text))
        return self.put(blanks + text if right else text + blanks, tone)

    def end_with(self, text: str, tone: Tone) -> Line:
        """`text` at the right edge, where there is room for it."""
        start = self.width - 1 - cell_len(text)
        return self.to(start).put(text, tone).to(self.width) if start > self.column else self.to(self.width)


def picture(desk: Desk, width: int, height: int) -> list[Line]:
    """Exactly `height` lines of `width` cells."""
    if width < LEAST_WIDTH or height < LEAST_HEIGHT:
        words = f" {width}x{height} is too small: {LEAST_WIDTH}x{LEAST_HEIGHT} is needed. q ends."
        return [Line(width).put(words if y == 0 else "").to(width) for y in range(height)]
    desk.station.look()
    connectors = _connectors(desk, width, height)
    room = height - len(connectors) - _FIXED
    lines = [_title(desk, width), _state(desk, width), _heads(desk, width), *connectors]
    lines += [_rule(desk, width), *_body(desk, width, room), _message(desk, width), _keys(desk, width)]
    return lines


def _title(desk: Desk, width: int) -> Line:
    line = Line(width, "bar").put(" ").put(desk.clean(desk.wanted.charger_id), Tone.STRONG).put("   ")
    room = width - line.column - 12
    line.cell(desk.clean(desk.wanted.url), max(1, room), Tone.DIM, cut=desk.look.glyphs.cut)
    return line.end_with(clock_of(), Tone.TEXT)


def _state(desk: Desk, width: int) -> Line:
    text, tone = line_of(desk.station)
    dot = ("*" if desk.look.ascii else "●") if desk.station.registered else ("!" if tone is Tone.BAD else "~")
    line = Line(width).put(f" {dot} ", tone).put(desk.clean(text), tone)
    facts = []
    if waiting := desk.station.outbox.waiting:
        facts.append(f"{waiting} waiting")
    power_w = sum(connector.power_w for connector in desk.station.connectors.values())
    facts.append(f"{power_w / 1000:.1f} kW")
    return line.end_with("  ".join(facts), Tone.TEXT)


def _columns(width: int) -> tuple[int, int, int]:
    """Cells for cable, tag and transaction id; 0: no column."""
    return (7, 13, 8) if width >= _SPLIT else (6, 8, 0)


def _heads(desk: Desk, width: int) -> Line:
    cable, tag, transaction = _columns(width)
    line = Line(width).put("    #  ", Tone.DIM).cell("STATUS", 15, Tone.DIM)
    line.cell("CABLE", cable, Tone.DIM).cell("POWER", 7, Tone.DIM, right=True)
    line.cell("ENERGY", 10, Tone.DIM, right=True).put("  ")
    line.cell("TAG", tag if transaction else len("TAG"), Tone.DIM)  # the last one leaves its blanks to SINCE
    line.cell("TX", transaction, Tone.DIM)
    return line.end_with("SINCE", Tone.DIM)


def _connectors(desk: Desk, width: int, height: int) -> list[Line]:
    """As many as there is room for; those around the chosen one, and the charge point itself when it is in trouble."""
    station = desk.station
    found = [*station.connectors.values()]
    most = max(2, height - _FIXED - 8)
    start = min(max(0, desk.chosen - 1 - most // 2), max(0, len(found) - most))
    found = found[start : start + most]
    if station.main.trouble is not None or not station.main.operative:
        found = [station.main, *found[: most - 1]]
    return [_connector(desk, connector, width) for connector in found]


def _connector(desk: Desk, connector: Connector, width: int) -> Line:
    row = row_of(connector, desk.look.ascii)
    cable, tag, transaction = _columns(width)
    lit = connector.connector_id == desk.chosen
    line = Line(width, "lit" if lit else "")
    line.put(f" {desk.look.glyphs.cursor if lit else ' '}", Tone.BUSY).put(f" {row.connector:>2}  ", Tone.STRONG)
    line.put(f"{row.icon} {row.status}", row.tone).to(22)
    line.cell(row.cable, cable, Tone.TEXT if row.cable == "in" else Tone.DIM)
    if row.error and connector.session is None:
        line.put(" ").put(desk.clean(_trouble(connector)), row.tone if row.tone is Tone.BAD else Tone.WAIT)
        return line.end_with(row.since, Tone.DIM)
    line.cell(row.power, 7, Tone.TEXT, right=True).cell(row.energy, 10, Tone.STRONG, right=True).put("  ")
    if row.error:
        line.cell(row.error, tag + transaction, Tone.WAIT, cut=desk.look.glyphs.cut)
    else:
        line.cell(row.tag, tag, Tone.TEXT, cut=desk.look.glyphs.cut).cell(row.transaction, transaction, Tone.TEXT)
    return line.end_with(row.since, Tone.DIM)


def _trouble(connector: Connector) -> str:
    face = connector.face
    return " ".join(part for part in (face.error_code, face.vendor_id, face.vendor_error_code, face.info) if part)


def _is_split(desk: Desk, width: int) -> bool:
    return width >= _SPLIT and not desk.page.is_wide


def _rule(desk: Desk, width: int) -> Line:
    """The title of the page, on a line that divides."""
    rule = desk.look.glyphs.rule
    line = Line(width).put(rule, Tone.DIM).put(f" {desk.clean(desk.page.title)} ", Tone.STRONG)
    if _is_split(desk, width):
        line.put(rule * max(0, _page_width(desk) - line.column), Tone.DIM).put(f"{rule} Events ", Tone.DIM)
    return line.put(rule * (width - line.column), Tone.DIM)


def _page_width(desk: Desk) -> int:
    """A form needs more room than a menu."""
    return _FORM if desk.page.typing else _MENU


def _body(desk: Desk, width: int, height: int) -> list[Line]:
    """The page, and the newest events beside it or, where it is narrow, below it."""
    split = _is_split(desk, width)
    across = _page_width(desk) if split else width
    cut = desk.look.glyphs.cut
    rows = desk.page.rows(desk, across - 1, height)
    left = [*rows, *[Row([])] * (height - len(rows))]
    if not split:
        below = [] if desk.page.is_wide else tail(desk, height - len(rows) - 1)
        left[height - len(below) :] = below
        return [_row(Line(width), row, cut).to(width) for row in left]
    events = tail(desk, height)
    events += [Row([])] * (height - len(events))
    lines = []
    for row, event in zip(left, events, strict=True):
        line = Line(across)
        _row(line, row, cut).to(across)
        whole = Line(width)
        whole.pieces, whole.column = line.pieces, line.column
        lines.append(_row(whole.put(f"{desk.look.glyphs.edge} ", Tone.DIM), event, cut).to(width))
    return lines


def _row(line: Line, row: Row, cut: str) -> Line:
    for text, tone in row.pieces:
        line.put(text, Tone.STRONG if row.lit and tone is Tone.TEXT else tone, cut)
    return line


def _message(desk: Desk, width: int) -> Line:
    text, tone = desk.message
    return Line(width).put(" ").cell(text, width - 2, tone, cut=desk.look.glyphs.cut).to(width)


def _keys(desk: Desk, width: int) -> Line:
    line = Line(width).put(" ")
    for key, what in desk.page.hints(desk):
        if line.column + len(key) + len(what) + 2 > width:
            break
        line.put(key, Tone.STRONG).put(f" {what}   ", Tone.DIM)
    return line.to(width)
