"""Steps that must follow an accepted operation: what shows each, and how long it may take."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import NamedTuple

from server.model.charger import Charger
from server.model.event import Event


class Failed(str):
    """What a sight answers when the step will not be seen any more: the sentence that says why."""

    __slots__ = ()


class Own(str):
    """What a sight answers when the event is the effect of this command and of no other."""

    __slots__ = ()


#: Looks at a charger and the event that just changed it: a note (perhaps empty) when the step is done, `Failed` when it
#: will not be, else None. Without an event it judges by the charger's state alone.
Sight = Callable[[Charger, Event | None], str | None]


@dataclass(frozen=True, slots=True)
class Limits:
    """How long things may take, in seconds. Each counts from the step before."""

    queued: float = 600  #: in our own queue, before a command is sent
    boot: float = 120
    reports: float = 60  #: all connectors, after a boot
    start: float = 60  #: ConnectionTimeOut of most chargers (TX-20)
    charging: float = 60
    stop: float = 60
    status: float = 60  #: a connector reports what it was told to become
    scheduled: float = 86_400  #: the same, when it waits for a session to end (SN-13)
    message: float = 60  #: one that was asked for
    read_back: float = 60
    stage: float = 1800  #: from one stage of a firmware, diagnostics or log job to the next


class Expected(NamedTuple):
    """One step that must follow acceptance."""

    name: str
    sight: Sight
    within: float  #: s, once it is the step that is waited for
    missing: str  #: how its absence is told: "no BootNotification"
    optional: bool = False  #: done without a sight of its own when a later step is
    hint: Callable[[Charger], str] = lambda charger: ""  #: what the charger does instead
    meanwhile: Callable[[Charger], str] = lambda charger: ""  #: a sentence that says more than its absence does
