"""Quirks of transaction ids: whose they are, and which one is named."""

from __future__ import annotations

from simulator.quirks.edits import samples_of, sets
from simulator.quirks.habit import Call, Frame, Habit, Hands, Result
from simulator.quirks.remembering import Remembers, quirk


class SignedIds(Habit):
    """Transaction ids are 32 bits with a sign: large ones come back negative."""

    def coming(self, frame: Frame) -> Frame | None:
        given = frame.payload.get("transactionId")
        if isinstance(given, int):
            return frame._replace(payload=frame.payload | {"transactionId": (given + 2**31) % 2**32 - 2**31})
        return frame


class SomeZeroIds(Habit):
    """One MeterValues in three names transaction 0."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.action == "MeterValues" and self.hands.rng.random() < 1 / 3:
            frame.payload["transactionId"] = 0
        return [frame]


class RandomAlignedIds(Habit):
    """Values by the clock name a transaction that nobody knows."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and any(s.get("context") == "Sample.Clock" for s in samples_of(frame.payload)):
            frame.payload["transactionId"] = self.hands.rng.randrange(10**6, 2**31)
        return [frame]


class PreviousIds(Remembers):
    """MeterValues name the transaction before this one."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._last: dict[int, int] = {}

    def told(self, call: Call) -> list[Frame]:
        if call.action == "StopTransaction":
            connector_id = self.ids.get(call.payload["transactionId"], 0)
            self._last[connector_id] = call.payload["transactionId"]
        elif call.action == "MeterValues" and "transactionId" in call.payload:
            previous = self._last.get(call.payload["connectorId"])
            call.payload["transactionId"] = call.payload["transactionId"] if previous is None else previous
        return [call]


class OwnIds(Habit):
    """Counts its transactions itself and does not care for the id it was given."""

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and isinstance(frame.payload.get("transactionId"), int):
            frame.payload["transactionId"] += 7_000_000
        return [frame]


class StopsMinusOne(Habit):
    """A session turned away with ConcurrentTx is stopped as transaction -1."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self._refused: set[int] = set()

    def coming(self, frame: Frame) -> Frame | None:
        if isinstance(frame, Result) and frame.action == "StartTransaction":
            info, given = frame.payload.get("idTagInfo"), frame.payload.get("transactionId")
            if isinstance(info, dict) and info.get("status") == "ConcurrentTx" and isinstance(given, int):
                self._refused.add(given)
        return frame

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call) and frame.payload.get("transactionId") in self._refused:
            frame.payload["transactionId"] = -1
        return [frame]


QUIRKS = (
    quirk("schneider-signed-ids", "Q13", "turns large transaction ids negative", SignedIds),
    quirk(
        "wallbox-random-ids",
        "Q23",
        "names random transactions with its values by the clock",
        RandomAlignedIds,
        ClockAlignedDataInterval="30",
    ),
    quirk("simpson-previous-id", "Q44", "names the transaction before this one with its values", PreviousIds),
    quirk("some-zero-ids", "Q45", "names transaction 0 with a third of its values", SomeZeroIds),
    quirk("etrel-own-ids", "Q46", "numbers its transactions itself", OwnIds),
    quirk("hager-stop-minus-one", "Q48", "stops as -1 what was turned away with ConcurrentTx", StopsMinusOne),
    quirk(
        "transaction-id-minus-one", "", "names transaction -1 with its values", sets("MeterValues", transactionId=-1)
    ),
)
