"""GetConfiguration: sent at once; the keys that come back as a table, from which one can be changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import MARGIN, Entry, Item
from console.dialogs.frame import Row, gap, keys_row
from console.present.commands import HIDDEN, is_secret
from console.present.look import Look
from console.view.rows import Rows
from console.view.textfilter import TextFilter
from console.widgets.writer import LineWriter
from server.model.command import GetConfiguration, Operation
from server.model.configuration import ConfigItem

if TYPE_CHECKING:
    from server.site import Site

FEWEST_ROWS = 3
AROUND = 9  #: lines of the dialog that are not the table
KEY_CELLS = 34


class GetConfigurationDialog(OperationDialog):
    TITLE = "GetConfiguration"

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        self._wanted = Entry("wanted", "keys", limit=500, hint="all; or some, with blanks between")
        self._filter = Entry("filter", "/", limit=100, hint="words  !not  /regex/")
        self._table: Rows[str] = Rows()
        self._asking = ""  #: "wanted" or "filter" while a line is typed

    def on_mount(self) -> None:
        self.send()

    # what is asked

    def fields(self) -> list[Item]:
        return [self._wanted]

    def operation(self) -> Operation:
        keys = tuple(self._wanted.value.replace(",", " ").split())
        return GetConfiguration(keys)

    def items(self) -> list[Item]:
        if self.command is None:
            return super().items()
        return {"wanted": [self._wanted], "filter": [self._filter]}.get(self._asking, [])  # type: ignore[return-value]

    def chosen(self, name: str) -> None:
        if self.command is None:
            super().chosen(name)
            return
        self._asking = ""
        if name == "wanted":
            self.commands = []
            self.send()

    def cancel(self) -> None:
        if not self._asking:
            super().cancel()
        elif self._asking == "filter":
            self._filter.set("")
        self._asking = ""

    # keys in the table

    def handle_after(self, key: str) -> bool:
        rows = self._table
        self._notice = ""
        match key:
            case "down" | "j":
                rows.move(1)
            case "up" | "k":
                rows.move(-1)
            case "pagedown" | "ctrl+d":
                rows.move(rows.height - 1)
            case "pageup" | "ctrl+u":
                rows.move(1 - rows.height)
            case "home" | "g":
                rows.move_to(0)
            case "end" | "G" | "upper_g":
                rows.move_to(-1)
            case "slash":
                self._ask("filter")
            case "e":
                self._ask("wanted")
            case "enter":
                self._change()
            case _:
                return False
        return True

    def _ask(self, name: str) -> None:
        self._asking = self.focus_name = name

    def _change(self) -> None:
        """Open the change of the key under the cursor, unless it is read-only."""
        item = next((i for i in self._shown() if i.key == self._table.cursor), None)
        if item is None:
            self.cancel()
        elif item.readonly or not item.known:
            self._notice = f"{item.key} is read-only" if item.known else f"{item.key} is not known to the charger"
        else:
            from console.dialogs.change_configuration import ChangeConfigurationDialog

            arguments = (self.site, self.look, self.charger.charger_id, self.connector_id, self.operator)
            self.app.switch_screen(ChangeConfigurationDialog(*arguments, key=item.key))

    # rows

    def _shown(self) -> list[ConfigItem]:
        items = sorted(self.command.items if self.command is not None else (), key=lambda i: i.key.casefold())
        test = TextFilter.parse(self._filter.value)
        return [i for i in items if test.is_empty or test.matches(f"{i.key} {'' if is_secret(i.key) else i.value}")]

    def rows(self, width: int) -> list[Row]:
        command = self.command
        if command is None or not command.items:
            rows = super().rows(width)
            return [*rows, *self.item_rows(self._wanted)] if self._asking == "wanted" else rows
        items = self._shown()
        by_key = {item.key: item for item in items}
        self._table.set_keys(list(by_key))
        self._table.resize(max(FEWEST_ROWS, min(len(command.items), self.app.size.height - AROUND)))
        count = f"{len(items)} of {len(command.items)} keys" if self._filter.value else f"{len(items)} keys"
        rows = [
            gap(60),
            Row(lambda line: self._draw_head(line, count)),
            gap(55),
            *(self._item_row(by_key[key]) for key in self._table.visible()),
            *(gap(0) for _ in range(self._table.height - len(self._table.visible()))),
            gap(54),
        ]
        if self._asking:
            rows += self.item_rows(self._filter if self._asking == "filter" else self._wanted)
        else:
            rows.append(Row(self._draw_foot))
        keys = (("enter", "change"), ("/", "filter"), ("e", "ask for some"), ("esc", "close"))
        return [*rows, keys_row(keys, 5), gap(61)]

    def _draw_head(self, line: LineWriter, count: str) -> None:
        line.to(MARGIN).put(self.TITLE, "strong").put("  ").put(self.charger.charger_id, "strong")
        latency = self.command.latency_ms if self.command is not None else None
        line.end_with(count + (f"   {latency} ms" if latency is not None else ""), "muted", MARGIN)

    def _draw_foot(self, line: LineWriter) -> None:
        """What was said, else the value under the cursor as far as it goes."""
        position = self._table.position()
        item = next((i for i in self._shown() if i.key == self._table.cursor), None)
        value = self._value_of(item, "")[0] if item is not None else "no key matches"
        room = line.width - 2 * MARGIN - len(position) - 2
        line.to(MARGIN).left(self._notice or value, room, "amber" if self._notice else "muted")
        line.end_with(position, "dim", MARGIN)

    def _item_row(self, item: ConfigItem) -> Row:
        def draw(line: LineWriter) -> None:
            here = item.key == self._table.cursor
            on = "select" if here else ""
            line.to(1).put(line.look.glyphs.cursor if here else " ", "sky", on).to(MARGIN, "text", on)
            role = "dim" if item.readonly or not item.known else "text"
            line.left(item.key, min(KEY_CELLS, line.width // 2), role, on).put("  ", "text", on)
            value, value_role = self._value_of(item, role)
            note = "read-only" if item.readonly else ""
            line.left(value, max(0, line.room - MARGIN - len(note) - 1), value_role, on).put(" ", "text", on)
            line.put(note, "dim", on).to(line.width - 1, "text", on)

        def click(x: int) -> None:
            self._table.select(item.key)

        return Row(draw, on_click=click)

    @staticmethod
    def _value_of(item: ConfigItem, role: str) -> tuple[str, str]:
        if not item.known:
            return "not known", "dim"
        if is_secret(item.key):
            return HIDDEN, "dim"
        if item.value is None:
            return "write-only", "dim"
        return item.value or "empty", role if item.value else "dim"
