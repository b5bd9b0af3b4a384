"""One command's chain of steps, from the queue to its effect."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import Command, GetConfiguration, Step, StepState
from server.model.event import Event
from server.model.operations import GetDiagnostics, GetLocalListVersion, UpdateFirmware
from server.operations.effects import expected_effects
from server.operations.expected import Expected, Failed, Limits, Own
from server.operations.job_effects import job_effects

SENT = "sent"
ACCEPTED = "accepted"
ANSWERED = "answered"  #: of an operation that cannot be refused
CONFIRMED = "confirmed"

#: Their answer has no word for yes or no.
_NEVER_REFUSED = (GetConfiguration, GetDiagnostics, GetLocalListVersion, UpdateFirmware)

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
        self._own: Event | None = None
        self._plan()

    def _plan(self) -> None:
        """Lay out the steps, as the charger stands now."""
        operation = self.command.operation
        effects = expected_effects(operation, self._charger, self._limits, self.command.sent_at)
        effects = effects or job_effects(operation, self._charger, self._limits, self.command.place)
        self._expected = {e.name: e for e in effects}
        answer = ANSWERED if isinstance(operation, _NEVER_REFUSED) else ACCEPTED
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

    def accepted(self, at: int, note: str, status: str = "") -> None:
        """The charger agreed, with the word `status`; what it did before it said so counts."""
        if status.casefold() == "scheduled":  # when the session ends, which may take its time (SN-13)
            self._expected = {
                name: expected._replace(within=self._limits.scheduled) for name, expected in self._expected.items()
            }
        elif status.casefold() == "rebootrequired":  # nothing to see before a reboot (CFG-05)
            self._expected = {}
            del self.command.steps[2:]
        self._done(self.command.steps[1], at, note)
        self._settled = True
        self._look(None, at)

    def unanswered(self, at: int, note: str) -> None:
        """No answer came, and still the effect may: a charger that reboots at once does not answer."""
        self._miss(self.command.steps[1], note)
        self._settled = True
        self._look(None, at)

    def answered_late(self, at: int, note: str, is_yes: bool) -> None:
        """After its time, while the effect is waited for."""
        if is_yes:
            self._done(self.command.steps[1], at, note)
        else:
            self._miss_rest("")

    def refused(self, note: str) -> None:
        """Nothing more will happen; `note` goes to the step that failed."""
        self._settled = True
        self._miss_rest(note)

    def observe(self, event: Event) -> bool:
        """True when `event` changed a step."""
        return self._look(event, event.at)

    def owns(self, event: Event) -> bool:
        """It was shown `event`, which can be the effect of one command alone."""
        return self._own is event

    @property
    def failure(self) -> str:
        """Why the effect will not come, where the charger showed that; empty otherwise."""
        return next((s.note for s in self.command.steps[2:] if s.state is StepState.MISSING and s.note), "")

    def give_up(self, why: str = "") -> str:
        """The time is over, or there is another reason `why`: the rest is missing. Answers with what says so."""
        waited = self.waits_for
        if waited is None:
            return ""
        open_steps = [step for step in self.command.steps if step.name in self._expected and step.state not in _OVER]
        step = next((s for s in open_steps if not self._expected[s.name].optional), open_steps[0])
        missing = self._expected[step.name]
        began = "accepted, but" if self.command.steps[1].state is StepState.DONE else "no answer, and"
        hint = missing.hint(self._charger)
        sentence = f"{began} {missing.missing} within {waited.within:g} s" + (f": {hint}" if hint else "")
        if so := missing.meanwhile(self._charger):
            sentence = so
        if why:
            sentence = f"{began} {missing.missing}: {why}"
        self._miss_rest("")
        step.note = sentence
        return sentence

    def _look(self, event: Event | None, at: int) -> bool:
        before = [(step.state, step.note) for step in self.command.steps]
        passed: list[Step] = []  # optional ones that were not seen, until a later one is
        for step in self.command.steps:
            expected = self._expected.get(step.name)
            if expected is None or step.state in _OVER:
                continue
            note = expected.sight(self._charger, event)
            if note is None:
                passed += [step] if expected.optional else []
                continue
            if isinstance(note, Failed):
                self._fail(step, note)
                break
            if isinstance(note, Own):
                self._own = event
            self._done(step, at, note)
            for skipped in passed:
                self._done(skipped, at, "not reported")
            passed = []
        self._mark_running()
        *before_last, last = self.command.steps
        if self._expected and last.state not in _OVER and all(s.state in _OVER for s in before_last):
            if self.command.steps[1].state is StepState.MISSING:
                self._done(self.command.steps[1], at, "not answered, shown by what it did")
            self._done(last, at)
        self._say_meanwhile()
        return before != [(step.state, step.note) for step in self.command.steps]

    def _say_meanwhile(self) -> None:
        """What the charger does instead, as the note of the step that is waited for."""
        for step in self.command.steps:
            if step.state is StepState.RUNNING and step.name in self._expected:
                step.note = self._expected[step.name].meanwhile(self._charger)

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

    def _fail(self, failed: Step, note: str) -> None:
        """The effect will not come; the answer may."""
        for step in self.command.steps[2:]:
            if step.state not in _OVER:
                self._miss(step, note if step is failed else step.note)

    def _miss_rest(self, note: str) -> None:
        waiting = [step for step in self.command.steps if step.state not in _OVER]
        for step in waiting:
            self._miss(step, note if step is waiting[0] else step.note)
