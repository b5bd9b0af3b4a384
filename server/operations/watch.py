"""One command's chain of steps, from the queue to its effect."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import Command, GetConfiguration, Step, StepState
from server.model.event import Event
from server.operations.effects import Expected, Limits, expected_effects

SENT = "sent"
ACCEPTED = "accepted"
ANSWERED = "answered"  #: of an operation that cannot be refused
CONFIRMED = "confirmed"

_OVER = (StepState.DONE, StepState.MISSING)


class Watch:
    """Writes `command.steps`; knows no clock, no loop and no link.

    `waits_for` is the effect that is waited for now: None before the answer, and when it is all over.
    """

    def __init__(self, command: Command, charger: Charger, limits: Limits) -> None:
        self.command = command
        self._charger = charger
        self._limits = limits
        self._settled = False
        self._plan()

    def _plan(self) -> None:
        """Lay out the steps, as the charger stands now."""
        operation = self.command.operation
        self._expected = {e.name: e for e in expected_effects(operation, self._charger, self._limits)}
        answer = ANSWERED if isinstance(operation, GetConfiguration) else ACCEPTED
        names = [SENT, answer, *self._expected, *([CONFIRMED] if self._expected else [])]
        self.command.steps = [Step(name) for name in names]
        self._mark_running()

    @property
    def waits_for(self) -> Expected | None:
        running = next((s for s in self.command.steps if s.state is StepState.RUNNING), None)
        return self._expected.get(running.name) if running is not None and self._settled else None

    @property
    def is_over(self) -> bool:
        return all(step.state in _OVER for step in self.command.steps)

    @property
    def is_confirmed(self) -> bool:
        """The whole effect was seen, not only an answer."""
        last = self.command.steps[-1]
        return last.name == CONFIRMED and last.state is StepState.DONE

    def sent(self, at: int) -> None:
        self._plan()  # what the charger has to do may have changed while the command waited
        self._done(self.command.steps[0], at)
        self._mark_running()

    def accepted(self, at: int, note: str) -> None:
        """The charger agreed; what it did before it said so counts."""
        self._done(self.command.steps[1], at, note)
        self._settled = True
        self._look(None, at)

    def unanswered(self, at: int, note: str) -> None:
        """No answer came, and still the effect may: a charger that reboots at once does not answer."""
        self._miss(self.command.steps[1], note)
        self._settled = True
        self._look(None, at)

    def refused(self, note: str) -> None:
        """Nothing more will happen; `note` goes to the step that failed."""
        self._settled = True
        self._miss_rest(note)

    def observe(self, event: Event) -> bool:
        """True when `event` changed a step."""
        return self._look(event, event.at)

    def give_up(self) -> str:
        """The time is over: the rest is missing. Answers with the sentence that says so."""
        waited = self.waits_for
        if waited is None:
            return ""
        open_steps = [step for step in self.command.steps if step.name in self._expected and step.state not in _OVER]
        step = next((s for s in open_steps if not self._expected[s.name].optional), open_steps[0])
        missing = self._expected[step.name]
        began = "accepted, but" if self.command.steps[1].state is StepState.DONE else "no answer, and"
        hint = missing.hint(self._charger)
        sentence = f"{began} {missing.missing} within {waited.within:g} s" + (f": {hint}" if hint else "")
        self._miss_rest("")
        step.note = sentence
        return sentence

    def _look(self, event: Event | None, at: int) -> bool:
        before = [step.state for step in self.command.steps]
        passed: list[Step] = []  # optional ones that were not seen, until a later one is
        for step in self.command.steps:
            expected = self._expected.get(step.name)
            if expected is None or step.state in _OVER:
                continue
            note = expected.sight(self._charger, event)
            if note is None:
                passed += [step] if expected.optional else []
                continue
            self._done(step, at, note)
            for skipped in passed:
                self._done(skipped, at, "not reported")
            passed = []
        self._mark_running()
        if self._expected and all(s.state in _OVER for s in self.command.steps[:-1]):
            self._done(self.command.steps[-1], at)
        return before != [step.state for step in self.command.steps]

    def _mark_running(self) -> None:
        """The first step that is not over is the one that is waited for."""
        waiting = [step for step in self.command.steps if step.state not in _OVER]
        for step in waiting:
            step.state = StepState.RUNNING if step is waiting[0] else StepState.OPEN

    @staticmethod
    def _done(step: Step, at: int, note: str = "") -> None:
        step.state, step.at, step.note = StepState.DONE, at, note

    @staticmethod
    def _miss(step: Step, note: str) -> None:
        step.state, step.note = StepState.MISSING, note

    def _miss_rest(self, note: str) -> None:
        waiting = [step for step in self.command.steps if step.state not in _OVER]
        for step in waiting:
            self._miss(step, note if step is waiting[0] else step.note)
