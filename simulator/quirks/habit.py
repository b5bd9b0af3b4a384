"""The two shapes a frame has for somebody who bends it, and the base of everything that does."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, NamedTuple, Protocol

from simulator.words import Payload

if TYPE_CHECKING:
    from simulator.station import Station


class Call(NamedTuple):
    """Somebody asks."""

    message_id: str
    action: str
    payload: Payload


class Result(NamedTuple):
    """Somebody answers. `action` and `asked` are those of the call; an `error_code` makes it a CALLERROR."""

    message_id: str
    action: str
    asked: Payload
    payload: Payload
    error_code: str = ""


Frame = Call | Result


class Squeezed(NamedTuple):
    """A text that leaves compressed although nobody agreed on that."""

    text: str


Piece = str | bytes | list[str] | Squeezed  #: one WebSocket message; a list: in so many fragments


class Hands(Protocol):
    """What a habit can do to the charge point that has it."""

    @property
    def station(self) -> Station: ...
    @property
    def rng(self) -> random.Random: ...
    @property
    def idle_s(self) -> float:
        """Seconds of the clock since the CSMS last asked something or pinged."""

    def say(self, action: str, payload: Payload, after_s: float = 0) -> None:
        """Send a CALL beside the others; habits see its answer, the charge point does not."""

    def hear(self, result: Result) -> None:
        """Let the charge point believe that this came."""

    def answer(self, call: Call, payload: Payload, error_code: str = "") -> None:
        """Answer for the charge point, which never hears of the call."""

    def later(self, seconds: float, frame: Frame) -> None:
        """Write `frame` after so many seconds of the clock, when the line still stands."""

    def cut(self, seconds: float) -> None:
        """Drop the line without a word, and stay away; 0: for the usual pause."""


class Habit:
    """What one quirk does at one charge point; it lives as long as the charge point does."""

    def __init__(self, hands: Hands) -> None:
        self.hands = hands

    def linked(self) -> None:
        """A new connection stands; nothing has been said on it."""

    def leaving(self, frame: Frame) -> list[Frame]:
        """What leaves in place of this frame, which the charge point wants to send."""
        return [frame]

    def coming(self, frame: Frame) -> Frame | None:
        """What the charge point hears in place of this frame; None: nothing."""
        return frame

    def written(self, text: str) -> list[Piece]:
        """How the text of one frame goes onto the wire."""
        return [text]

    def pause_s(self, size: int) -> float:
        """Seconds of the clock that so many characters wait, in either direction."""
        return 0.0
