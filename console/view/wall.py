"""Where the tiles of the wall stand: chargers as groups of tiles in rows, and moving from tile to tile. No textual."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple


class TileSize(NamedTuple):
    """Cells and lines of a tile; `group_gap` is the space between chargers, one cell is between their connectors."""

    width: int
    height: int
    group_gap: int


BIG = TileSize(17, 5, 3)
SMALL = TileSize(12, 4, 2)


class Tile(NamedTuple):
    charger_id: str
    connector_id: int  #: 0 = a charger that has told of no connector yet
    row: int
    x: int


Group = tuple[str, Sequence[int]]  #: charger id and its connector ids


def lay_out(groups: Iterable[Group], left: int, width: int, size: TileSize) -> list[list[Tile]]:
    """Rows of tiles from `left` to `width`. A charger is not torn apart unless it is wider than a row."""
    rows: list[list[Tile]] = []
    row: list[Tile] = []
    x = left
    for charger_id, connector_ids in groups:
        ids = connector_ids or (0,)
        needed = len(ids) * (size.width + 1) - 1
        if row and x + needed > width:
            rows.append(row)
            row, x = [], left
        for connector_id in ids:
            if row and x + size.width > width:
                rows.append(row)
                row, x = [], left
            row.append(Tile(charger_id, connector_id, len(rows), x))
            x += size.width + 1
        x += size.group_gap - 1
    if row:
        rows.append(row)
    return rows


class Wall:
    """Tiles with a window of rows on them."""

    def __init__(self) -> None:
        self.rows: list[list[Tile]] = []
        self.size = BIG
        self.top = 0
        self.height = 1  #: rows that the window shows
        self._places: dict[tuple[str, int], Tile] = {}
        self._row_of: dict[str, list[int]] = {}

    def arrange(self, groups: Sequence[Group], left: int, width: int, heights: dict[TileSize, int]) -> None:
        """Big tiles when all fit, or when small ones would not fit either. `heights`: rows that fit, for each size."""
        self.size = next(iter(heights))
        for size in heights:
            self.rows = lay_out(groups, left, width, size)
            if len(self.rows) <= heights[size]:
                self.size = size
                break
        else:
            self.rows = lay_out(groups, left, width, self.size)
        self.height = max(1, heights[self.size])
        self._places = {(t.charger_id, t.connector_id): t for row in self.rows for t in row}
        self._row_of = {}
        for t in self._places.values():
            rows = self._row_of.setdefault(t.charger_id, [])
            if t.row not in rows:
                rows.append(t.row)
        self.top = max(0, min(self.top, len(self.rows) - self.height))

    def find(self, charger_id: str | None, connector_id: int) -> Tile | None:
        """The tile of that connector; of its charger's first tile when it has none itself."""
        if charger_id is None:
            return None
        tile = self._places.get((charger_id, connector_id)) or self._places.get((charger_id, 0))
        if tile is None and (rows := self._row_of.get(charger_id)):
            tile = next((t for t in self.rows[rows[0]] if t.charger_id == charger_id), None)
        return tile

    def rows_of(self, charger_id: str) -> list[int]:
        return self._row_of.get(charger_id, [])

    def show(self, tile: Tile | None) -> bool:
        """Scroll so that `tile` is in the window; True when the window moved."""
        if tile is None:
            return False
        before = self.top
        self.top = max(tile.row - self.height + 1, min(self.top, tile.row))
        return self.top != before

    def beside(self, tile: Tile, count: int) -> Tile:
        """The tile `count` places on, through the ends of the rows."""
        flat = [t for row in self.rows for t in row]
        return flat[max(0, min(flat.index(tile) + count, len(flat) - 1))]

    def below(self, tile: Tile, count: int) -> Tile:
        """The nearest tile `count` rows down (or up, when negative)."""
        row = self.rows[max(0, min(tile.row + count, len(self.rows) - 1))]
        return min(row, key=lambda t: abs(t.x - tile.x))

    def position(self) -> str:
        """`1-24 of 48` tiles; empty when all are in the window."""
        if len(self.rows) <= self.height:
            return ""
        before = sum(len(r) for r in self.rows[: self.top])
        shown = sum(len(r) for r in self.rows[self.top : self.top + self.height])
        return f"{before + 1}-{before + shown} of {len(self._places)}"
