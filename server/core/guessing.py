"""Somebody who holds one card after the other to a charger: slowed down and told (reliability T4)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

MINUTE = 60_000
WRONG_A_MINUTE = 10  #: tags that are looked up and refused; beyond it every tag is refused unseen
ALARM_AT, ALARM_MS = 20, 10 * MINUTE


@dataclass(slots=True)
class Guesses:
    """Times of the refused tags of one charger, ms, newest last."""

    wrong: deque[int] = field(default_factory=lambda: deque(maxlen=ALARM_AT))
    unseen: int = 0  #: refused without looking since the last alarm
    alarmed_at: int = 0

    def is_too_many(self, at: int) -> bool:
        """Has this minute seen so many wrong tags that the next one is not even looked at?"""
        recent = sum(1 for t in self.wrong if at - t < MINUTE)
        return recent >= WRONG_A_MINUTE

    def count(self, at: int, was_seen: bool) -> bool:
        """One more refused tag; True when it is time to raise the alarm, once in ten minutes."""
        if was_seen:
            self.wrong.append(at)
        else:
            self.unseen += 1
        recent = self.unseen + sum(1 for t in self.wrong if at - t < ALARM_MS)
        if recent < ALARM_AT or at - self.alarmed_at < ALARM_MS:
            return False
        self.alarmed_at, self.unseen = at, 0
        return True
