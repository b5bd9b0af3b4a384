"""The dialog of one operation on one charger or on several: what it would do, then how it goes.

The targets are frozen by charger id when the dialog opens. Send is never focused by itself, but where nothing is asked;
when a target changes meanwhile, more is asked. After sending, the same dialog follows the live commands.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, cast

from console.dialogs.fields import MARGIN, Button, Entry, Item, Radio
from console.dialogs.following import AROUND, FollowingDialog, text_row
from console.dialogs.frame import UNREAD, Row, gap, keys_row
from console.dialogs.inputs import Pasted, Picker
from console.dialogs.many import TYPED_LEVEL, target_lines
from console.dialogs.target import target_rows
from console.present.commands import expectation_of
from console.present.look import Look
from console.present.safe import safe
from console.widgets.progress import Draw, chop, labelled, wrap
from console.widgets.writer import LineWriter, width_of
from server.model.command import Operation

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from server.site import Site

SEEN_LEVEL = 2  #: from here on a key confirms only what can have been read
KEPT = 5  #: rows that are not spared for a long form


class OperationDialog(FollowingDialog):
    """Base of the operations. Subclasses name the operation and bring their fields."""

    EDIT: ClassVar[str] = "edit"  #: what `e` leads to

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(site, look, charger_id, connector_id, operator)
        self._typed = Entry("typed", f"type {charger_id}", limit=80, hint="to confirm")
        self._buttons = (Button("cancel", "Cancel"), Button("send", "Send"))
        self._notice = ""
        self._is_unread = False  #: a key confirmed what could not have been read yet
        self._level_asked = 0  #: at the last painting
        self._preview: tuple[Operation | None, str] = (None, "")
        self._untouched: list[object] = []  #: what the form said when it was opened
        self._is_cut = False  #: not all of the payload is on screen
        self._only_payload = False  #: what is sent takes the place of the form
        self.focus_name = "cancel"

    # to be filled by each operation

    def fields(self) -> list[Item]:
        """The form."""
        return []

    def operation(self) -> Operation | None:
        """What the form says; None while something is missing."""
        return None

    def missing(self) -> str:
        """What is missing in the form, in words."""
        return ""

    @property
    def gap_field(self) -> str:
        """Name of the first field that is still missing or wrong; empty when there is none."""
        return ""

    def remarks(self) -> list[tuple[str, str]]:
        """Lines below the form: text and role."""
        return []

    # what may be done

    @property
    def tells_level(self) -> bool:
        """Is the level known, and worth telling?"""
        return True

    @property
    def level(self) -> int:
        operation = self.operation()
        return 1 if operation is None else self.targets.level(operation)

    @property
    def blocked(self) -> str:
        """Why it cannot be sent: the form, the guard."""
        operation = self.operation()
        if operation is None:
            return self.missing()
        return self.targets.blocked(operation)

    @property
    def why_not_yet(self) -> str:
        """Why it cannot be sent now: blocked, or the charger id is not typed."""
        blocked = self.blocked
        if blocked or self.level < TYPED_LEVEL:
            return blocked
        word = self.targets.word(self.operation())
        return "" if self._typed.value.strip().casefold() == word.casefold() else f"type {word} first"

    def send(self) -> None:
        """Send it, once; what does harm only when it can have been read."""
        operation = self.operation()
        self.targets.forget()
        self._notice = self.why_not_yet
        self._is_unread = not self._notice and self.level >= SEEN_LEVEL and not self.was_seen
        if not self.commands and operation is not None and not self._notice and not self._is_unread:
            self.submit([charger.charger_id for charger in self.targets.possible(operation)], operation)

    # focus and keys

    def items(self) -> list[Item]:
        if self.command is not None:
            return []
        typed: list[Item] = [self._typed] if self.level == TYPED_LEVEL and not self.blocked else []
        return [*self.fields(), *typed, *self._buttons]

    def chosen(self, name: str) -> None:
        if self.command is not None:
            return
        self._notice = ""
        if name == "cancel":
            self.cancel()
        elif name == "send" or (name == "typed" and not self.why_not_yet):
            self.send()
        else:
            self.focus_name = self._after(name)

    def _after(self, name: str) -> str:
        """Where enter leads from a field: the next field, what is missing, what must be typed, at last Send."""
        names = [field.name for field in self.fields()]
        if name in names[:-1]:
            return names[names.index(name) + 1]
        if self.gap_field:
            return self.gap_field
        if self.blocked:
            return "cancel"
        if name == "typed":
            self._notice = self.why_not_yet
        return "typed" if self.level == TYPED_LEVEL else "send"

    def on_mount(self) -> None:
        """What must be filled in first has the focus: it takes text at once."""
        self._untouched = self._filled()
        if self.commands or self.focus_name != "cancel":
            return
        if self.gap_field:
            self.focus_name = self.gap_field
        elif self.targets.are_many and self.level == TYPED_LEVEL and not self.blocked:
            self.focus_name = "typed"

    def cancel(self) -> None:
        """esc, and Cancel. What was filled in is not lost without a word."""
        if not self.commands and self._filled() != self._untouched:
            cast("ConsoleApp", self.app).flash(f"{self.heading}: nothing sent", "muted")
        super().cancel()

    def _filled(self) -> list[object]:
        return [
            item.value for item in (*self.fields(), self._typed) if isinstance(item, Radio | Picker | Entry | Pasted)
        ]

    def handle(self, key: str, character: str | None) -> bool:
        if self.command is not None:
            return self.handle_after(key)
        if character == "y":
            self.send()
            return True
        if character == "p":
            self._only_payload = not self._only_payload
            self.focus_name = "cancel"
            return True
        wanted: Sequence[Item] = ()
        if character == "e":
            wanted = sorted(self.fields(), key=lambda item: item.name != self.gap_field)
        elif character == "t" and self.level == TYPED_LEVEL:
            wanted = (self._typed,)
        if wanted:
            self._only_payload = False
            self.focus_name = wanted[0].name
        return bool(wanted)

    # rows

    def rows(self, width: int) -> list[Row]:
        if self.targets.are_many and self.commands:
            return self._many_rows()
        if self.command is not None:
            return self.progress_rows(self.command, width)
        return self.form_rows(width)

    def form_rows(self, width: int) -> list[Row]:
        self.targets.forget()
        self._is_cut = False
        if self.level > self._level_asked:
            self.ask_anew()
        self._level_asked = self.level
        before = [gap(60), Row(self._draw_title), gap(55)]
        after: list[Row] = []
        if not self._only_payload:
            before += [*self._target_rows(), gap(58)]
            after += [text_row(part, role) for text, role in self.remarks() for part in wrap(text, width - 2 * MARGIN)]
            after += self._consequence_rows(width)
        after += [*self._sending_rows(width), gap(40)]
        if self.level == TYPED_LEVEL and not self.blocked:
            self._typed.label = f"type {self.targets.word(self.operation())}"
            after += [*self.item_rows(self._typed), gap(42)]
        self._buttons[1].enabled = not self.why_not_yet
        after += [self.buttons_row(self._buttons), gap(52), gap(62), self._keys(), gap(61), gap(65)]
        if self._only_payload:
            return before + after
        fixed = sum(row.spare <= KEPT for row in (*before, *after))
        return [*before, *self.field_rows(self.most_rows - fixed), *after]

    def _target_rows(self) -> list[Row]:
        if self.targets.are_many:
            most = max(2, min(6, self.app.size.height - 18))
            return target_lines(self.targets, self.operation(), most)
        changed = self.targets.changed(self.charger)
        told = self.targets.told_left_out
        rows = target_rows(self.charger, self.site.now(), changed, self.connector_id)
        return [*rows, text_row(told, "amber")] if told else rows

    def field_rows(self, most: int) -> list[Row]:
        """The rows of the form; where it may be long, at most `most`."""
        return [row for item in self.fields() for row in self.item_rows(item)]

    def _draw_title(self, line: LineWriter) -> None:
        charger = self.charger
        level = f"confirm: level {self.level} of 3" if self.tells_level else ""
        line.to(MARGIN).put(self.heading, "strong").put("  ")
        if self.targets.are_many:
            line.put(self.targets.counted(self.operation()), "strong")
        else:
            line.put(charger.charger_id, "strong").put("  ")
            room = max(0, line.room - len(level) - MARGIN - 2)
            model = f"{charger.vendor} {charger.model}".strip()
            line.left(model, min(room, width_of(model, line.look)), "muted")
        line.end_with(level, "amber" if self.level == TYPED_LEVEL else "muted", MARGIN)

    def _consequence_rows(self, width: int) -> list[Row]:
        operation = self.operation()
        told = self.targets.consequences(operation) if operation is not None and not self.blocked else []
        if any(map(self.targets.changed, self.targets.chargers)) and not self.blocked:
            told = ["The target changed since this dialog opened.", *told]
        lines = [(part, i == 0) for i, text in enumerate(told) for part in wrap(text, width - 7)]
        if not lines:
            return []
        return [gap(57), *(Row(_amber(text, strong), 8 if i > 1 else 0) for i, (text, strong) in enumerate(lines))]

    def _sending_rows(self, width: int) -> list[Row]:
        operation = self.operation()
        if operation is None or self.blocked:
            reason = self._notice or self.blocked
            return [gap(54), *(text_row(part, "amber") for part in wrap(reason, width - 6) if part)] if reason else []
        height = self.app.size.height
        most = height - AROUND if self._only_payload else 8 if height >= 40 else 4 if height >= 20 else 2
        room = width - 16
        preview = chop(safe(self._preview_of(operation), most * room + 1, self.look.ascii), room)
        self._is_cut = len(preview) > most
        if self._is_cut:
            preview = [*preview[: most - 1], preview[most - 1][:-1] + self.look.glyphs.cut]
        rows = [gap(54), *(Row(draw) for draw in labelled("sends", preview, "text"))]
        rows += [Row(draw, 10) for draw in labelled("expects", wrap(expectation_of(operation), width - 16), "muted")]
        if self._is_unread:
            rows += [gap(53), text_row(UNREAD, "amber_strong")]
        elif self._notice and self.why_not_yet:
            rows += [gap(53), text_row(self._notice, "amber_strong")]
        return rows

    def _preview_of(self, operation: Operation) -> str:
        if self._preview[0] != operation:
            self._preview = (operation, self.site.preview(self.charger.charger_id, operation))
        return self._preview[1]

    def _keys(self) -> Row:
        """The keys that do something where the focus is: in a line of text letters are text."""
        ready, item = not self.why_not_yet, self.focused_item
        if isinstance(item, Entry):
            keys = [("enter", "send" if ready and item is self._typed else "next"), ("esc", "cancel")]
            return keys_row([*keys, ("down", "known ones")] if item.has_suggestions else keys, 5)
        keys = [("esc", "cancel"), ("tab", "next")]
        edit = [("e", self.EDIT)] if self.fields() else []
        if self._is_cut or self._only_payload:
            edit.append(("p", "form" if self._only_payload else "whole payload"))
        if ready:
            return keys_row([("y", "send"), *keys, *edit], 5)
        if self.level == TYPED_LEVEL and not self.blocked:
            return keys_row([("t", f"type the {'number' if self.targets.are_many else 'id'}"), *keys, *edit], 5)
        return keys_row([*edit, *keys], 5)


def _amber(text: str, strong: bool) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN - 1).put(line.look.glyphs.edge, "amber", "amber_ground").put(" ", "text", "amber_ground")
        line.put(text, "amber_strong" if strong else "text", "amber_ground")
        line.to(line.width - MARGIN + 1, "text", "amber_ground")

    return draw
