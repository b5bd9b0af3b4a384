"""The dialog of every operation that is described by a form (`console.view.forms`)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from console.dialogs.base import OperationDialog
from console.dialogs.fields import Entry, Item, Option, Radio
from console.dialogs.frame import Row
from console.dialogs.inputs import Pasted, Picker
from console.present.look import Look
from console.present.words import day_and_clock
from console.view.forms.form import Field, Form, Kind, Scene, payload_of
from console.view.forms.reading import Wrong, moment
from console.widgets.writer import LineWriter
from server.model.command import Operation
from server.model.drop_file import FileKind
from server.model.operations import GetDiagnostics, ReserveNow
from server.site import InvalidPayload

if TYPE_CHECKING:
    from server.site import Site

SIDE_BY_SIDE = 42  #: cells that choices may take beside each other
FEWEST = 2  #: fields that are always shown


class FormDialog(OperationDialog):
    """Made of a form. Where nothing is asked (level 0), enter sends from the last field, and without fields at once."""

    EDIT = "edit"

    def __init__(
        self,
        site: Site,
        look: Look,
        charger_id: str,
        connector_id: int,
        operator: str,
        *,
        form: Form,
        for_many: bool = False,
    ) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        self.form = form
        self._scene = _scene(site, charger_id, connector_id, for_many)
        self._fields: list[tuple[Field, Radio | Picker | Entry | Pasted]] = [
            (field, _item(field, self._scene)) for field in form.fields
        ]
        self._first = 0  #: first field in the window
        self._made: tuple[tuple[object, ...], Operation | None, str, str] = ((), None, "", "")
        if self.level == 0:
            self.focus_name = form.fields[0].path if form.fields else "send"

    @property
    def heading(self) -> str:
        return self.form.title

    def on_mount(self) -> None:
        if self.level == 0 and not self.form.fields and not self.targets.are_many:
            self.send()

    # what the form says

    def values(self) -> Mapping[str, object]:
        return {field.path: item.value for field, item in self._fields}

    def fields(self) -> list[Item]:
        values = self.values()
        return [item for field, item in self._fields if field.shown(values)]

    def operation(self) -> Operation | None:
        return self._read()[0]

    def missing(self) -> str:
        return self._read()[1]

    @property
    def gap_field(self) -> str:
        return self._read()[2]

    def _read(self) -> tuple[Operation | None, str, str]:
        """The operation, what is wrong, and the path of that field. Anew when something was typed, and each second."""
        values = self.values()
        second = self.site.now() // 1000
        key = (second, *values.values())
        if self._made[0] != key:
            self._made = (key, *self._parsed(values, second * 1000))
        return self._made[1:]

    def _parsed(self, values: Mapping[str, object], now: int) -> tuple[Operation | None, str, str]:
        try:
            payload = payload_of(self.form, values, replace(self._scene, now=now))
            return self.site.parse_operation(self.form.operation, payload), "", ""
        except Wrong as wrong:
            return None, str(wrong), wrong.path
        except InvalidPayload as invalid:
            label = self.form.label_of(invalid.field)
            field = self.form.field_at(invalid.field)
            path = field.path if field is not None else ""
            return None, f"{label}: {invalid.message}" if label else invalid.message, path

    @property
    def tells_level(self) -> bool:
        """It depends on what is filled in; and where nothing is asked there is nothing to confirm."""
        return self.operation() is not None and self.level > 0

    # keys

    def chosen(self, name: str) -> None:
        names = [item.name for item in self.fields()]
        if not self.commands and self.level == 0 and names[-1:] == [name]:
            self.send()
        else:
            super().chosen(name)

    def _doubt_about(self, operation: ReserveNow) -> str:
        """Why the connector may not be kept free."""
        connector = self.charger.connectors.get(operation.connector_id)
        if connector is None or connector.transaction is None:
            return ""
        return f"c{operation.connector_id} has a session running: it will answer Occupied"

    # rows

    def field_rows(self, most: int) -> list[Row]:
        """As many fields as there is room for, with the focused one among them."""
        fields = self.fields()
        room = max(FEWEST, most)
        names = [field.name for field in fields]
        if self.focus_name in names:
            here = names.index(self.focus_name)
            self._first = min(here, max(self._first, here - room + 1))
        self._first = max(0, min(self._first, len(fields) - room))
        shown = fields[self._first : self._first + room]
        rows = [row for field in shown for row in self.item_rows(field)]
        if self._first and rows:
            rows[0] = _marked(rows[0], "^")
        if self._first + room < len(fields):
            rows[-1] = _marked(rows[-1], "v")
        return rows

    def remarks(self) -> list[tuple[str, str]]:
        """What may come to nothing; what the focused field would become: `+2h` as a time of day."""
        operation = self.operation()
        if isinstance(operation, ReserveNow) and (doubt := self._doubt_about(operation)):
            return [(doubt, "amber")]
        field, item = next(((f, i) for f, i in self._fields if i.name == self.focus_name), (None, None))
        if field is None or item is None or field.kind is not Kind.TIME or not isinstance(item.value, str):
            return []
        try:
            at = moment(item.value, self.site.now())
        except Wrong:
            return []
        return [(f"{'':10}{day_and_clock(at, self.site.now())}", "dim")]


def _scene(site: Site, charger_id: str, connector_id: int, for_many: bool) -> Scene:
    drop = site.drop
    files = drop.files() if drop.port else []
    shown = drop.shown(GetDiagnostics())  # with the address that it would be given
    return Scene(
        site.chargers[charger_id],
        connector_id,
        site.now(),
        site.tags(),
        [f.name for f in files if f.kind is FileKind.FIRMWARE and f.is_received],
        shown.location if drop.port and isinstance(shown, GetDiagnostics) else "",
        list(site.commands),
        for_many,
    )


def _item(field: Field, scene: Scene) -> Radio | Picker | Entry | Pasted:
    """The part of the form that fits the kind of the field."""
    default = field.default(scene)
    choices = field.choices(scene) if field.choices is not None else ()
    if choices:
        options = [Option(*choice) for choice in choices]
        chosen = next((i for i, choice in enumerate(choices) if choice.value == default), 0)
        width = sum(len(option.text) + 7 + (len(option.note) + 2 if option.note else 0) for option in options)
        kind = Radio if width <= SIDE_BY_SIDE else Picker
        return kind(field.path, field.label, options, chosen)
    hint = field.hint_in(scene)
    if field.kind is Kind.PEM:
        return Pasted(field.path, field.label, field.limit, hint)
    words = field.suggestions(scene)
    return Entry(field.path, field.label, str(default or ""), suggestions=lambda: words, limit=field.limit, hint=hint)


def _marked(row: Row, mark: str) -> Row:
    """With a sign in the margin that there is more that way."""

    def draw(line: LineWriter) -> None:
        row.draw(line)
        line.end_with(mark, "strong", 1)

    return row._replace(draw=draw)
