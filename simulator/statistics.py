"""How the wire did: counters of one charge point, which add up to those of a fleet."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """Calls are ours unless they say `received`. Latency is from the write to the answer, ms, newest 200."""

    sent: int = 0
    answered: int = 0
    errors: int = 0  #: of the answered ones, those with a CALLERROR
    unanswered: int = 0  #: timed out, or the line went down while waiting
    timed_out: int = 0  #: of the unanswered ones, those whose time was up
    received: int = 0  #: calls of the CSMS
    refused: int = 0  #: of these, those we answered with a CALLERROR
    stray: int = 0  #: answers nobody waited for, and frames that are no OCPP
    connects: int = 0
    boots: int = 0  #: accepted ones
    discarded: int = 0  #: transaction messages given up after the last attempt
    latency_ms: deque[float] = field(default_factory=lambda: deque(maxlen=200))

    def percentile(self, share: float) -> float:
        """Latency that `share` (0..1) of the newest answers stayed within; 0 before the first."""
        ordered = sorted(self.latency_ms)
        return ordered[min(len(ordered) - 1, int(share * len(ordered)))] if ordered else 0.0


def total(counters: list[Counters]) -> Counters:
    """The sum over a fleet; its latencies are those of all."""
    result = Counters(latency_ms=deque(maxlen=None))
    for one in counters:
        for name in _SUMMED:
            setattr(result, name, getattr(result, name) + getattr(one, name))
        result.latency_ms.extend(one.latency_ms)
    return result


_SUMMED = (
    "sent",
    "answered",
    "errors",
    "unanswered",
    "timed_out",
    "received",
    "refused",
    "stray",
    "connects",
    "boots",
    "discarded",
)
