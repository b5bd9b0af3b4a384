"""The menu of all operations on one charger: type a part of its name, enter opens its dialog."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.fields import MARGIN, Entry, Item
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.present.look import Look
from console.view.menu import MenuItem, menu_of
from console.view.rows import Rows
from console.widgets.writer import LineWriter

if TYPE_CHECKING:
    from server.site import Site

AROUND = 9  #: lines of the dialog that are not the list
KEY_CELLS = 3
NAME_CELLS = 27


class MenuDialog(Dialog[str]):
    """Answers with the kind of operation, or None."""

    WIDTH = 72

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, marked: int = 0) -> None:
        super().__init__(look)
        self.site = site
        self.charger = site.chargers[charger_id]
        self.connector_id = connector_id
        self._marked = marked
        self._filter = Entry("filter", "operation", limit=40, hint="type a part of its name")
        self._table: Rows[str] = Rows()
        self._notice = ""
        self.focus_name = "filter"

    def items(self) -> list[Item]:
        return [self._filter]

    def _shown(self) -> list[MenuItem]:
        return [m for m in menu_of(self.site, self.charger, self.connector_id) if m.matches(self._filter.value)]

    # keys

    def _take_key(self, key: str, character: str | None) -> None:
        rows, self._notice = self._table, ""
        match key:
            case "down" | "tab":
                rows.move(1)
            case "up" | "shift+tab":
                rows.move(-1)
            case "pagedown" | "ctrl+d":
                rows.move(rows.height - 1)
            case "pageup":
                rows.move(1 - rows.height)
            case _:
                super()._take_key(key, character)

    def chosen(self, name: str) -> None:
        item = next((m for m in self._shown() if m.kind == self._table.cursor), None)
        if item is None:
            return
        if item.reason:
            self._notice = f"{item.name}: {item.reason}"
        else:
            self.dismiss(item.kind)

    def cancel(self) -> None:
        """esc takes back what was typed, then leaves."""
        if self._filter.value:
            self._filter.set("")
        else:
            super().cancel()

    # rows

    def rows(self, width: int) -> list[Row]:
        items = self._shown()
        by_kind = {item.kind: item for item in items}
        if list(by_kind) != self._table.keys:
            self._table.set_keys(list(by_kind))
            if self._filter.value:
                self._table.move_to(0)  # the best match is the first
        everything = len(menu_of(self.site, self.charger, self.connector_id))
        self._table.resize(max(3, min(everything, self.app.size.height - AROUND)))
        visible = self._table.visible()
        return [
            gap(60),
            Row(self._draw_title),
            gap(55),
            *self.item_rows(self._filter),
            gap(53),
            *(self._item_row(by_kind[kind]) for kind in visible),
            *(gap(0) for _ in range(self._table.height - len(visible))),
            gap(54),
            Row(lambda line: self._draw_foot(line, by_kind), 20),
            keys_row((("enter", "open"), ("up down", "choose"), ("esc", "close")), 5),
            gap(61),
        ]

    def _draw_title(self, line: LineWriter) -> None:
        line.to(MARGIN).put("Operations", "strong").put("  ").put(self.charger.charger_id, "strong")
        line.end_with(f"{self._marked} marked" if self._marked else "", "muted", MARGIN)

    def _draw_foot(self, line: LineWriter, items: dict[str, MenuItem]) -> None:
        """Why the operation under the cursor is not possible, or may come to nothing."""
        item = items.get(self._table.cursor or "")
        told = "no operation has that in its name" if item is None else self._notice or item.reason or item.note
        position = self._table.position()
        line.to(MARGIN).left(told, line.width - 2 * MARGIN - len(position) - 2, "amber")
        line.end_with(position, "dim", MARGIN)

    def _item_row(self, item: MenuItem) -> Row:
        def draw(line: LineWriter) -> None:
            here = item.kind == self._table.cursor
            on = "select" if here else ""
            blocked = bool(item.reason)
            line.to(1).put(line.look.glyphs.cursor if here else " ", "sky", on).to(MARGIN, "text", on)
            line.left(item.key, KEY_CELLS, "dim" if blocked else "sky", on)
            line.left(item.name, min(NAME_CELLS, line.room), "dim" if blocked else "strong" if here else "text", on)
            line.left(item.words, max(0, line.room - MARGIN), "dim" if blocked or item.note else "muted", on)
            line.to(line.width - 1, "text", on)

        def click(x: int) -> None:
            if self._table.cursor == item.kind:
                self.chosen("filter")
            self._table.select(item.kind)

        return Row(draw, on_click=click)
