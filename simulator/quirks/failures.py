"""Failures that a CSMS has to live with, each with one number or word that says how bad it is.

They can be had from the start, as quirks with their usual measure, and switched on and off while the charge point
lives. All chance comes from the seed of the charge point.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import NamedTuple

from simulator.connector import Refused
from simulator.outbox import Entry
from simulator.quirks.edits import STAMPED, moved, says, values_of
from simulator.quirks.habit import Call, Frame, Habit, Hands, Piece, Result
from simulator.quirks.quirk import Quirk
from simulator.words import Payload

_FRAGMENT = 16  #: characters


class Failure(NamedTuple):
    """`usual` is its measure when none is named; `make` takes the measure as typed and may refuse it."""

    name: str
    does: str
    measure: str
    usual: str
    make: Callable[[str], Callable[[Hands], Habit]]


def _number(text: str, least: float, most: float) -> float:
    try:
        value = float(text)
    except ValueError:
        value = least - 1
    if not least <= value <= most:
        raise Refused(f"This is measured by a number from {least:g} to {most:g}, not by {text!r}.")
    return value


def _late(text: str) -> Callable[[Hands], Habit]:
    seconds = _number(text, 0, 3600)

    class Late(Habit):
        def leaving(self, frame: Frame) -> list[Frame]:
            if isinstance(frame, Call):
                return [frame]
            self.hands.later(seconds, frame)
            return []

    return Late


def _silent(text: str) -> Callable[[Hands], Habit]:
    share = _number(text, 0, 1)

    class Silent(Habit):
        def coming(self, frame: Frame) -> Frame | None:
            return None if isinstance(frame, Call) and self.hands.rng.random() < share else frame

    return Silent


def _errors(text: str) -> Callable[[Hands], Habit]:
    if not text.isascii() or not text.isalpha():
        raise Refused(f"This is measured by an error code such as InternalError, not by {text!r}.")

    class Errors(Habit):
        def coming(self, frame: Frame) -> Frame | None:
            if isinstance(frame, Call):
                self.hands.answer(frame, {}, text)
                return None
            return frame

    return Errors


def _drops(text: str) -> Callable[[Hands], Habit]:
    share = _number(text, 0, 1)

    class Drops(Habit):
        def leaving(self, frame: Frame) -> list[Frame]:
            if self.hands.rng.random() < share:
                self.hands.cut(0)
            return [frame]

    return Drops


def _drops_at(text: str) -> Callable[[Hands], Habit]:
    if not text.isascii() or not text.isalpha():
        raise Refused(f"This is measured by a message such as StopTransaction, not by {text!r}.")

    class DropsAt(Habit):
        """The message arrives, its answer does not: once for each of them."""

        def __init__(self, hands: Hands) -> None:
            super().__init__(hands)
            self._dropped: Payload | None = None

        def coming(self, frame: Frame) -> Frame | None:
            if isinstance(frame, Result) and frame.action == text and frame.asked != self._dropped:
                self._dropped = frame.asked
                self.hands.cut(0)
                return None
            return frame

    return DropsAt


def _twice(text: str) -> Callable[[Hands], Habit]:
    share = _number(text, 0, 1)

    class Twice(Habit):
        def leaving(self, frame: Frame) -> list[Frame]:
            return [frame, copy.deepcopy(frame)] if self.hands.rng.random() < share else [frame]

    return Twice


def _starts_again(text: str) -> Callable[[Hands], Habit]:
    times = int(_number(text, 1, 20))

    class StartsAgain(Habit):
        """The same start under new ids: its answers came too late, so it thinks."""

        def leaving(self, frame: Frame) -> list[Frame]:
            if isinstance(frame, Call) and frame.action == "StartTransaction":
                for n in range(times):
                    self.hands.say(frame.action, frame.payload, after_s=0.2 * (n + 1))
            return [frame]

    return StartsAgain


def _clock_off(text: str) -> Callable[[Hands], Habit]:
    seconds = _number(text, -1e9, 1e9)
    return _shifted(lambda _hands: seconds)


def _clock_drifts(text: str) -> Callable[[Hands], Habit]:
    per_hour = _number(text, -3600, 3600)

    began: list[float] = []

    def ahead(hands: Hands) -> float:
        now = hands.station.clock.time()
        began[:] = began or [now]
        return (now - began[0]) * per_hour / 3600

    return _shifted(ahead)


def _shifted(seconds: Callable[[Hands], float]) -> Callable[[Hands], Habit]:
    def make(hands: Hands) -> Habit:
        def work(payload: Payload) -> None:
            for holder in (payload, *values_of(payload)):
                if isinstance(holder.get("timestamp"), str):
                    holder["timestamp"] = moved(holder["timestamp"], seconds(hands))

        return says(STAMPED, work)(hands)

    return make


def _latency(text: str) -> Callable[[Hands], Habit]:
    ms = _number(text, 0, 60_000)

    class Latency(Habit):
        def pause_s(self, size: int) -> float:
            return ms / 1000

    return Latency


def _bandwidth(text: str) -> Callable[[Hands], Habit]:
    per_second = _number(text, 10, 1e9)

    class Bandwidth(Habit):
        def pause_s(self, size: int) -> float:
            return size / per_second

    return Bandwidth


def _fragments(text: str) -> Callable[[Hands], Habit]:
    size = int(_number(text, 1, 65_536))

    class Fragments(Habit):
        def written(self, text: str) -> list[Piece]:
            return [[text[n : n + size] for n in range(0, len(text), size)]]

    return Fragments


def _out_of_order(text: str) -> Callable[[Hands], Habit]:
    least = int(_number(text, 2, 1000))

    class OutOfOrder(Habit):
        def linked(self) -> None:
            if self.hands.station.outbox.waiting >= least:
                self.hands.station.outbox.reorder(_newest_first)

    return OutOfOrder


def _newest_first(entries: list[Entry]) -> list[Entry]:
    """The newest session first; of each the start, the stop, and then its values from the last to the first.

    A stop before its start would have no transaction id at all: no charge point can do that.
    """
    rank = {"StartTransaction": 0, "StopTransaction": 1}
    age = {entry.session: n for n, entry in reversed(list(enumerate(entries)))}
    numbered = list(enumerate(entries))
    numbered.sort(key=lambda pair: (-age[pair[1].session], rank.get(pair[1].action, 2), -pair[0]))
    return [entry for _, entry in numbered]


FAILURES: dict[str, Failure] = {
    failure.name: failure
    for failure in (
        Failure("late-answers", "answers what it is asked late", "seconds", "10", _late),
        Failure("no-answers", "does not answer what it is asked", "share 0 to 1", "1", _silent),
        Failure("error-answers", "answers every call with a CALLERROR", "error code", "InternalError", _errors),
        Failure("drops-lines", "loses the line at some frames", "share 0 to 1", "0.05", _drops),
        Failure("drops-at", "loses the line before the answer to a message", "message", "StopTransaction", _drops_at),
        Failure("duplicates", "sends some frames twice", "share 0 to 1", "0.3", _twice),
        Failure("repeats-starts", "tells each start again under new ids", "times", "2", _starts_again),
        Failure("clock-off", "has a clock that is wrong", "seconds", "-5400", _clock_off),
        Failure("clock-drifts", "has a clock that gains or loses", "seconds an hour", "120", _clock_drifts),
        Failure("slow-link", "sits behind a line with a delay", "ms each way", "400", _latency),
        Failure("thin-link", "sits behind a line with little room", "bytes a second", "1200", _bandwidth),
        Failure("fragments", "sends each text in pieces", "characters of a piece", str(_FRAGMENT), _fragments),
        Failure("out-of-order", "replays what it kept in the wrong order", "least messages", "3", _out_of_order),
    )
}

QUIRKS = tuple(
    Quirk(
        name=failure.name,
        does=f"{failure.does} ({failure.measure}: {failure.usual})",
        habits=(failure.make(failure.usual),),
    )
    for failure in FAILURES.values()
)
