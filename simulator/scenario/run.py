"""Drives a charge point through the steps of a scenario. The first step that fails ends it."""

from __future__ import annotations

import asyncio
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.connector import Refused
from simulator.controls import perform
from simulator.messages import utc
from simulator.prompt.orders import carry_out, with_tag
from simulator.scenario.model import Do, Expect, Never, Repeat, Scenario, Step, Until, Wait
from simulator.scenario.pattern import at_path, difference, filled
from simulator.scenario.seen import Call, Frame, Seen

#: Real seconds that a hurried wait for something has all the same: neither the CSMS nor the network is hurried.
LEAST_S = 5.0
LEAST_FOR_PEOPLE_S = 20.0
LEAST_OF_ALL_S = 60.0
LEAST_SILENCE_S = 0.3


class Done(NamedTuple):
    """One step that was made, or was not. `said` is empty when it was."""

    number: str
    title: str
    seconds: float  #: real ones
    said: str = ""
    frames: tuple[Frame, ...] = ()  #: since the step before began; only of one that failed

    @property
    def ok(self) -> bool:
        return not self.said


class Outcome(NamedTuple):
    """How a whole scenario went. `failed` is the step that ended it."""

    scenario: Scenario
    seconds: float
    steps: int  #: made well; a repeated one counts each time
    failed: Done | None = None

    @property
    def ok(self) -> bool:
        return self.failed is None


class Audience(Protocol):
    """Who is told while it runs."""

    def asks(self, step: Step, action: str, please: str, payload: Mapping[str, Any]) -> None:
        """The CSMS has to send something now."""

    def done(self, step: Done) -> None: ...


class Failed(Exception):
    """A step has failed; the text is a sentence."""


@dataclass(slots=True)
class Run:
    """One scenario on one charge point, whose frames `seen` traces. `tag` is the one that `$tag` stands for.

    `given` replaces variables of the scenario by name.
    """

    station: ChargePoint
    scenario: Scenario
    seen: Seen
    audience: Audience
    tag: str
    given: Mapping[str, str] = field(default_factory=dict)
    _variables: dict[str, Any] = field(default_factory=dict, init=False)
    _steps: int = field(default=0, init=False)
    _marks: tuple[int, int] = field(default=(0, 0), init=False)  #: frames before the last step but one, and the last
    _began: float = field(default=0.0, init=False)
    _current: Step | None = field(default=None, init=False)
    _expected: bool = field(default=True, init=False)  #: something was expected since the last control
    _rng: random.Random = field(default_factory=random.Random, init=False)

    async def play(self) -> Outcome:
        """All steps, or up to the one that fails."""
        loop = asyncio.get_running_loop()
        start = loop.time()
        self._variables = {
            "tag": self.tag,
            "charger": self.station.charger_id,
            "now": utc(wall_ms()),
            "soon": utc(wall_ms() + 60_000),
            "later": utc(wall_ms() + 3_600_000),
            **self.scenario.variables,
            **self.given,
        }
        self._rng.seed(f"{self.scenario.seed}/{self.scenario.name}")
        longest_s = self._at_least(self.scenario.timeout_s, LEAST_OF_ALL_S)
        failed: Done | None = None
        try:
            async with asyncio.timeout(longest_s) as bound:
                await self._play(self.scenario.steps)
        except Failed as error:
            failed = self._failure(str(error))
        except TimeoutError:
            if not bound.expired():
                raise
            failed = self._failure(f"The scenario took longer than {longest_s:g} s.")
        if failed is not None:
            self.audience.done(failed)
        return Outcome(self.scenario, loop.time() - start, self._steps, failed)

    def _failure(self, said: str) -> Done:
        step = self._current or self.scenario.steps[0]
        frames = tuple(self.seen.since(self._marks[0]))
        return Done(step.number, self._told(step.title), asyncio.get_running_loop().time() - self._began, said, frames)

    def _told(self, text: str) -> str:
        """With the values of variables."""
        return re.sub(r"\$(\w+)", lambda found: str(self._variables.get(found[1], found[0])), text)

    async def _play(self, steps: tuple[Step, ...]) -> None:
        for step in steps:
            if isinstance(step.act, Repeat):
                for _ in range(step.act.times.draw_whole(self._rng)):
                    await self._play(step.act.steps)
                continue
            self._current, self._began = step, asyncio.get_running_loop().time()
            self._marks = (self._marks[1], self.seen.count)
            await self._make(step)
            self._steps += 1
            self.audience.done(
                Done(step.number, self._told(step.title), asyncio.get_running_loop().time() - self._began)
            )

    async def _make(self, step: Step) -> None:
        match step.act:
            case Do():
                self._do(step.act)
            case Expect():
                await self._expect(step, step.act)
            case Never():
                await self._never(step.act)
            case Wait():
                await self.station.clock.sleep(step.act.seconds.draw(self._rng))
            case Until():
                await self._until(step.act)

    def _do(self, act: Do) -> None:
        values = {key: str(value) for key, value in filled(dict(act.values), self._variables).items()}
        try:
            said = perform(self.station, act.control, with_tag(act.control, values, self.tag))
        except Refused as refusal:
            if act.refused is None:
                raise Failed(f"It was refused: {refusal}") from None
            if act.refused.lower() not in str(refusal).lower():
                raise Failed(f'It was refused with another sentence than "{act.refused}": {refusal}') from None
            return
        if act.refused is not None:
            raise Failed(f"It had to be refused, and was done: {said}.")
        if self._expected and not self.scenario.complete:  # what went out before is no effect of this
            self.seen.forget_sent()
            self._expected = False

    async def _until(self, act: Until) -> None:
        seconds = max(act.within_s, LEAST_S * self.station.clock.tempo)
        values = {"what": act.what, "connector": str(act.connector), "seconds": f"{min(seconds, 86_400):g}"}
        try:
            await carry_out(self.station, "wait-for", values, self.tag)
        except Refused as refusal:
            raise Failed(f"{refusal}{self._state(act)}") from None

    def _state(self, act: Until) -> str:
        """What is there instead, as a sentence behind another one."""
        station = self.station
        if not act.what.islower():
            connector = station.connectors.get(act.connector)
            return f" Connector {act.connector} is {connector.status}." if connector is not None else ""
        if station.connected and station.registration != "Accepted":
            return f" The boot was answered with {station.registration or 'nothing'}."
        return f" The last error of the line: {station.last_error}." if station.last_error else ""

    async def _never(self, act: Never) -> None:
        fits = partial(self._fits, act.action, act.payload)
        seconds = self._at_least(act.within_s, LEAST_SILENCE_S)
        if await self.seen.until(lambda: self.seen.find(act.direction, fits), seconds):
            raise Failed(f"{act.action} went over the wire, and should not have.")

    async def _expect(self, step: Step, act: Expect) -> None:
        deadline = asyncio.get_running_loop().time()
        deadline += self._at_least(act.within_s, LEAST_FOR_PEOPLE_S if act.please else LEAST_S)
        if act.please:
            example = filled(dict(act.example), self._variables)
            self.audience.asks(step, act.action, self._told(act.please), example)
        call = await self._call(act, deadline)
        self.seen.take(call)
        if call.direction == "in" and not self.scenario.complete:
            self.seen.forget_sent(before=call.number)
        self._expected = True
        if act.answered:
            await self._answer(act, call, deadline)
        for name, path in act.remember.items():
            try:
                value = at_path({"payload": call.payload, "answer": call.answer}, path)
            except KeyError:
                raise Failed(f"{path} is missing: ${name} should be taken from it.") from None
            if not isinstance(value, str | int | float):
                raise Failed(f"{path} is no text and no number: ${name} cannot be taken from it.")
            self._variables[name] = value

    async def _call(self, act: Expect, deadline: float) -> Call:
        """The CALL, once there is one that fits."""
        fits = partial(self._fits, act.action, act.payload)
        await self._seen(lambda: self.seen.find(act.direction, fits), deadline)
        found = self.seen.find(act.direction, fits)
        if found is not None:
            return found
        near = self.seen.last(act.direction, act.action)
        why = "" if near is None else " " + difference(act.payload, near.payload, self._variables, "payload")
        which = "No" if near is None else "Another"
        raise Failed(f"{which} {act.action} came within {self._waited()}.{why}")

    async def _answer(self, act: Expect, call: Call, deadline: float) -> None:
        if not await self._seen(lambda: call.answered, deadline):
            raise Failed(f"{act.action} was not answered within {self._waited()}.")
        if call.error_code:
            if act.error is None:
                raise Failed(f"It was answered with CALLERROR {call.error_code}: {call.description or 'no words'}.")
            if act.error != call.error_code:
                raise Failed(f"It was answered with CALLERROR {call.error_code}, not {act.error}.")
        elif act.error is not None:
            raise Failed(f"It was answered with a CALLRESULT, not with CALLERROR {act.error}.")
        elif act.answer is not None and (why := difference(act.answer, call.answer, self._variables, "answer")):
            raise Failed(why)

    def _fits(self, action: str, payload: Any, call: Call) -> bool:
        if call.action != action:
            return False
        return payload is None or not difference(payload, call.payload, self._variables, "payload")

    async def _seen(self, condition: Any, deadline: float) -> bool:
        return await self.seen.until(condition, max(0.0, deadline - asyncio.get_running_loop().time()))

    def _waited(self) -> str:
        return f"{asyncio.get_running_loop().time() - self._began:.1f} s"

    def _at_least(self, seconds: float, real_s: float) -> float:
        """Real seconds for `seconds` of the clock."""
        return max(self.station.clock.real(seconds), real_s if seconds else 0.0)
