"""Two links of one charger: the newest wins, unless they fight (WS-14, WS-15, T2)."""

from __future__ import annotations

from collections import OrderedDict, deque

A_MINUTE = 60.0
MANY = 3  #: takeovers in a minute; one more and the link that lives is kept for a while
HOLD_DOWN_S = 60.0
ANSWER_S = 3.0  #: the old link must show a sign of life within
ASK_AGAIN_S = 1.0  #: and is not asked for one more often
REMEMBERED = 10_000


class Takeovers:
    """When which charger's link was replaced. Time is monotonic seconds."""

    def __init__(self) -> None:
        self._times: OrderedDict[str, deque[float]] = OrderedDict()
        self._held_until: dict[str, float] = {}

    def count(self, charger_id: str, now: float) -> bool:
        """One more. True: from now on that is a fight, the link that stands is kept for a minute."""
        times = self._times.setdefault(charger_id, deque(maxlen=MANY + 1))
        times.append(now)
        self._times.move_to_end(charger_id)
        if len(self._times) > REMEMBERED:
            forgotten, _ = self._times.popitem(last=False)
            self._held_until.pop(forgotten, None)
        if len(times) <= MANY or now - times[0] > A_MINUTE or self.is_held(charger_id, now):
            return False
        self._held_until[charger_id] = now + HOLD_DOWN_S
        return True

    def is_held(self, charger_id: str, now: float) -> bool:
        """A newcomer has to wait as long as the link that stands is alive."""
        return now < self._held_until.get(charger_id, 0.0)
