"""Everything that is odd about one charge point: what passes between its logic and the wire is bent here."""

from __future__ import annotations

import random
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Protocol

import orjson

from simulator.link import Answer
from simulator.quirks.habit import Call, Frame, Habit, Hands, Piece, Result
from simulator.quirks.quirk import PLAIN, Quirk
from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station

_OWN = "own-"  #: begins the ids of calls that a habit has made
_REMEMBERED = 100  #: calls whose answer is still to come, in each direction


class Carrier(Protocol):
    """The connection that stands."""

    @property
    def idle_s(self) -> float: ...
    def post(self, text: str, delay_s: float) -> None: ...


class Bend:
    """The quirks of one charge point, and the failures that somebody has switched on. False while it is straight."""

    __slots__ = (
        "_asked",
        "_carrier",
        "_count",
        "_habits",
        "_named",
        "_renames",
        "_resolve",
        "_rng",
        "_seed",
        "_told",
        "_wire_ids",
        "handshake",
        "station",
    )

    def __init__(self, station: Station, quirks: Sequence[Quirk], seed: str) -> None:
        self.station, self._seed = station, seed
        self._rng: random.Random | None = None
        self.handshake = next((quirk.handshake for quirk in reversed(quirks) if quirk.handshake), PLAIN)
        self._renames = next((quirk.message_id for quirk in reversed(quirks) if quirk.message_id), None)
        self._named: dict[str, Habit] = {}
        self._told: OrderedDict[str, Call] | None = None  #: ours that wait for an answer; None: never needed yet
        self._asked: OrderedDict[str, Call] | None = None  #: of the CSMS that wait for ours
        self._wire_ids: dict[str, str] = {}
        self._count = 0
        self._carrier: Carrier | None = None
        self._resolve: Callable[[str, Answer], None] = lambda _id, _answer: None
        for quirk in quirks:
            station.nameplate = replace(station.nameplate, **quirk.plate)
            station.traits = replace(station.traits, **quirk.traits)
            for key, value in quirk.configuration.items():
                station.configuration.set(key, value)
        self._habits: tuple[Habit, ...] = tuple(make(self) for quirk in quirks for make in quirk.habits)

    def __bool__(self) -> bool:
        return bool(self._habits or self._named or self._renames)

    @property
    def habits(self) -> Iterable[Habit]:
        return (*self._habits, *self._named.values())

    def switch_on(self, name: str, make: Callable[[Hands], Habit]) -> None:
        """Switch a failure on, in place of the one of this name."""
        self._named[name] = make(self)

    def switch_off(self, name: str = "") -> list[str]:
        """Switch a failure off again, or all of them; the names of those that were on."""
        names = [each for each in self._named if name in ("", each)]
        for each in names:
            del self._named[each]
        return names

    def linked(self, carrier: Carrier, resolve: Callable[[str, Answer], None]) -> None:
        """A connection stands. `resolve` tells the charge point of an answer."""
        self._carrier, self._resolve = carrier, resolve
        self._told, self._asked = None, None
        self._wire_ids.clear()
        for habit in self.habits:
            habit.linked()

    def leaving(self, text: str) -> list[Piece]:
        """What goes onto the wire in place of a frame of the charge point."""
        frame = self._read_own(orjson.loads(text))
        pieces: list[Piece] = []
        for changed in self._through([frame]):
            pieces += self._written(self._text(changed))
        return pieces

    def coming(self, raw: str | bytes) -> str | bytes | None:
        """What the charge point hears in place of what came; None: nothing."""
        frame = self._read_theirs(raw)
        if frame is None:
            return raw
        for habit in reversed(tuple(self.habits)):
            passed = habit.coming(frame)
            if passed is None:
                return None
            frame = passed
        if isinstance(frame, Result) and frame.message_id.startswith(_OWN):
            return None
        return orjson.dumps(_json(frame)).decode()

    def pause_s(self, size: int) -> float:
        """Real seconds that so many characters wait."""
        return self.station.clock.real(sum(habit.pause_s(size) for habit in self.habits))

    # what habits can do

    @property
    def rng(self) -> random.Random:
        """A source of its own: the same seed fails in the same way, whatever else is left to chance meanwhile."""
        if self._rng is None:
            self._rng = random.Random(f"{self._seed}/quirks")
        return self._rng

    @property
    def idle_s(self) -> float:
        return self.station.clock.tempo * self._carrier.idle_s if self._carrier is not None else 0.0

    def say(self, action: str, payload: Payload, after_s: float = 0) -> None:
        self._count += 1
        call = Call(f"{_OWN}{self._count}", action, payload)
        self._told = _remember(self._told, call)
        self.later(after_s, call)

    def hear(self, result: Result) -> None:
        self._resolve(result.message_id, Answer(result.payload, result.error_code))

    def answer(self, call: Call, payload: Payload, error_code: str = "") -> None:
        self.later(0, Result(call.message_id, call.action, call.payload, payload, error_code))

    def later(self, seconds: float, frame: Frame) -> None:
        if self._carrier is not None:
            self._carrier.post(orjson.dumps(_json(frame)).decode(), self.station.clock.real(seconds))

    def cut(self, seconds: float) -> None:
        self.station.drop_line(seconds)

    # frames and texts

    def _through(self, frames: list[Frame]) -> list[Frame]:
        for habit in self.habits:
            frames = [changed for frame in frames for changed in habit.leaving(frame)]
        return frames

    def _read_own(self, frame: list[Any]) -> Frame:
        """Remember what was asked, so that habits see the action of an answer."""
        if frame[0] == 2:
            call = Call(*frame[1:4])
            self._told = _remember(self._told, call)
            return call
        asked = _forget(self._asked, frame[1])
        if frame[0] == 3:
            return Result(frame[1], asked.action, asked.payload, frame[2])
        return Result(frame[1], asked.action, asked.payload, {}, frame[2])

    def _read_theirs(self, raw: str | bytes) -> Frame | None:
        """None when it is no frame that a habit could understand: the charge point may see for itself."""
        try:
            frame = orjson.loads(raw)
        except orjson.JSONDecodeError:
            return None
        match frame:
            case [2, str(message_id), str(action), dict(payload)]:
                call = Call(message_id, action, payload)
                self._asked = _remember(self._asked, call)
                return call
            case [3 | 4 as kind, str(wire_id), content, *_]:
                own_id = self._wire_ids.get(wire_id, wire_id)
                told = _forget(self._told, own_id)
                if kind == 3 and isinstance(content, dict):
                    return Result(own_id, told.action, told.payload, content)
                return Result(own_id, told.action, told.payload, {}, str(content) or "GenericError")
        return None

    def _text(self, frame: Frame) -> str:
        if isinstance(frame, Call) and self._renames is not None:
            self._count += 1
            wire_id = self._renames(self._count, frame.message_id)
            self._wire_ids[wire_id] = frame.message_id
            frame = frame._replace(message_id=wire_id)
        return orjson.dumps(_json(frame)).decode()

    def _written(self, text: str) -> list[Piece]:
        pieces: list[Piece] = [text]
        for habit in self.habits:
            pieces = [new for piece in pieces for new in (habit.written(piece) if isinstance(piece, str) else [piece])]
        return pieces


def _json(frame: Frame) -> list[Any]:
    if isinstance(frame, Call):
        return [2, *frame]
    if frame.error_code:
        return [4, frame.message_id, frame.error_code, "", {}]
    return [3, frame.message_id, frame.payload]


def _remember(calls: OrderedDict[str, Call] | None, call: Call) -> OrderedDict[str, Call]:
    calls = calls if calls is not None else OrderedDict()
    calls[call.message_id] = call
    if len(calls) > _REMEMBERED:
        calls.popitem(last=False)
    return calls


def _forget(calls: OrderedDict[str, Call] | None, message_id: str) -> Call:
    unknown = Call(message_id, "", {})
    return unknown if calls is None else calls.pop(message_id, unknown)
