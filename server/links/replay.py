"""Answers that may be asked for again: a charger that lost one repeats its message, id and all (RPC-17).

Kept for messages that must not count twice. The memory is per charger, not per link: the repeat often
comes on the next one.
"""

from __future__ import annotations

from collections import OrderedDict
from enum import Enum
from typing import NamedTuple

from server.links.rpc import MessageId

#: Messages remembered per charger.
KEPT = 16


class Repeat(Enum):
    NONE = "the id is new"
    OTHER = "the id was used for another message"


class _Answered(NamedTuple):
    digest: int  #: of the frame as it came
    answer: str
    link: object  #: that it came on


class Replays:
    def __init__(self) -> None:
        self._answered: OrderedDict[MessageId, _Answered] = OrderedDict()

    def find(self, message_id: MessageId, raw: str | bytes, link: object) -> str | Repeat:
        """The answer that this very frame got before, on whatever link; an id must be new on its own link only."""
        known = self._answered.get(message_id)
        if known is None:
            return Repeat.NONE
        if known.digest == hash(raw):
            return known.answer
        return Repeat.OTHER if known.link is link else Repeat.NONE

    def keep(self, message_id: MessageId, raw: str | bytes, answer: str, link: object) -> None:
        self._answered[message_id] = _Answered(hash(raw), answer, link)
        self._answered.move_to_end(message_id)
        if len(self._answered) > KEPT:
            self._answered.popitem(last=False)
