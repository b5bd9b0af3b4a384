"""Answers that may be asked for again: a charger that lost one repeats its message, id and all (RPC-17).

Kept for messages that must not count twice. The memory is per charger, not per link: the repeat often
comes on the next one.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum

from server.links.rpc import MessageId

#: Messages remembered per charger.
KEPT = 16


class Repeat(Enum):
    OTHER = "the id was used for another message"


class Replays:
    def __init__(self) -> None:
        #: Hash of the frame as it came, its answer, the link that it came on.
        self._answered: OrderedDict[MessageId, tuple[int, str, object]] = OrderedDict()

    def find(self, message_id: MessageId, raw: str | bytes, link: object) -> str | Repeat | None:
        """The answer that this very frame got before, on whatever link; None: it is new.

        An id must be new on its own link only.
        """
        known = self._answered.get(message_id)
        if known is None:
            return None
        digest, answer, came_on = known
        if digest == hash(raw):
            return answer
        return Repeat.OTHER if came_on is link else None

    def forget(self) -> None:
        """The charger has booted: its ids may begin again, and a frame like one of before may be another session's."""
        self._answered.clear()

    def keep(self, message_id: MessageId, raw: str | bytes, answer: str, link: object) -> None:
        self._answered[message_id] = hash(raw), answer, link
        self._answered.move_to_end(message_id)
        if len(self._answered) > KEPT:
            self._answered.popitem(last=False)
