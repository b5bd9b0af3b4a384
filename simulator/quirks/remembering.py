"""What habits of sessions have in common: they know what was told and what came back."""

from __future__ import annotations

from simulator.quirks.edits import Maker
from simulator.quirks.habit import Call, Frame, Habit, Hands, Result
from simulator.quirks.quirk import Quirk
from simulator.words import Payload


class Remembers(Habit):
    """Knows the start that each connector was told with last, and the id the CSMS gave it."""

    def __init__(self, hands: Hands) -> None:
        super().__init__(hands)
        self.starts: dict[int, Payload] = {}  #: by connector
        self.ids: dict[int, int] = {}  #: connector by transaction id

    def leaving(self, frame: Frame) -> list[Frame]:
        if isinstance(frame, Call):
            if frame.action == "StartTransaction":
                self.starts[frame.payload["connectorId"]] = frame.payload
            return self.told(frame)
        return [frame]

    def told(self, call: Call) -> list[Frame]:
        """What leaves in place of a call."""
        return [call]

    def coming(self, frame: Frame) -> Frame | None:
        if isinstance(frame, Result) and frame.action == "StartTransaction":
            given = frame.payload.get("transactionId")
            if isinstance(given, int):
                self.ids[given] = int(frame.asked["connectorId"])
        return frame


def quirk(name: str, source: str, does: str, *habits: Maker, **configuration: str) -> Quirk:
    return Quirk(name=name, source=source, does=does, habits=habits, configuration=configuration)
