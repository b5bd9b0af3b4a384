"""Run a scenario on this charge point: choose one, see each step made or failed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from textwrap import wrap
from typing import TYPE_CHECKING, Any

import orjson

from simulator.scenario import Broken, Scenario, load, shipped
from simulator.scenario.guest import left_out, taken_over
from simulator.scenario.model import Step
from simulator.scenario.run import Done, Run
from simulator.scenario.seen import Seen
from simulator.screen.page import Page, Row, moved, text, window
from simulator.showing import Tone

if TYPE_CHECKING:
    from simulator.screen.desk import Desk, Task


class Scenarios(Page):
    """The shipped ones, with what each shows."""

    title = "Run scenario"
    is_wide = True

    def __init__(self) -> None:
        self.cursor = 0
        self._found: list[Scenario] = []
        self._names: list[str] = []  #: what the command line calls them
        self._broken: list[str] = []
        for name, path in shipped().items():
            try:
                self._found.append(load(path))
                self._names.append(name)
            except Broken as error:
                self._broken.append(str(error))

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        mark = desk.look.glyphs.cursor
        longest = max((len(scenario.name) for scenario in self._found), default=0)
        rows = []
        for number, scenario in enumerate(self._found):
            lit = number == self.cursor
            name = (f"{scenario.name:{longest}}  ", Tone.STRONG if lit else Tone.TEXT)
            rows.append(Row([(f"{mark if lit else ' '} ", Tone.BUSY), name, (scenario.shows, Tone.DIM)], lit))
        rows += [text(f"  {desk.clean(broken)}", Tone.BAD) for broken in self._broken]
        if not rows:
            return [text("  There is none.", Tone.DIM)]
        whole = self._whole(width) if height > 6 else []
        return [*window(rows, self.cursor, height - len(whole)), *whole]

    def _whole(self, width: int) -> list[Row]:
        """All that the one under the cursor shows, two lines at most, under a blank one."""
        shows = self._found[self.cursor].shows if self._found else ""
        return [Row([]), *(text(f"  {line}", Tone.WAIT) for line in wrap(shows, width - 4)[:2])]

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if (cursor := moved(self.cursor, key, len(self._found))) is not None:
            self.cursor = cursor
        elif key in ("enter", "space") and self._found:
            scenario = self._found[self.cursor]
            missing = left_out(desk.station, scenario.setup, desk.wanted.quirks)
            desk.open(Unfit(scenario, self._names[self.cursor], missing) if missing else Running(scenario, desk))
        else:
            return False
        return True

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [(desk.look.glyphs.arrows, "choose"), ("enter", "run"), ("esc", "back"), ("q", "exit")]


class Unfit(Page):
    """Before a scenario that wants another charge point: what is missing, and the command line that has it."""

    is_wide = True

    def __init__(self, scenario: Scenario, name: str, missing: Sequence[str]) -> None:
        self.title = f"Scenario: {scenario.name}"
        self._scenario, self._name, self._missing = scenario, name, missing

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        ca = f" --tls-ca {desk.wanted.tls_ca}" if desk.wanted.tls_ca is not None else ""
        command = f"ocpp-console simulate {desk.wanted.endpoint}{ca} --scenario {self._name}"
        paragraphs = [
            (f"Not possible on this charge point: {', '.join(self._missing)}.", Tone.WAIT),
            ("Leave, and run it on one of its own:", Tone.TEXT),
            (command, Tone.STRONG),
        ]
        lines = [(line, tone) for words, tone in paragraphs for line in _wrapped(desk.clean(words), width - 4)]
        return [text(f"  {line}", tone) for line, tone in lines][: max(0, height)]

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if key != "enter":
            return False
        desk.pages[-1] = Running(self._scenario, desk)
        return True

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [("enter", "run it here all the same"), ("esc", "back"), ("q", "exit")]


def _wrapped(words: str, width: int) -> list[str]:
    """An address is not cut at its hyphens: it is there to be copied."""
    return wrap(words, width, break_on_hyphens=False)


class Running(Page):
    """One scenario at work; going back ends it. It is told as an `Audience`."""

    is_wide = True

    def __init__(self, scenario: Scenario, desk: Desk) -> None:
        self.title = f"Scenario: {scenario.name}"
        self._scenario = scenario
        self._rows: list[Row] = []
        self._asked: list[Row] = []
        self._end: Row | None = None
        self._task: Task | None = desk.spawn(self._play(desk)) if desk.spawn is not None else None

    async def _play(self, desk: Desk) -> None:
        seen = desk.seen = Seen()
        with taken_over(desk.station, self._scenario.setup):
            outcome = await Run(desk.station, self._scenario, seen, self, desk.wanted.tag).play()
        self._asked = []
        words = f"  passed: {outcome.steps} steps in {outcome.seconds:.1f} s" if outcome.ok else "  failed"
        self._end = text(words, Tone.GOOD if outcome.ok else Tone.BAD)

    def asks(self, step: Step, action: str, please: str, payload: Mapping[str, Any]) -> None:
        sentence = f"  Now the CSMS has to send {action}: {please}"
        example = f"  for example {orjson.dumps(dict(payload)).decode()}"
        self._asked = [text(sentence, Tone.WAIT), text(example, Tone.DIM)]

    def done(self, step: Done) -> None:
        self._asked = []
        word, tone = ("ok", Tone.GOOD) if step.ok else ("failed", Tone.BAD)
        pieces = [(f"  {word:7}", tone), (f"{step.number:>4}  {step.title}", Tone.TEXT)]
        self._rows.append(Row([*pieces, (f"  {step.seconds:.1f} s", Tone.DIM)]))
        if step.said:
            self._rows.append(text(f"         {step.said}", Tone.BAD))

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        last = [self._end] if self._end is not None else self._asked or [text("  at work", Tone.DIM)]
        return [*self._rows, *last][-height:] if height > 0 else []

    def key(self, desk: Desk, key: str, character: str) -> bool:
        return False

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [("esc", "back" if self._end is not None else "stop it"), ("q", "exit")]

    def closed(self, desk: Desk) -> None:
        desk.seen = None
        if self._task is not None and self._end is None:
            self._task.cancel()
            desk.say(f"{self._scenario.name} was stopped.", Tone.WAIT)
