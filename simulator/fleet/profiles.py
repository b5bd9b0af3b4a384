"""What kind of fleet it is: who stands there, how busy it is, and what befalls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from simulator import cast
from simulator.routine import EVERYDAY, Pace, Span
from simulator.words import Status


class Profile(StrEnum):
    DEPOT = "depot"  #: a mix of everything, as in the demo
    STREET = "street"  #: posts with many short sessions and hardly any meter values
    STORM = "storm"  #: busy posts that all lose their line at once, again and again


@dataclass(frozen=True, slots=True)
class Plan:
    """`sample_s`: meter interval; `gust_s`: time between two moments at which every line is lost."""

    members: Callable[[int, int, str], Iterator[cast.Member]]
    pace: Pace
    sample_s: int
    ramp_per_s: float  #: charge points that dial in a real second, at the start and after a gust
    gust_s: Span | None = None


_STREET = Pace(
    {
        Status.AVAILABLE: (5, 40),
        Status.PREPARING: (2, 5),
        Status.SUSPENDED_EV: (5, 15),
        Status.FINISHING: (3, 8),
    },
    ac_minutes=(0.4, 1.5),
    strangers=0.0,
)
_STORM = Pace(
    {
        Status.AVAILABLE: (2, 15),
        Status.PREPARING: (1, 3),
        Status.SUSPENDED_EV: (3, 8),
        Status.FINISHING: (1, 4),
    },
    ac_minutes=(0.3, 1.0),
    strangers=0.0,
)

PLANS = {
    Profile.DEPOT: Plan(cast.members, EVERYDAY, 60, 100.0),
    Profile.STREET: Plan(cast.posts, _STREET, 300, 100.0),
    Profile.STORM: Plan(cast.posts, _STORM, 3, 500.0, (12.0, 18.0)),
}
