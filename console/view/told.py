"""What chargers told by themselves, at hand for the screens of one terminal: jobs, security events, reservations.

Loaded once from the database, then kept up by the events of the bus. No textual.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any, Protocol, TypeVar

from server.model.event import Event, EventKind
from server.model.job import Job
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent

KEPT = 500  #: of each kind, the newest
ALERT_MS = 24 * 3_600_000  #: a critical security event is an alert for so long, or until somebody has looked


class OfCharger(Protocol):
    @property
    def charger_id(self) -> str: ...


T = TypeVar("T", bound=OfCharger)


class History(Protocol):
    """The part of the site that is asked."""

    async def find_jobs(self, charger_id: str = "", limit: int = 100) -> list[Job]: ...
    async def find_security_events(self, charger_id: str = "", limit: int = 100) -> list[tuple[int, SecurityEvent]]: ...
    async def find_reservations(self, charger_id: str = "", limit: int = 100) -> list[Reservation]: ...


class Told:
    """`version` counts what was heard, so that a screen knows whether there is anything new."""

    def __init__(self) -> None:
        self.version = 0
        self.seen_at = 0  #: when somebody looked at the security events the last time, ms
        self._jobs: dict[int, Job] = {}
        self._security: dict[SecurityEvent, None] = {}
        self._reservations: dict[tuple[str, int, int], Reservation] = {}

    # what arrives

    def hear(self, event: Event) -> None:
        """An event of the bus; most are none of ours."""
        match event.kind, event.subject:
            case EventKind.JOB_CHANGED, Job() as job:
                self._jobs.pop(job.job_id, None)  # now it is the one that was heard of last
                self._jobs[job.job_id] = job
            case EventKind.SECURITY_EVENT, SecurityEvent() as told:
                self._security[told] = None
            case EventKind.RESERVATION_CHANGED, Reservation() as reservation:
                self._keep_reservation(reservation)
            case _:
                return
        self._changed()

    async def load(self, history: History) -> None:
        """Take in what was told before; what was heard meanwhile is newer and stays."""
        jobs = await history.find_jobs(limit=KEPT)
        security = [told for _, told in await history.find_security_events(limit=KEPT)]
        reservations = await history.find_reservations(limit=KEPT)
        before = (self._jobs, self._security, self._reservations)
        self._jobs = {job.job_id: job for job in reversed(jobs)} | self._jobs
        self._security = dict.fromkeys((*reversed(security), *self._security))
        heard, self._reservations = self._reservations, {}
        for reservation in (*reversed(reservations), *heard.values()):
            self._keep_reservation(reservation)
        if before != (self._jobs, self._security, self._reservations):
            self._changed()

    def _keep_reservation(self, reservation: Reservation) -> None:
        key = (reservation.charger_id, reservation.reservation_id, reservation.made_at)
        self._reservations.pop(key, None)
        self._reservations[key] = reservation

    def _changed(self) -> None:
        self.version += 1
        for kept in (self._jobs, self._security, self._reservations):
            while len(kept) > KEPT:
                kept.pop(next(iter(kept)))  # type: ignore[call-overload]

    # what is asked for, newest first

    def jobs(self, charger_id: str = "") -> list[Job]:
        return _newest_first(_of(self._jobs.values(), charger_id), lambda job: (job.opened_at, job.job_id))

    def security(self, charger_id: str = "") -> list[SecurityEvent]:
        return _newest_first(_of(self._security, charger_id), lambda told: told.at)

    def reservations(self, charger_id: str = "") -> list[Reservation]:
        return _newest_first(_of(self._reservations.values(), charger_id), lambda r: r.made_at)

    def alerts(self, now: int) -> list[SecurityEvent]:
        """Critical security events that nobody on this terminal has looked at, newest first."""
        since = max(self.seen_at, now - ALERT_MS)
        return [told for told in self.security() if told.is_critical and told.at > since]


def _of(items: Iterable[T], charger_id: str) -> list[T]:
    return [item for item in items if charger_id in ("", item.charger_id)]


def _newest_first(items: list[T], at: Callable[[T], Any]) -> list[T]:
    return sorted(items, key=at, reverse=True)
