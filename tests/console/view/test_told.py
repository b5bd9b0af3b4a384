"""What chargers told by themselves, as one terminal keeps it."""

from __future__ import annotations

from console.view import told
from console.view.told import Told
from server.model.event import Event, EventKind
from server.model.job import Job, JobKind
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent


def heard(kept: Told, *jobs: Job) -> None:
    for job in jobs:
        kept.hear(Event(job.job_id, job.changed_at, EventKind.JOB_CHANGED, job.charger_id, job))


def job(number: int, state: str = "Uploading") -> Job:
    return Job(number, f"CP-{number}", JobKind.LOG, state, 1, 1)


class Slow:
    """A history that is read while chargers go on talking."""

    def __init__(self, kept: Told) -> None:
        self._kept = kept

    async def find_jobs(self, charger_id: str = "", limit: int = 100) -> list[Job]:
        heard(self._kept, job(1, "Uploaded"))
        return [job(2), job(1)]

    async def find_security_events(self, charger_id: str = "", limit: int = 100) -> list[tuple[int, SecurityEvent]]:
        return []

    async def find_reservations(self, charger_id: str = "", limit: int = 100) -> list[Reservation]:
        return []


def test_what_changes_is_kept_longest() -> None:
    """Bounded: of more than fit those go that were quiet longest, not those that began first."""
    kept = Told()
    heard(kept, *(job(n) for n in range(told.KEPT)))
    heard(kept, job(0, "Uploaded"), job(told.KEPT))
    assert len(kept.jobs()) == told.KEPT
    assert [j.state for j in kept.jobs("CP-0")] == ["Uploaded"] and kept.jobs("CP-1") == []


async def test_what_is_heard_while_the_history_is_read_is_newer() -> None:
    """The database may answer with a job as it was a moment ago."""
    kept = Told()
    await kept.load(Slow(kept))
    assert {j.job_id: j.state for j in kept.jobs()} == {1: "Uploaded", 2: "Uploading"}
