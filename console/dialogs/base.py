"""The dialog of one operation on one charger: what it would do, then how it goes.

The target is frozen by charger id when the dialog opens. Send is never focused by itself; when the target changes
meanwhile, more is asked. After sending, the same dialog follows the live command.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from console.dialogs.fields import MARGIN, Button, Entry, Item
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.dialogs.target import target_rows
from console.present.commands import arguments_of, expectation_of
from console.present.look import Look
from console.present.safe import safe
from console.view.confirming import changed_since, level_of, target_state
from console.widgets.progress import Draw, chop, labelled, sentence_draws, step_draws, wrap
from console.widgets.writer import LineWriter
from server.model.command import Command, CommandState, Operation
from server.model.guards import consequences

if TYPE_CHECKING:
    from server.site import Site

TYPED_LEVEL = 3


class OperationDialog(Dialog[None]):
    """Base of the operations. Subclasses name the operation and bring their fields."""

    TITLE: ClassVar[str] = ""
    EDIT: ClassVar[str] = "edit"  #: what `e` leads to

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(look)
        self.site = site
        self.charger = site.chargers[charger_id]
        self.connector_id = connector_id
        self.operator = operator
        self.command: Command | None = None
        self._before = target_state(self.charger)
        self._typed = Entry("typed", f"type {charger_id}", limit=80, hint="to confirm")
        self._buttons = (Button("cancel", "Cancel"), Button("send", "Send"))
        self._notice = ""
        self._preview: tuple[Operation | None, str] = (None, "")
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

    def remarks(self) -> list[tuple[str, str]]:
        """Lines below the form: text and role."""
        return []

    # what may be done

    @property
    def level(self) -> int:
        operation = self.operation()
        changed = changed_since(self._before, self.charger)
        return 1 if operation is None else level_of(self.charger, operation, changed)

    @property
    def blocked(self) -> str:
        """Why it cannot be sent: the form, the guard."""
        operation = self.operation()
        if operation is None:
            return self.missing()
        return self.site.why_not(self.charger.charger_id, operation) or ""

    @property
    def why_not_yet(self) -> str:
        """Why it cannot be sent now: blocked, or the charger id is not typed."""
        blocked = self.blocked
        typed = self._typed.value.strip().casefold() == self.charger.charger_id.casefold()
        if not blocked and self.level == TYPED_LEVEL and not typed:
            return f"type {self.charger.charger_id} first"
        return blocked

    def send(self) -> None:
        """Send it, once."""
        operation = self.operation()
        self._notice = self.why_not_yet
        if self.command is None and operation is not None and not self._notice:
            self.command = self.site.submit(self.charger.charger_id, operation, self.operator)

    # focus and keys

    def items(self) -> list[Item]:
        if self.command is not None:
            return []
        typed: list[Item] = [self._typed] if self.level == TYPED_LEVEL and not self.blocked else []
        return [*self.fields(), *typed, *self._buttons]

    def chosen(self, name: str) -> None:
        if self.command is not None:
            return
        if name == "cancel":
            self.cancel()
        elif name == "send" or (name == "typed" and not self.why_not_yet):
            self.send()
        else:
            self.focus_name = self._after(name)

    def _after(self, name: str) -> str:
        """Where enter leads from a field: to the next one, at last to the id that must be typed, or to Cancel."""
        names = [field.name for field in self.fields()]
        if name in names[:-1]:
            return names[names.index(name) + 1]
        return "typed" if self.level == TYPED_LEVEL and name != "typed" else "cancel"

    def handle(self, key: str, character: str | None) -> bool:
        if self.command is not None:
            return self.handle_after(key)
        if character == "y":
            self.send()
            return True
        wanted: Sequence[Item] = ()
        if character == "e":
            wanted = self.fields()
        elif character == "t" and self.level == TYPED_LEVEL:
            wanted = (self._typed,)
        if wanted:
            self.focus_name = wanted[0].name
        return bool(wanted)

    def handle_after(self, key: str) -> bool:
        """A key while the command is on its way, or over."""
        if key == "enter" and self.command is not None and self.command.is_finished:
            self.cancel()
        elif key == "r" and self.offers_reset:
            self._reset_now()
        else:
            return False
        return True

    @property
    def offers_reset(self) -> bool:
        command = self.command
        return command is not None and command.state is CommandState.ACCEPTED and command.status == "RebootRequired"

    def _reset_now(self) -> None:
        from console.dialogs.reset import ResetDialog

        dialog = ResetDialog(self.site, self.look, self.charger.charger_id, self.connector_id, self.operator)
        self.app.switch_screen(dialog)

    # rows

    def rows(self, width: int) -> list[Row]:
        if self.command is not None:
            return self.progress_rows(self.command, width)
        return self.form_rows(width)

    def form_rows(self, width: int) -> list[Row]:
        now = self.site.now()
        changed = changed_since(self._before, self.charger)
        rows = [gap(60), Row(self._draw_title), gap(55)]
        rows += target_rows(self.charger, now, changed, self.connector_id)
        rows.append(gap(58))
        for item in self.fields():
            rows += self.item_rows(item)
        for text, role in self.remarks():
            rows.append(_text(text, role))
        rows += self._consequence_rows(width)
        rows += self._sending_rows(width)
        rows.append(gap(40))
        if self.level == TYPED_LEVEL and not self.blocked:
            rows += [*self.item_rows(self._typed), gap(42)]
        self._buttons[1].enabled = not self.why_not_yet
        rows += [self.buttons_row(self._buttons), gap(52), gap(62), self._keys(), gap(61), gap(65)]
        return rows

    def _draw_title(self, line: LineWriter) -> None:
        charger = self.charger
        line.to(MARGIN).put(self.TITLE, "strong").put("  ").put(charger.charger_id, "strong").put("  ")
        level = f"confirm: level {self.level} of 3"
        if self.command is not None:
            level = ""
        room = max(0, line.room - len(level) - MARGIN - 2)
        line.put(f"{charger.vendor} {charger.model}".strip()[:room], "muted")
        line.end_with(level, "amber" if self.level == TYPED_LEVEL else "muted", MARGIN)

    def _consequence_rows(self, width: int) -> list[Row]:
        operation = self.operation()
        told = consequences(self.charger, operation) if operation is not None and not self.blocked else []
        if changed_since(self._before, self.charger) and not self.blocked:
            told = ["The target changed since this dialog opened.", *told]
        lines = [(part, i == 0) for i, text in enumerate(told) for part in wrap(text, width - 7)]
        if not lines:
            return []
        return [gap(57), *(Row(_amber(text, strong)) for text, strong in lines)]

    def _sending_rows(self, width: int) -> list[Row]:
        operation = self.operation()
        if operation is None or self.blocked:
            reason = self._notice or self.blocked
            return [gap(54), *(_text(part, "amber") for part in wrap(reason, width - 6) if part)] if reason else []
        preview = chop(safe(self._preview_of(operation), 800, self.look.ascii), width - 16)
        rows = [gap(54), *(Row(draw) for draw in labelled("sends", preview[:4], "text"))]
        rows += [Row(draw, 10) for draw in labelled("expects", [expectation_of(operation)], "muted")]
        if self._notice and self.why_not_yet:
            rows += [gap(53), _text(self._notice, "amber_strong")]
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
        if ready:
            return keys_row([("y", "send"), *keys, *edit], 5)
        if self.level == TYPED_LEVEL and not self.blocked:
            return keys_row([("t", "type the id"), *keys, *edit], 5)
        return keys_row([*edit, *keys], 5)

    def progress_rows(self, command: Command, width: int) -> list[Row]:
        """The steps, the bar, and the sentence at the end."""
        draws = step_draws(command, self.site.now(), self.site.config.ocpp.call_timeout, self.site.commands)
        sentence = sentence_draws(command, self.charger, width)
        rows = [gap(60), Row(lambda line: draw_command_title(line, self.TITLE, command)), gap(55)]
        rows += [Row(draw) for draw in draws]
        if sentence:
            rows += [gap(54), *(Row(draw) for draw in sentence)]
        leave = "close" if command.is_finished else "leave, it goes on (6 Operations)"
        keys = [("esc", leave)]
        if self.offers_reset:
            keys.insert(0, ("r", "reset now"))
        return [*rows, gap(52), keys_row(keys), gap(61)]


def draw_command_title(line: LineWriter, title: str, command: Command) -> None:
    """`Reset Soft   CP-0003                 #512  ana`."""
    right = f"#{command.command_id}  {command.operator}"
    line.to(MARGIN).put(title, "strong").put(" ")
    room = line.room - len(right) - len(command.charger_id) - MARGIN - 6
    arguments = arguments_of(command.operation)
    line.put(arguments if len(arguments) <= room else arguments[: max(0, room - 1)] + line.look.glyphs.cut, "text")
    line.put("   ").put(command.charger_id, "strong").end_with(right, "muted", MARGIN)


def _text(text: str, role: str) -> Row:
    return Row(lambda line: line.to(MARGIN).left(text, line.room - MARGIN, role))


def _amber(text: str, strong: bool) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN - 1).put(line.look.glyphs.edge, "amber", "amber_ground").put(" ", "text", "amber_ground")
        line.put(text, "amber_strong" if strong else "text", "amber_ground")
        line.to(line.width - MARGIN + 1, "text", "amber_ground")

    return draw
