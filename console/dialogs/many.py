"""The chargers that an operation goes to, one or several, frozen by id when the dialog opens; and their lines."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from console.dialogs.fields import MARGIN
from console.dialogs.frame import Row
from console.present.commands import outcome_of, state_of, step_in_words
from console.view.confirming import changed_since, level_of, target_state
from console.widgets.progress import Draw
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.command import Command, CommandState, Operation
from server.model.guards import consequences
from server.model.status import Registration

if TYPE_CHECKING:
    from server.site import Site

MANY = 5  #: with more chargers than this the number must be typed
MOST_SENTENCES = 3  #: about what will happen to several
TYPED_LEVEL = 3
ID_CELLS = 16  #: at least; as many as the longest id needs, up to:
MOST_ID_CELLS = 30
STATE_CELLS = 16


class Targets:
    """One charger, until `also` adds more."""

    def __init__(self, site: Site, charger: Charger) -> None:
        self._site = site
        self.chargers = [charger]
        self.left_out = 0  #: marked ones that it does not go to: the filter hides them, or it goes to one alone
        self._before = {charger.charger_id: target_state(charger)}
        self._reasons: dict[str, str] = {}  #: why not, by charger id; of `_asked`, until `forget`
        self._level: int | None = None
        self._asked: Operation | None = None

    def also(self, charger_ids: Sequence[str], left_out: int = 0) -> None:
        for charger_id in charger_ids:
            if charger_id not in self._before and (charger := self._site.chargers.get(charger_id)) is not None:
                self.chargers.append(charger)
                self._before[charger_id] = target_state(charger)
        self.left_out = left_out

    @property
    def are_many(self) -> bool:
        return len(self.chargers) > 1

    @property
    def told_left_out(self) -> str:
        """That there are marks, and that they do not count here."""
        if not self.left_out:
            return ""
        if not self.are_many:
            return f"this goes to {self.chargers[0].charger_id} alone, not to what is marked"
        return f"not included: {self.left_out} marked, hidden by the filter"

    def counted(self, operation: Operation | None) -> str:
        """`8 of 9 chargers`: how many it goes to."""
        count, possible = len(self.chargers), len(self.possible(operation)) if operation is not None else 0
        return f"{possible} of {count} chargers" if 0 < possible < count else f"{count} chargers"

    def changed(self, charger: Charger) -> set[int]:
        """Connectors of it (0 = itself) that are not as they were."""
        return changed_since(self._before[charger.charger_id], charger)

    def forget(self) -> None:
        """Ask the guards again: chargers may have changed. Once for each time that the dialog is drawn."""
        self._reasons, self._level = {}, None

    def _begin(self, operation: Operation) -> None:
        if self._asked is not operation and self._asked != operation:
            self._asked = operation
            self.forget()

    def why_not(self, charger: Charger, operation: Operation) -> str:
        self._begin(operation)
        reason = self._reasons.get(charger.charger_id)
        if reason is None:
            reason = self._reasons[charger.charger_id] = self._site.why_not(charger.charger_id, operation) or ""
        return reason

    def possible(self, operation: Operation) -> list[Charger]:
        return [c for c in self.chargers if not self.why_not(c, operation)]

    def blocked(self, operation: Operation) -> str:
        """Why none of them can be sent to."""
        reasons = [self.why_not(c, operation) for c in self.chargers]
        if not all(reasons):
            return ""
        return reasons[0] if len(set(reasons)) == 1 else f"none of them can: {reasons[0]}, and more"

    def level(self, operation: Operation) -> int:
        """That of the worst of them; more than a handful is always worth typing their number."""
        self._begin(operation)
        if self._level is None:
            self._level = self._level_of(operation)
        return self._level

    def _level_of(self, operation: Operation) -> int:
        levels = [level_of(c, operation, self.changed(c)) for c in self.possible(operation) or self.chargers[:1]]
        return TYPED_LEVEL if len(levels) > MANY and max(levels) else max(levels)

    def word(self, operation: Operation | None) -> str:
        """What is typed at level 3: the id, or how many it goes to."""
        if not self.are_many:
            return self.chargers[0].charger_id
        return str(len(self.possible(operation)) if operation is not None else len(self.chargers))

    def consequences(self, operation: Operation) -> list[str]:
        """One sentence each; with the charger in front where there are several."""
        if not self.are_many:
            return consequences(self.chargers[0], operation)
        told: dict[str, list[str]] = {}
        for charger in self.possible(operation):
            for text in consequences(charger, operation):
                told.setdefault(text, []).append(charger.charger_id)
        shared = [text for text, ids in told.items() if len(ids) > 1]
        own = [f"{ids[0]}: {text}" for text, ids in told.items() if len(ids) == 1]
        most = max(1, MOST_SENTENCES - len(shared))
        more = [f"And {len(own) - most} more of this kind."] if len(own) > most else []
        return [*shared, *own[:most], *more]


def target_lines(targets: Targets, operation: Operation | None, most: int) -> list[Row]:
    """A line a charger: those that are left out first, with the reason."""
    reasons = {c.charger_id: targets.why_not(c, operation) if operation else "" for c in targets.chargers}
    chargers = sorted(targets.chargers, key=lambda c: not reasons[c.charger_id])
    cells = _id_cells(c.charger_id for c in chargers)
    rows = [Row(_target(c, reasons[c.charger_id], bool(targets.changed(c)), cells)) for c in chargers[:most]]
    if len(chargers) > most:
        count = len(chargers) - most
        rows.append(Row(lambda line: line.to(MARGIN).put(f"and {count} more", "dim")))
    if told := targets.told_left_out:
        rows.append(Row(lambda line: line.to(MARGIN).put(told, "amber")))
    return rows


def _id_cells(charger_ids: Iterable[str]) -> int:
    """Cells of their column, with a gap behind the longest."""
    return max(ID_CELLS, min(MOST_ID_CELLS, max(map(len, charger_ids), default=0) + 2))


def _target(charger: Charger, reason: str, changed: bool, cells: int) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN).left(charger.charger_id, cells - 2, "dim" if reason else "strong").put("  ")
        if reason:
            line.left(f"not included: {reason}", line.room - MARGIN, "amber")
            return
        running = len(charger.open_transactions())
        words = f"{running} session{'' if running == 1 else 's'}" if running else charger.status.value
        if charger.registration is Registration.PENDING:
            words = "new, not let in yet"
        line.put(words, "text" if running else "muted")
        line.end_with("~ changed" if changed else "", "amber_strong", MARGIN)

    return draw


def outcome_lines(commands: Sequence[Command]) -> list[Row]:
    """A line a command: charger, outcome, and how far it is."""
    cells = _id_cells(command.charger_id for command in commands)
    return [Row(_outcome(command, cells)) for command in commands]


def _outcome(command: Command, cells: int) -> Draw:
    def draw(line: LineWriter) -> None:
        word, role = state_of(command)
        told, told_role = step_in_words(command)
        if command.is_answered and (command.state is not CommandState.ACCEPTED or command.is_finished):
            told, told_role = outcome_of(command)
        line.to(MARGIN).left(command.charger_id, cells - 2, "strong").put("  ").left(word, STATE_CELLS, role)
        line.left(told, line.room - MARGIN, "muted" if command.state is CommandState.ACCEPTED else told_role)

    return draw


def summary_of(commands: Sequence[Command]) -> str:
    """`9 accepted, 1 offline, 2 under way`."""
    counts: dict[str, int] = {}
    for command in commands:
        word = command.state.value.replace("_", " ") if command.is_answered else "under way"
        counts[word] = counts.get(word, 0) + 1
    return ", ".join(f"{count} {word}" for word, count in counts.items())
