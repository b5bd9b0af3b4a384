"""The steps of a command, one line each: done with its time, running with a clock and a bar, open."""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Iterable, Sequence

from rich.cells import cell_len, chop_cells

from console.present.commands import outcome_of, state_of, waiting_for
from console.present.safe import safe
from console.present.words import clock, running
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.command import Command, CommandState, Step, StepState

Draw = Callable[[LineWriter], object]

MARGIN = 3
NAME = 6
TIME_FROM_RIGHT = 27  #: the column of times, so far from the right edge
LABELLED = 13  #: the column of text beside a label
CLOCK = 8  #: cells of a time of day, and of a running clock
NOTE_LONGEST = 16  #: a longer note is a sentence, and stands below

#: s that a step may take where nothing is known from before; the answer has the timeout of the configuration
USUAL_LIMIT_S = {"BootNotification": 120}
OTHER_LIMIT_S = 60


def wrap(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` characters, made safe; a word that is too long is broken."""
    return textwrap.wrap(safe(text), max(8, width), break_on_hyphens=False) or [""]


def chop(text: str, width: int) -> list[str]:
    """`text` in lines of at most `width` cells, blanks kept: for JSON, which must be shown as it is.

    `text` must be safe. Cut behind a comma, a colon or a brace where there is one in the last third of a line.
    """
    width = max(8, width)
    lines = []
    while cell_len(text) > width:
        head = chop_cells(text, width)[0]
        at = 1 + max(head.rfind(sign) for sign in ",:{[")
        head = head[:at] if at > len(head) * 2 // 3 else head
        lines.append(head)
        text = text[len(head) :]
    return [*lines, text]


def step_draws(command: Command, now: int, answer_limit_s: float, earlier: Iterable[Command] = ()) -> list[Draw]:
    """One drawing for each line. `earlier`: commands that tell how long a step usually takes."""
    draws: list[Draw] = []
    since = command.created_at
    failed = command.is_answered and command.state is not CommandState.ACCEPTED
    for step in command.steps:
        if step.state is StepState.RUNNING:
            usual = usual_ms(command, step.name, earlier)
            limit = 1000 * (answer_limit_s if step.name in ("accepted", "answered") else _limit_s(step))
            draws.append(_running(step, now - since, usual))
            draws.append(_bar((now - since) / max(1, usual or limit)))
        elif failed and step.state is StepState.MISSING:
            draws.append(_refused(command))
            break  # what would have followed was never to be expected
        else:
            draws.append(_settled(step))
        since = step.at or since
    return draws


def _limit_s(step: Step) -> float:
    return USUAL_LIMIT_S.get(step.name, OTHER_LIMIT_S)


def _settled(step: Step) -> Draw:
    def draw(line: LineWriter) -> None:
        glyphs = line.look.glyphs
        glyph, role = {
            StepState.DONE: (glyphs.done, "text"),
            StepState.MISSING: ("x", "amber"),
        }.get(step.state, (glyphs.open, "dim"))
        line.to(MARGIN).put(glyph, role if step.state is not StepState.DONE else "muted").to(NAME)
        line.left(step.name, _time_column(line) - NAME - 2, role)
        if step.state is StepState.DONE and step.at:
            line.to(_time_column(line)).put(clock(step.at), "muted")
        note = "missing" if step.state is StepState.MISSING else step.note
        if 0 < len(note) <= NOTE_LONGEST:
            line.end_with(note, "amber" if step.state is StepState.MISSING else "muted", MARGIN)

    return draw


def _refused(command: Command) -> Draw:
    """The step at which it ended, in the word for how."""
    latency = f"{command.latency_ms} ms" if command.latency_ms is not None else ""
    word = state_of(command)[0]
    return lambda line: line.to(MARGIN).put("x", "amber").to(NAME).put(word, "amber").end_with(latency, "muted", MARGIN)


def _running(step: Step, elapsed: int, usual: int) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(MARGIN).put(line.look.glyphs.running, "sky_strong").to(NAME)
        text, cells = waiting_for(step), _time_column(line) - NAME - 2
        if len(text) > cells:  # what is waited for says more than how long it usually takes
            line.left(text, line.room - MARGIN - CLOCK - 2, "strong").right(running(elapsed), CLOCK + 2, "sky_strong")
            return
        line.left(text, cells, "strong").to(_time_column(line)).right(running(elapsed), CLOCK, "sky_strong")
        if usual:
            line.end_with(f"usual {running(usual)}", "muted", MARGIN)

    return draw


def _bar(share: float) -> Draw:
    def draw(line: LineWriter) -> None:
        line.to(NAME).bar(share, max(4, line.room - MARGIN))

    return draw


def _time_column(line: LineWriter) -> int:
    return line.column + line.room - TIME_FROM_RIGHT


def usual_ms(command: Command, step_name: str, earlier: Iterable[Command]) -> int:
    """How long this step took the last time on this charger; 0 when it is not known."""
    found = 0
    for other in earlier:
        if (
            other is command
            or other.charger_id != command.charger_id
            or type(other.operation) is not type(command.operation)
        ):
            continue
        since = other.created_at
        for step in other.steps:
            if step.name == step_name and step.state is StepState.DONE and step.at > since:
                found = step.at - since
            since = step.at or since
    return found


def sentence_draws(command: Command, charger: Charger | None, width: int) -> list[Draw]:
    """What came of it, and where the charger is meanwhile."""
    text, role = outcome_of(command)
    draws: list[Draw] = [_text(part, role) for part in wrap(text, width - 2 * MARGIN)] if text else []
    if charger is not None and not charger.online and not command.is_finished and command.is_answered:
        reason = charger.offline_reason or "offline"
        told = f"{charger.charger_id} {reason} {clock(charger.online_at)}, not yet back"
        draws += [_text(part, "muted") for part in wrap(told, width - 2 * MARGIN)]
    return draws


def _text(text: str, role: str) -> Draw:
    return lambda line: line.to(MARGIN).put(text, role)


def labelled(label: str, texts: Sequence[str], role: str) -> list[Draw]:
    """`sends   [2,"…"]`: a label, and lines of text beside it."""

    def drawing(i: int, text: str) -> Draw:
        return lambda line: line.to(MARGIN).put(label if i == 0 else "", "muted").to(LABELLED).put(text, role)

    return [drawing(i, text) for i, text in enumerate(texts)]
