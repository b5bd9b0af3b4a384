"""What becomes of what was sent: the steps of one command and what its answer brought; of several, a line each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar

from console.dialogs.fields import MARGIN
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.dialogs.many import Targets, outcome_lines, summary_of
from console.dialogs.results import result_draws
from console.dialogs.scroll import Scroll
from console.present.commands import arguments_of
from console.present.look import Look
from console.widgets.progress import sentence_draws, step_draws
from console.widgets.writer import LineWriter
from server.model.command import Command, CommandState, Operation

if TYPE_CHECKING:
    from server.site import Site

AROUND = 9  #: lines of a dialog that are not its list


class FollowingDialog(Dialog[None]):
    """Sends, and follows the live commands. What comes before is for subclasses."""

    TITLE: ClassVar[str] = ""

    def __init__(self, site: Site, look: Look, charger_id: str, connector_id: int, operator: str) -> None:
        super().__init__(look)
        self.site = site
        self.charger = site.chargers[charger_id]
        self.connector_id = connector_id
        self.operator = operator
        self.targets = Targets(site, self.charger)
        self.commands: list[Command] = []
        self._asked: Operation | None = None
        self._scroll = Scroll()

    @property
    def heading(self) -> str:
        """What is done, in the title."""
        return self.TITLE

    @property
    def command(self) -> Command | None:
        """What was sent; the first of several."""
        return self.commands[0] if self.commands else None

    # after sending

    def submit(self, charger_ids: Sequence[str], operation: Operation) -> None:
        """Send it to these, beside what was sent to others."""
        self._asked = operation
        others = [command for command in self.commands if command.charger_id not in charger_ids]
        self.commands = [*others, *(self.site.submit(c, operation, self.operator) for c in charger_ids)]

    def handle_after(self, key: str) -> bool:
        """A key while the command is on its way, or over."""
        if self._scroll.take(key):
            return True
        if key == "enter" and all(command.is_finished for command in self.commands):
            self.cancel()
        elif key == "r" and self.offers_reset:
            self._reset_now()
        elif key == "R" and self._asked is not None and (failed := self._failed):
            self.submit([command.charger_id for command in failed], self._asked)
        else:
            return False
        return True

    @property
    def _failed(self) -> list[Command]:
        """What can be tried again, where several were asked."""
        failed = [c for c in self.commands if c.is_answered and c.state is not CommandState.ACCEPTED]
        return failed if self.targets.are_many and all(c.is_answered for c in self.commands) else []

    @property
    def offers_reset(self) -> bool:
        command = self.command
        if command is None or self.targets.are_many:
            return False
        return command.state is CommandState.ACCEPTED and command.status == "RebootRequired"

    def _reset_now(self) -> None:
        from console.dialogs.reset import ResetDialog

        dialog = ResetDialog(self.site, self.look, self.charger.charger_id, self.connector_id, self.operator)
        self.app.switch_screen(dialog)

    # rows

    def progress_rows(self, command: Command, width: int) -> list[Row]:
        """The steps, the bar, and the sentence at the end."""
        draws = step_draws(command, self.site.now(), self.site.config.ocpp.call_timeout, self.site.commands)
        sentence = sentence_draws(command, self.charger, width)
        rows = [gap(60), Row(lambda line: draw_command_title(line, self.heading, command)), gap(55)]
        rows += [Row(draw) for draw in draws]
        if sentence:
            rows += [gap(54), *(Row(draw) for draw in sentence)]
        rows += self._result_rows(command, width)
        leave = "close" if command.is_finished else "leave, it goes on (6 Operations)"
        keys = [("esc", leave)]
        if self.offers_reset:
            keys.insert(0, ("r", "reset now"))
        return [*rows, gap(52), keys_row([*keys, *self._scroll.keys]), gap(61)]

    def _result_rows(self, command: Command, width: int) -> list[Row]:
        """What the answer brought, a window of it where it is long."""
        draws = result_draws(command, self.site, width - 2 * MARGIN)
        shown = self._scroll.window(draws, max(3, self.app.size.height - AROUND - len(command.steps)))
        return [gap(53), *(Row(draw) for draw in shown)] if draws else []

    def _many_rows(self) -> list[Row]:
        """A line a charger, and what came of all."""
        commands = self.commands
        shown = self._scroll.window(commands, max(3, self.app.size.height - AROUND))
        first, summary = commands[0], summary_of(commands)
        title = f"{self.heading}  {arguments_of(first.operation)}".rstrip()
        done = all(command.is_finished for command in commands)
        keys = [("R", f"try {len(self._failed)} again")] if self._failed else []
        keys += [("esc", "close" if done else "leave, it goes on (6 Operations)")]
        return [
            gap(60),
            Row(lambda line: line.to(MARGIN).put(title, "strong").end_with(first.operator, "muted", MARGIN)),
            gap(55),
            *outcome_lines(shown),
            gap(54),
            text_row(summary, "strong" if done else "muted"),
            gap(52),
            keys_row([*keys, *self._scroll.keys]),
            gap(61),
        ]


def draw_command_title(line: LineWriter, title: str, command: Command) -> None:
    """`Reset Soft   CP-0003                 #512  ana`."""
    right = f"#{command.command_id}  {command.operator}"
    line.to(MARGIN).put(title, "strong").put(" ")
    room = line.room - len(right) - len(command.charger_id) - MARGIN - 6
    arguments = arguments_of(command.operation)
    line.put(arguments if len(arguments) <= room else arguments[: max(0, room - 1)] + line.look.glyphs.cut, "text")
    line.put("   ").put(command.charger_id, "strong").end_with(right, "muted", MARGIN)


def text_row(text: str, role: str) -> Row:
    return Row(lambda line: line.to(MARGIN).left(text, line.room - MARGIN, role))
