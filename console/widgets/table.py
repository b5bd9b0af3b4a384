"""A list of things in columns: the cursor stays on the same thing while rows come and go."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Generic, NamedTuple, TypeVar

from textual import events
from textual.message import Message
from textual.strip import Strip

from console.present.look import Look
from console.view.rows import Rows
from console.widgets.logline import cursor_glyph
from console.widgets.pane import LinePane
from console.widgets.writer import LineWriter

T = TypeVar("T")
Piece = tuple[str, str]  #: text and role

LEAD = 4  #: cursor, mark, attention, blank
GAP = 2


class Column(NamedTuple, Generic[T]):
    """`cells` 0: all that the other columns leave; one column at most."""

    title: str
    cells: int
    piece: Callable[[T], Piece]
    right: bool = False
    is_name: bool = False  #: cut in the middle: names differ at their ends


class TablePane(LinePane, Generic[T]):
    """Shows what `show` was given, one row each; `attention` is what stands in column 2 of a row."""

    DEFAULT_CSS = "TablePane { width: 1fr; height: 1fr; }"

    class Opened(Message):
        """The row under the cursor was clicked once more."""

    def __init__(
        self,
        look: Look,
        columns: Callable[[int], Sequence[Column[T]]],
        key: Callable[[T], Hashable],
        attention: Callable[[T], Piece] = lambda item: ("", "text"),
    ) -> None:
        """`columns`: for a pane of so many cells, as the data is now."""
        super().__init__(look)
        self._columns_for = columns
        self._columns: Sequence[Column[T]] = ()
        self._key = key
        self._attention = attention
        self._items: dict[Hashable, T] = {}
        self.rows: Rows[Hashable] = Rows()
        self.empty = ""  #: said when there are no rows

    def show(self, items: Sequence[T]) -> None:
        """Show these, in this order."""
        width = self.size.width
        self._columns = _stretched(self._columns_for(width), width - LEAD - 1)
        self._items = {self._key(item): item for item in items}
        self.rows.set_keys(list(self._items))
        self.rows.resize(self.size.height - self._head_lines)
        self.update_lines()

    @property
    def chosen(self) -> T | None:
        """What the cursor is on."""
        return self._items.get(self.rows.cursor) if self.rows.cursor is not None else None

    @property
    def items(self) -> list[T]:
        return list(self._items.values())

    def move(self, count: int) -> None:
        self.rows.move(count)
        self.update_lines()

    def move_to(self, index: int) -> None:
        self.rows.move_to(index)
        self.update_lines()

    def page(self, pages: int) -> None:
        self.move(pages * max(1, self.rows.height - 1))

    @property
    def _head_lines(self) -> int:
        return 2 if self.app.size.height >= 40 else 1

    def draw_line(self, y: int) -> Strip:
        if y == 0:
            return self._heads()
        index = self.rows.top + y - self._head_lines
        if y < self._head_lines or index >= len(self.rows):
            said = self.empty if not len(self.rows) and y == self._head_lines else ""
            return self.line().to(LEAD).put(said, "muted").strip()
        key = self.rows.keys[index]
        return self._row(self._items[key], key == self.rows.cursor)

    def _heads(self) -> Strip:
        line = self.line().to(LEAD)
        for column in self._columns:
            self._put(line, column, (column.title, "dim"))
        return line.strip()

    def _row(self, item: T, here: bool) -> Strip:
        line = self.line("select" if here else "ground")
        text, role = self._attention(item)
        line.put(cursor_glyph(self.look) if here else " ", "sky").to(2).put(text, role).to(LEAD)
        for column in self._columns:
            self._put(line, column, column.piece(item))
        return line.strip()

    def _put(self, line: LineWriter, column: Column[T], piece: Piece) -> None:
        if column.right:
            line.right(piece[0], column.cells, piece[1])
        elif column.is_name:
            line.middle(piece[0], column.cells, piece[1])
        else:
            line.left(piece[0], column.cells, piece[1])
        line.put(" " * GAP)

    def on_resize(self, event: events.Resize) -> None:
        self.show(self.items)

    def on_click(self, event: events.Click) -> None:
        index = self.rows.top + event.y - self._head_lines
        if event.y < self._head_lines or index >= len(self.rows):
            return
        again = self.rows.keys[index] == self.rows.cursor
        self.move_to(index)
        if again:
            self.post_message(self.Opened())

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.move(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.move(3)


def _stretched(columns: Sequence[Column[T]], cells: int) -> list[Column[T]]:
    """`columns` over `cells` cells: the one without a width of its own takes what is left."""
    left = max(0, cells - sum(c.cells for c in columns) - GAP * (len(columns) - 1))
    return [c if c.cells else c._replace(cells=left) for c in columns]
