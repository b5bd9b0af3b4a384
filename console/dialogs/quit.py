"""Leaving the console that runs the server: what becomes of the server?"""

from __future__ import annotations

from console.app import ExitReason
from console.dialogs.fields import MARGIN, Item, Option, Radio
from console.dialogs.following import text_row
from console.dialogs.frame import UNREAD, Dialog, Row, gap, keys_row
from console.present.look import Look


class QuitDialog(Dialog[ExitReason]):
    """Answers with an `ExitReason`, or None for cancel."""

    WIDTH = 60

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._what = Radio(
            "what",
            "",
            (
                Option(ExitReason.KEEP_SERVER, "Keep the server running", "attach shows it again"),
                Option(ExitReason.STOP_SERVER, "Stop the server", "chargers go offline"),
                Option(None, "Cancel", "back to the depot"),
            ),
            tall=True,
        )
        self.focus_name = "what"
        self._is_unread = False  #: the end of the server was chosen before the question can have been read

    def items(self) -> list[Item]:
        return [self._what]

    def chosen(self, name: str) -> None:
        value = self._what.value
        self._is_unread = value is ExitReason.STOP_SERVER and not self.was_seen
        if self._is_unread:
            return
        self.dismiss(value if isinstance(value, ExitReason) else None)

    def handle(self, key: str, character: str | None) -> bool:
        if character in ("j", "k"):
            self._what.key("down" if character == "j" else "up", None)
            return True
        return False

    def rows(self, width: int) -> list[Row]:
        return [
            gap(60),
            Row(lambda line: line.to(MARGIN).put("Leave", "strong").put("  the console on this terminal", "muted")),
            gap(55),
            *self.item_rows(self._what),
            gap(54),
            *([text_row(UNREAD, "amber_strong")] if self._is_unread else []),
            keys_row((("enter", "do it"), ("j k", "choose"), ("esc", "cancel"))),
            gap(61),
        ]
