"""A scenario as values: what the file says, read and checked."""

from __future__ import annotations

import random
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

Pattern = Any  #: what a payload must look like, see `simulator.scenario.pattern`


class Span(NamedTuple):
    """Seconds or a count, somewhere between two bounds, which may be the same."""

    least: float
    most: float

    def draw(self, rng: random.Random) -> float:
        return rng.uniform(self.least, self.most)

    def draw_whole(self, rng: random.Random) -> int:
        return rng.randint(int(self.least), int(self.most))

    def __str__(self) -> str:
        return f"{self.least:g}" if self.least == self.most else f"{self.least:g}..{self.most:g}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Do:
    """A control. `refused`: it must be refused, with this part of a sentence."""

    control: str
    values: Mapping[str, str]
    refused: str | None = None

    @property
    def title(self) -> str:
        told = " ".join([self.control, *(f"{name}={value}" for name, value in self.values.items())])
        return f"{told}, refused" if self.refused is not None else told


@dataclass(frozen=True, slots=True, kw_only=True)
class Expect:
    """A CALL goes over the wire and is answered. `please`: somebody has to make the CSMS send it, `example` is how."""

    action: str
    direction: str  #: out: the charge point sends it; in: the CSMS does
    payload: Pattern
    answer: Pattern | None  #: None: any CALLRESULT
    error: str | None  #: the code of the CALLERROR that must come instead
    answered: bool  #: False: nothing is asked of the answer
    remember: Mapping[str, str]  #: name of a variable -> path
    within_s: float
    please: str = ""
    example: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return f"CSMS sends {self.action}" if self.direction == "in" else f"expect {self.action}{_gist(self.payload)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Never:
    """No such CALL goes over the wire for so long."""

    action: str
    direction: str
    payload: Pattern
    within_s: float

    @property
    def title(self) -> str:
        return f"never {self.action}{_gist(self.payload)}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Wait:
    seconds: Span

    @property
    def title(self) -> str:
        return f"wait {self.seconds} s"


@dataclass(frozen=True, slots=True, kw_only=True)
class Until:
    """A connector has a status, or the charge point is online, offline, or has delivered everything."""

    what: str
    connector: int
    within_s: float

    @property
    def title(self) -> str:
        return f"until {self.what}" if self.what.islower() else f"until connector {self.connector} is {self.what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    times: Span
    steps: tuple[Step, ...]

    @property
    def title(self) -> str:
        return f"{self.times} times"


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    number: str  #: as told: 4, or 4.2 inside a repeat
    act: Act
    note: str = ""

    @property
    def title(self) -> str:
        return f"{self.act.title} ({self.note})" if self.note else self.act.title


Act = Do | Expect | Never | Wait | Until | Repeat


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The charge point that a scenario is about; None and empty: as the command line says."""

    connectors: int | None = None
    vendor: str | None = None
    model: str | None = None
    serial: str | None = None
    firmware: str | None = None
    speed: float | None = None
    quirks: tuple[str, ...] = ()  #: beside those of the command line
    traits: Mapping[str, Any] = field(default_factory=dict)
    configuration: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """`timeout_s` bounds the whole of it, in seconds of the clock of the charge point.

    `complete`: every CALL that is done for a reason has its step, so that none has to be forgotten.
    """

    name: str
    shows: str
    steps: tuple[Step, ...]
    setup: Setup = field(default_factory=Setup)
    variables: Mapping[str, str] = field(default_factory=dict)
    timeout_s: float = 300.0
    seed: int = 0
    complete: bool = False


def _gist(payload: Pattern) -> str:
    """Of a pattern what tells one message from another: ` connectorId=1 status=Charging`."""
    if not isinstance(payload, dict):
        return ""
    return "".join(f" {key}={value}" for key, value in payload.items() if isinstance(value, str | int | float))
