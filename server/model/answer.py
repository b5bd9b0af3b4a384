"""What the core decides and a link says to the charger."""

from __future__ import annotations

from typing import NamedTuple

from server.model.status import Registration
from server.model.tag import TagVerdict


class BootAnswer(NamedTuple):
    registration: Registration
    interval_s: int  #: heartbeat interval when accepted, else seconds until the next try (BOOT-01)


class StartAnswer(NamedTuple):
    transaction_id: int
    tag: TagVerdict
    is_retry: bool = False  #: the charger had asked this before (TX-04)
