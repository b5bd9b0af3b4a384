"""Habits that need no memory: a change of what is said, answered, asked or written. Each returns what makes a habit."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

from simulator.quirks.habit import Call, Frame, Habit, Hands, Piece, Result
from simulator.words import Payload

Maker = Callable[[Hands], Habit]
Change = Callable[[Payload], None]  #: changes a payload in place; nobody else holds it

STAMPED = ("StatusNotification", "StartTransaction", "StopTransaction", "MeterValues")
METERED = ("MeterValues", "StopTransaction")
CONNECTED = ("StatusNotification", "StartTransaction", "MeterValues")
CARRYING_ID = ("MeterValues", "StopTransaction")


def says(actions: str | tuple[str, ...], change: Change) -> Maker:
    """What it tells of its own accord, changed; `actions` empty: every message."""
    wanted = (actions,) if isinstance(actions, str) else actions

    class Says(Habit):
        def leaving(self, frame: Frame) -> list[Frame]:
            if isinstance(frame, Call) and (not wanted or frame.action in wanted):
                change(frame.payload)
            return [frame]

    return Says


def answers(action: str, change: Callable[[Payload, Payload], None]) -> Maker:
    """What it answers to `action`; `change` takes what was asked and the answer."""

    class Answers(Habit):
        def leaving(self, frame: Frame) -> list[Frame]:
            if isinstance(frame, Result) and frame.action == action and not frame.error_code:
                change(frame.asked, frame.payload)
            return [frame]

    return Answers


def meets(action: str, decide: Callable[[Payload], Payload | None]) -> Maker:
    """How it answers `action` without doing anything about it; None: it does what it should."""

    class Meets(Habit):
        def coming(self, frame: Frame) -> Frame | None:
            if isinstance(frame, Call) and frame.action == action:
                payload = decide(frame.payload)
                if payload is not None:
                    self.hands.answer(frame, payload)
                    return None
            return frame

    return Meets


def ignores(fits: Callable[[Call], bool]) -> Maker:
    """Calls that it never answers."""

    class Ignores(Habit):
        def coming(self, frame: Frame) -> Frame | None:
            return None if isinstance(frame, Call) and fits(frame) else frame

    return Ignores


def writes(change: Callable[[str], Piece]) -> Maker:
    """How the text of every frame is written."""

    class Writes(Habit):
        def written(self, text: str) -> list[Piece]:
            return [change(text)]

    return Writes


# what changes are made of


def values_of(payload: Payload) -> Iterator[Payload]:
    """The meter values in MeterValues and StopTransaction, also where another quirk has made them odd."""
    for field in ("meterValue", "transactionData"):
        held = payload.get(field)
        yield from [held] if isinstance(held, dict) else held or []


def samples_of(payload: Payload) -> Iterator[Payload]:
    for value in values_of(payload):
        yield from value["sampledValue"]


def stamps(change: Callable[[str], object]) -> Maker:
    """Every time it tells."""

    def work(payload: Payload) -> None:
        for holder in (payload, *values_of(payload)):
            if isinstance(holder.get("timestamp"), str):
                holder["timestamp"] = change(holder["timestamp"])

    return says(STAMPED, work)


def each_sample(change: Change) -> Maker:
    def work(payload: Payload) -> None:
        for sample in samples_of(payload):
            change(sample)

    return says(METERED, work)


def one_more(measurand: str, value: Callable[[Payload], str], unit: str) -> Maker:
    """One sample more in every MeterValues; `value` takes the payload."""

    def work(payload: Payload) -> None:
        for held in values_of(payload):
            sample = {"value": value(payload), "measurand": measurand, "unit": unit, "context": "Sample.Periodic"}
            held["sampledValue"].append(sample)

    return says("MeterValues", work)


def sets(actions: str | tuple[str, ...], **fields: object) -> Maker:
    return says(actions, lambda payload: payload.update(fields))


def lacks(actions: str | tuple[str, ...], *fields: str) -> Maker:
    def work(payload: Payload) -> None:
        for field in fields:
            payload.pop(field, None)

    return says(actions, work)


def moved(stamp: str, seconds: float) -> str:
    """`stamp` so many seconds later, in the same spelling."""
    moment = datetime.fromisoformat(stamp.replace("Z", "+00:00")) + timedelta(seconds=seconds)
    return moment.strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"
