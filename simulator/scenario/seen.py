"""The frames of one charge point as a scenario looks at them: CALLs with their answers, in the order they came."""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NamedTuple

import orjson

from simulator.clock import wall_ms
from simulator.watch import Watch

_MOST_CALLS = 5000  #: that nothing was expected of, for each direction
_MOST_FRAMES = 300  #: kept to be shown
_MOST_UNANSWERED = 500
_MOST_OF_AN_ID = 10  #: a charge point may say the same thing twice


class Frame(NamedTuple):
    at: int  #: ms since the epoch
    direction: str  #: in, out
    text: str


@dataclass(slots=True, eq=False)
class Call:
    """One CALL. `error_code` is empty until a CALLERROR came, `answered` False until anything did."""

    number: int  #: of its frame
    direction: str
    action: str
    payload: Any
    answer: Any = None
    error_code: str = ""
    description: str = ""
    answered: bool = False


class Seen:
    """Give `trace` to the charge point. What is taken with `take`, and everything before it, is not found again."""

    def __init__(self) -> None:
        self.count = 0  #: frames so far
        self._frames: deque[Frame] = deque(maxlen=_MOST_FRAMES)
        self._calls = {direction: deque[Call](maxlen=_MOST_CALLS) for direction in ("in", "out")}
        self._unanswered: OrderedDict[tuple[str, str], deque[Call]] = OrderedDict()
        self._watch = Watch()

    def trace(self, direction: str, text: str) -> None:
        """One frame, as `Station` tells it."""
        self.count += 1
        self._frames.append(Frame(wall_ms(), direction, text))
        match _parsed(text):
            case [2, str(message_id), str(action), *rest]:
                call = Call(self.count, direction, action, rest[0] if rest else {})
                self._calls[direction].append(call)
                self._unanswered.setdefault((direction, message_id), deque(maxlen=_MOST_OF_AN_ID)).append(call)
                if len(self._unanswered) > _MOST_UNANSWERED:
                    self._unanswered.popitem(last=False)
            case [3, str(message_id), *rest]:
                self._answer(direction, message_id, rest[0] if rest else {}, "", "")
            case [4, str(message_id), *rest]:
                words = [str(word) for word in rest[:2]] + ["", ""]
                self._answer(direction, message_id, None, words[0] or "GenericError", words[1])
        self._watch.changed()

    def _answer(self, direction: str, message_id: str, answer: Any, code: str, description: str) -> None:
        asked = "in" if direction == "out" else "out"
        calls = self._unanswered.get((asked, message_id))
        if calls:
            call = calls.popleft()
            call.answer, call.error_code, call.description, call.answered = answer, code, description, True
            if not calls:
                del self._unanswered[asked, message_id]

    def find(self, direction: str, fits: Callable[[Call], bool]) -> Call | None:
        """The first that fits, left where it is."""
        return next((call for call in self._calls[direction] if fits(call)), None)

    def last(self, direction: str, action: str) -> Call | None:
        """The newest of an action that was not taken."""
        return next((call for call in reversed(self._calls[direction]) if call.action == action), None)

    def newest(self) -> Call | None:
        """The CALL that the last frame was."""
        ends = [calls[-1] for calls in self._calls.values() if calls]
        return next((call for call in ends if call.number == self.count), None)

    def take(self, call: Call) -> None:
        """Go on behind this one."""
        calls = self._calls[call.direction]
        while calls and calls.popleft() is not call:
            pass

    def forget_sent(self, before: int | None = None) -> None:
        """Go on behind the newest CALL that went out, or behind those that went out before a frame."""
        out = self._calls["out"]
        while out and (before is None or out[0].number < before):
            out.popleft()

    def since(self, count: int) -> list[Frame]:
        """The frames after the first `count`, as far as they are kept."""
        new = max(0, self.count - count)
        return list(self._frames)[-new:] if new else []

    async def until(self, condition: Callable[[], object], timeout: float) -> bool:
        """False when it did not become true within `timeout` real seconds."""
        try:
            await self._watch.until(condition, timeout)
        except TimeoutError:
            return False
        return True


def _parsed(text: str) -> object:
    try:
        return orjson.loads(text)
    except orjson.JSONDecodeError:
        return None
