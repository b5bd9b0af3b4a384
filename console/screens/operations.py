"""Screen 6: the journal of operations: who asked what of which charger, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.present.commands import arguments_of, outcome_of, state_of, step_in_words
from console.present.look import Look
from console.present.words import day_and_clock
from console.screens.base import WIDE, Piece, bindings_of
from console.screens.lists import ListScreen
from console.widgets.table import Column, TablePane
from server.model.command import Command, CommandState

if TYPE_CHECKING:
    from server.site import Site

SPACIOUS = 150  #: columns from which on a step has one too
HISTORY = 500  #: commands asked of the database
_TROUBLE = (CommandState.ERROR, CommandState.TIMED_OUT)


class OperationsScreen(ListScreen[Command]):
    NAME = "operations"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.table = TablePane(look, self._columns, lambda command: command.command_id, _attention)

    def body(self) -> Iterable[Widget]:
        yield self.table

    def _columns(self, width: int) -> list[Column[Command]]:
        wide = width >= WIDE
        charger = Column[Command]("CHARGER", self.charger_cells(), lambda c: (c.charger_id, "text"), is_name=True)
        number = Column[Command]("#", 7 if wide else 5, lambda c: (f"#{c.command_id}", "muted"), right=True)
        state = Column[Command]("STATE", 14, state_of)
        if wide:
            spacious = width >= SPACIOUS
            columns: list[Column[Command]] = [
                Column("TIME", 11, lambda c: (day_and_clock(c.created_at, self.site.now()), "dim")),
                number,
                Column("OPERATOR", 10 if spacious else 8, lambda c: (c.operator, "muted")),
                charger,
                Column("OPERATION", 22, lambda c: (c.operation.name, "strong")),
                Column("ARGUMENTS", 28 if spacious else 0, lambda c: (arguments_of(c.operation), "text")),
                state,
                Column("ms", 6, _latency, right=True),
            ]
            return [*columns, Column("STEP", 0, step_in_words)] if spacious else columns
        time = Column[Command]("TIME", 8, lambda c: (day_and_clock(c.created_at, self.site.now()).split(" ")[0], "dim"))
        operation = Column[Command]("OPERATION", 0, _short)
        if width < 70:
            return [time, charger, operation, state]
        return [time, number, charger, operation, state, Column("ms", 5, _latency, right=True)]

    # what is shown

    async def load(self) -> list[Command]:
        return await self.site.find_commands(limit=HISTORY)

    def wanted(self) -> list[Command]:
        self.table.empty = "no operation matches" if self.filter.text else "nothing was asked of a charger yet"
        live = list(reversed(self.site.commands))
        known = {command.command_id for command in live}
        return [*live, *(command for command in self.history if command.command_id not in known)]

    def haystack(self, item: Command) -> str:
        return (
            f"#{item.command_id} {item.charger_id} {item.operator} {item.operation.name} {arguments_of(item.operation)}"
            f" {item.state} {item.status} {item.error}"
        )

    def message(self) -> list[Piece]:
        waiting = sum(not command.is_finished for command in self.site.commands)
        pieces: list[Piece] = [(f"{waiting} under way", "strong" if waiting else "muted")]
        chosen = self.table.chosen
        if self.is_loading:
            pieces.append(("loading the history", "sky"))
        elif chosen is not None:
            pieces += self.whole_id(chosen.charger_id)
            text, role = outcome_of(chosen)
            pieces.append((text, role.removesuffix("_strong").replace("fault", "fault_text")))
        return pieces

    # keys

    def action_open(self) -> None:
        if (chosen := self.table.chosen) is not None:
            from console.dialogs.command import CommandDialog

            self.owner.push_screen(CommandDialog(self.site, self.look, chosen))

    def action_menu(self) -> None:
        """More of the same charger."""
        chosen = self.table.chosen
        if chosen is not None and chosen.charger_id in self.site.chargers:
            self.owner.open_menu(chosen.charger_id, getattr(chosen.operation, "connector_id", None) or 0)

    def action_log_of(self) -> None:
        if (chosen := self.table.chosen) is not None:
            self.owner.show_log_of(chosen.charger_id)


def _attention(command: Command) -> Piece:
    if not command.is_finished:
        return ">", "sky_strong"
    role = state_of(command)[1]
    if command.state in _TROUBLE:
        return "!", "fault_strong"
    return ("~", "amber_strong") if role == "amber" else (" ", "dim")


def _latency(command: Command) -> Piece:
    return (str(command.latency_ms), "muted") if command.latency_ms is not None else ("-", "dim")


def _short(command: Command) -> Piece:
    """Operation and arguments where there is little room."""
    name = command.operation.name.replace("Configuration", "Config").removesuffix("Transaction")
    return f"{name} {arguments_of(command.operation)}", "text"
