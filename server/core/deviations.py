"""The ledger of deviations: what a charger does otherwise than the protocol, counted and never held against it."""

from __future__ import annotations

import heapq
from collections.abc import Iterable

from server.core.bus import Bus
from server.model.deviation import Deviation
from server.model.event import EventKind

#: Lines per charger. What comes above it is counted under the rule alone: rules are finite, details may not be.
MOST_LINES = 200
#: Characters of a detail and of a sample frame.
LONGEST_DETAIL = 60
SAMPLE = 1_000
OTHERS = "others"

_Key = tuple[str, str]


class Ledger:
    """`of_frame` collects the rules broken by the frame in hand, as `RULE` or `RULE:detail`; `sample` is that frame.

    Both belong to the link that handles a frame right now: nothing else runs meanwhile.
    """

    def __init__(self, bus: Bus, known: Iterable[Deviation] = ()) -> None:
        self._bus = bus
        self._lines: dict[str, dict[_Key, Deviation]] = {}
        self.of_frame: list[str] = []
        self.sample: str | bytes = ""
        for line in known:
            self._lines.setdefault(line.charger_id, {})[line.rule, line.detail] = line

    def note(
        self, charger_id: str, at: int, rule: str, detail: str = "", sample: str | bytes | None = None
    ) -> Deviation:
        """Count one deviation at time `at` (ms). `rule` and `detail` are words of ours, `sample` may be hostile.

        `sample` None: the frame in hand showed it. Whoever has no frame in hand gives one, or an empty text.
        """
        detail = detail.replace(",", " ")[:LONGEST_DETAIL]
        told = f"{rule}:{detail}" if detail else rule
        if sample is None and told not in self.of_frame:
            self.of_frame.append(told)
        lines = self._lines.setdefault(charger_id, {})
        line = lines.get((rule, detail))
        if line is None and len(lines) >= MOST_LINES:
            detail = OTHERS
            line = lines.get((rule, detail))
        if line is None:
            line = lines[rule, detail] = Deviation(charger_id, rule, detail, at, at)
        else:
            line.count += 1
            line.last_at = at
        line.sample = _text(self.sample if sample is None else sample) or line.sample
        self._bus.emit(EventKind.DEVIATION_NOTED, at, charger_id, line)
        return line

    def forget(self, charger_id: str) -> None:
        self._lines.pop(charger_id, None)

    def take(self) -> str:
        """The rules that the frame in hand broke, comma separated; they are told once."""
        told = ",".join(self.of_frame)
        self.of_frame.clear()
        return told

    def lines(self, charger_id: str = "", limit: int = 1_000) -> list[Deviation]:
        """Of one charger, or of all; the one seen last first."""
        books = [self._lines.get(charger_id, {})] if charger_id else list(self._lines.values())
        found = [line for lines in books for line in lines.values()]
        return heapq.nlargest(limit, found, key=lambda line: line.last_at)

    def rules(self, charger_id: str) -> dict[str, int]:
        """rule -> how often, over all its details."""
        counts: dict[str, int] = {}
        for (rule, _), line in self._lines.get(charger_id, {}).items():
            counts[rule] = counts.get(rule, 0) + line.count
        return counts


def _text(raw: str | bytes) -> str:
    text = raw if isinstance(raw, str) else raw[:SAMPLE].decode("latin-1")
    return text[:SAMPLE].encode("utf-8", "replace").decode()
