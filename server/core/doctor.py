"""The connection doctor: keeps who tried to connect, alike tries in one row, bounded whatever a scanner does."""

from __future__ import annotations

from collections import Counter, OrderedDict
from collections.abc import Iterable

from server.core.bus import Bus
from server.core.logring import LogRing
from server.model.connection import MANY_TRIES, Cause, ConnectionAttempt, Kind, host_of, kind_of
from server.model.event import EventKind
from server.model.log import Level

KEPT = 500  #: newest rows at hand
ALIKE_MS = 15 * 60_000  #: a try that comes so soon after one of its kind is counted there
MINUTE = 60_000
#: New rows of failures in a minute, of one address and of all: what is more is counted in one common row.
ROWS_OF_ONE, ROWS_OF_ALL = 30, 300
LONGEST = 300  #: characters of a detail
MANY = "many"  #: stands for the address where too many come at once


class Doctor:
    """Tries by id, oldest first. Tells the bus of every change, and the log of the first of its kind."""

    def __init__(self, bus: Bus, log: LogRing, restored: Iterable[ConnectionAttempt] = (), last_id: int = 0) -> None:
        self._bus = bus
        self._log = log
        self._rows: OrderedDict[int, ConnectionAttempt] = OrderedDict((a.attempt_id, a) for a in restored)
        self._newest: dict[Kind, ConnectionAttempt] = {a.kind: a for a in self._rows.values()}
        self._next_id = max(last_id, *self._rows, 0) + 1
        self._minute = 0
        self._new_rows: Counter[str] = Counter()  #: of this minute, by address

    @property
    def attempts(self) -> list[ConnectionAttempt]:
        """The newest, the last one first."""
        return list(reversed(self._rows.values()))

    def failed(
        self, at: int, peer: str, charger_id: str, cause: Cause, detail: str = "", fix: str = ""
    ) -> ConnectionAttempt:
        """Somebody was not let in."""
        attempt, is_new = self._add(at, peer, charger_id, cause, detail, fix)
        if is_new:
            told = (attempt.peer, charger_id and f" as {charger_id}", attempt.detail or cause.words)
            self._log.add(at, Level.WARNING, "", "", "link", "refused %s%s: %s", told)
        return attempt

    def noticed(self, at: int, peer: str, charger_id: str, cause: Cause, detail: str, fix: str) -> None:
        """Something about a link that stood is to be repaired. The log is not told: it has a line of its own."""
        self._add(at, peer, charger_id, cause, detail, fix)

    def connected(
        self, at: int, peer: str, charger_id: str, profile: int, oddities: str = "", fix: str = ""
    ) -> ConnectionAttempt:
        """A charger was let in; call `ended` with the answer when its link is over."""
        cause = Cause.ODD if oddities else Cause.CONNECTED
        attempt, _ = self._add(at, peer, charger_id, cause, oddities, fix)
        attempt.ended_at, attempt.ended, attempt.profile = 0, "", profile
        return attempt

    def ended(self, attempt: ConnectionAttempt, at: int, reason: str, peer: str) -> None:
        """The link from `peer` is over. A row that has gone on with a later link of the charger stays as it is."""
        if attempt.peer == peer:
            attempt.ended_at, attempt.ended = max(at, attempt.seen_at + 1), reason
            self._emit(attempt, at)

    def _add(
        self, at: int, peer: str, charger_id: str, cause: Cause, detail: str, fix: str
    ) -> tuple[ConnectionAttempt, bool]:
        detail = detail[:LONGEST]
        known = self._alike(at, kind_of(peer, charger_id, cause, detail))
        crowd = "" if known is not None or cause.is_connection else self._crowd(at, host_of(peer))
        if crowd:
            charger_id, detail = "", f"{MANY_TRIES}{detail or cause.words}"[:LONGEST]
            peer = f"{MANY}:0" if crowd == MANY else peer
            known = self._alike(at, kind_of(peer, "", cause, detail))
        if known is None:
            known = ConnectionAttempt(self._next_id, at, peer, charger_id, cause, detail, fix, seen_at=at)
            self._next_id += 1
        else:
            known.count += 1
            known.seen_at, known.peer, known.detail, known.fix = at, peer, detail, fix
            self._rows.pop(known.attempt_id, None)
        self._rows[known.attempt_id] = known
        self._newest[known.kind] = known
        while len(self._rows) > KEPT:
            _, oldest = self._rows.popitem(last=False)
            if self._newest.get(oldest.kind) is oldest:
                del self._newest[oldest.kind]
        self._emit(known, at)
        return known, known.count == 1

    def _alike(self, at: int, key: Kind) -> ConnectionAttempt | None:
        known = self._newest.get(key)
        if known is None or at - max(known.seen_at, known.ended_at) >= ALIKE_MS or known.is_open:
            return None
        return known

    def _crowd(self, at: int, host: str) -> str:
        """The address whose common row counts a new failure; "" while there are few enough for a row of its own."""
        if at // MINUTE != self._minute:
            self._minute, self._new_rows = at // MINUTE, Counter()
        if self._new_rows.total() >= ROWS_OF_ALL:
            return MANY
        if self._new_rows[host] >= ROWS_OF_ONE:
            return host
        self._new_rows[host] += 1
        return ""

    def _emit(self, attempt: ConnectionAttempt, at: int) -> None:
        told_of = attempt.charger_id if attempt.cause.is_connection else ""  # else it is only what somebody said
        self._bus.emit(EventKind.CONNECTION_CHANGED, at, told_of, attempt)
