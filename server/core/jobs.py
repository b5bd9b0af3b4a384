"""Firmware, diagnostics and log jobs: news of a charger, each told of the job it belongs to.

A job has a request id where the charger was given one; the plain messages of 1.6 have none, and mean the newest job of
their kind (SEC-14, FW-01, FW-02).
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable

from server.core.bus import Bus
from server.model.command import Command, Operation
from server.model.event import EventKind
from server.model.job import FAILED, IDLE, NOTHING, REQUESTED, SUPERSEDED, Job, JobKind, JobStep
from server.model.observation import JobReported
from server.model.operations import GetDiagnostics, GetLog, SignedUpdateFirmware, UpdateFirmware

#: Newest jobs at hand, of each charger.
KEPT = 20
#: A job that failed goes on when its charger tries again within this time, ms.
RETRY_WITHIN = 3_600_000

KINDS: dict[type[Operation], JobKind] = {
    GetDiagnostics: JobKind.DIAGNOSTICS,
    GetLog: JobKind.LOG,
    UpdateFirmware: JobKind.FIRMWARE,
    SignedUpdateFirmware: JobKind.FIRMWARE,
}


class Jobs:
    def __init__(self, bus: Bus, restored: Iterable[Job] = (), last_id: int = 0) -> None:
        self._bus = bus
        self._next_id = last_id + 1
        self._jobs: dict[str, deque[Job]] = {}
        for job in restored:
            self._keep(job)

    def of(self, charger_id: str = "") -> list[Job]:
        """Those at hand, newest first; of all chargers when none is named."""
        if charger_id:
            return list(reversed(self._jobs.get(charger_id, ())))
        return sorted((job for jobs in self._jobs.values() for job in jobs), key=lambda job: -job.job_id)

    def accepted(self, command: Command, at: int) -> None:
        """A charger agreed to a command; nothing happens unless it starts a job.

        What it reported between our message and its answer belongs to the new job already.
        """
        kind = KINDS.get(type(command.operation))
        if kind is None:
            return
        request_id = getattr(command.operation, "request_id", None)
        job = self._begun_early(command, kind, request_id)
        for other in self._jobs.get(command.charger_id, ()):
            if other is not job and other.kind is kind and other.is_open:
                self._tell(other, SUPERSEDED, at)
        if job is None:
            job = self._open(command.charger_id, kind, REQUESTED, at, request_id)
        job.command_id = command.command_id
        job.file_name, is_nothing = _file_of(command)
        if is_nothing and job.state == REQUESTED:
            job.go_to(NOTHING, at)
        self._emit(job, at)

    def reported(self, report: JobReported) -> Job | None:
        """The job that the news belong to, opened when nobody knows it; None when they tell of no job."""
        if report.state == IDLE:
            return None
        job = self._meant(report)
        if job is None:
            job = self._open(report.charger_id, report.kind, report.state, report.at, report.request_id)
            self._emit(job, report.at)
        elif job.state != report.state:
            self._tell(job, report.state, report.at)
        elif job.is_open:
            job.changed_at = report.at  # still at it
            self._emit(job, report.at)
        return job

    # which job is meant

    def _meant(self, report: JobReported) -> Job | None:
        alike = [job for job in self.of(report.charger_id) if job.kind is report.kind]
        if report.request_id is not None:
            named = next((job for job in alike if job.request_id == report.request_id), None)
            if named is not None:
                return named
            alike = [job for job in alike if job.request_id is None]
        running = next((job for job in alike if job.is_open), None)
        if running is not None or not alike:
            return running
        newest = alike[0]
        goes_on = newest.state in FAILED | {NOTHING} and report.at - newest.changed_at <= RETRY_WITHIN
        return newest if goes_on or newest.state == report.state else None  # some repeat the end at every boot

    def _begun_early(self, command: Command, kind: JobKind, request_id: int | None) -> Job | None:
        for job in self.of(command.charger_id):
            if job.kind is kind and job.command_id is None and job.opened_at >= command.sent_at > 0:
                return job if job.request_id == request_id else None
        return None

    # changes

    def _open(self, charger_id: str, kind: JobKind, state: str, at: int, request_id: int | None) -> Job:
        job = Job(self._next_id, charger_id, kind, state, at, at, request_id, history=[JobStep(state, at)])
        self._next_id += 1
        self._keep(job)
        return job

    def _keep(self, job: Job) -> None:
        self._jobs.setdefault(job.charger_id, deque(maxlen=KEPT)).append(job)

    def _tell(self, job: Job, state: str, at: int) -> None:
        job.go_to(state, at)
        self._emit(job, at)

    def _emit(self, job: Job, at: int) -> None:
        self._bus.emit(EventKind.JOB_CHANGED, at, job.charger_id, job)


def _file_of(command: Command) -> tuple[str, bool]:
    """(name of the file, whether the charger says that there is none), from what was asked and what was answered."""
    operation = command.operation
    if isinstance(operation, UpdateFirmware | SignedUpdateFirmware):
        return operation.location.partition("?")[0].rstrip("/").rpartition("/")[2][:100], False
    for fact in command.facts:
        word, _, name = fact.partition(" ")
        if word == "file":
            return name, False
    return "", isinstance(operation, GetDiagnostics)
