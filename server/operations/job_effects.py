"""What a charger does after it agreed to a firmware, diagnostics or log job, as its own reports show it.

Only the end must be seen: the stages before it are told by some and left out by others (FW-01, FW-02).
"""

from __future__ import annotations

from server.core.jobs import KINDS
from server.model.charger import Charger
from server.model.command import Operation
from server.model.drop_file import DropFile
from server.model.event import Event, EventKind
from server.model.job import DONE, FAILED, NOTHING, REQUESTED, SUPERSEDED, Job, JobKind
from server.model.operations import SignedUpdateFirmware
from server.operations.effects import Expected, Failed, Limits

_STAGES = {
    JobKind.FIRMWARE: ("Downloading", "Downloaded", "Installing", "Installed"),
    JobKind.DIAGNOSTICS: ("Uploading", "Uploaded"),
    JobKind.LOG: ("Uploading", "Uploaded"),
}
#: What a charger may try again, where it was given retries.
_TRANSFERS = frozenset({"DownloadFailed", "UploadFailed", "UploadFailure"})
_SIGNED = ("Downloading", "Downloaded", "SignatureVerified", "Installing", "Installed")


def job_effects(
    operation: Operation, charger: Charger, limits: Limits, place: DropFile | None = None
) -> tuple[Expected, ...]:
    """The stages of the job that `operation` starts; empty when it starts none. `place`: where its file is to come."""
    kind = KINDS.get(type(operation))
    if kind is None:
        return ()
    stages = _SIGNED if isinstance(operation, SignedUpdateFirmware) else _STAGES[kind]
    retries = getattr(operation, "retries", None) or 0
    job = _Watched(kind, getattr(operation, "request_id", None), charger.firmware, retries > 0, place)
    pauses = min(retries * (getattr(operation, "retry_interval", None) or 0), limits.scheduled)
    within = limits.stage + _wait(operation, charger) + pauses
    return tuple(
        Expected(
            name,
            job.sight(name),
            within,
            f"no {name}",
            optional=name != stages[-1],
            hint=job.hint,
            meanwhile=job.falls_short,
        )
        for name in stages
    )


def _wait(operation: Operation, charger: Charger) -> float:
    """Seconds until the charger may begin; the newest sign of life is the only clock at hand."""
    starts = [at for at in (getattr(operation, "retrieve_at", None), getattr(operation, "install_at", None)) if at]
    return max(0.0, (max(starts) - charger.seen_at) / 1000) if starts and charger.seen_at else 0.0


class _Watched:
    """One job: that with the request id, or that of the kind where the messages have none."""

    def __init__(
        self, kind: JobKind, request_id: int | None, firmware: str, may_retry: bool, place: DropFile | None
    ) -> None:
        self._kind = kind
        self._request_id = request_id
        self._firmware = firmware
        self._may_retry = may_retry
        self._place = place
        self._said = ""
        self._job_id: int | None = None

    def sight(self, stage: str) -> _Stage:
        return _Stage(self, stage)

    def look(self, stage: str, charger: Charger, event: Event | None) -> str | None:
        if event is None:
            return None
        if event.kind is EventKind.CHARGER_BOOTED and stage == "Installed":
            is_new = charger.firmware not in ("", self._firmware)  # it need not say more than that
            return f"boots with {charger.firmware}" if is_new else None
        if event.kind is EventKind.FILE_CHANGED and self._said == stage == "Uploaded":
            return self._arrived()
        job = event.subject
        if event.kind is not EventKind.JOB_CHANGED or not isinstance(job, Job) or not self._is_mine(job):
            return None
        self._said = job.state
        if job.state in FAILED:
            return None if self.falls_short(charger) else Failed(f"the charger reports {job.state}")
        if job.state == SUPERSEDED:
            return Failed("a newer one took its place")
        if job.state == NOTHING:
            return "nothing to upload" if stage == "Uploaded" else None
        if job.state == stage == "Uploaded":
            return self._arrived()
        return "" if job.state == stage or (job.state in DONE and stage in DONE) else None

    def hint(self, charger: Charger) -> str:
        return f"it last said {self._said}" if self._said else ""

    def _arrived(self) -> str | None:
        """The name of the file; None while our own place is empty, whatever the charger says."""
        if self._place is None:
            return ""
        return self._place.name if self._place.is_received else None

    def falls_short(self, charger: Charger) -> str:
        """Why its last word is not the end: it failed and may try again, or it is not so."""
        if self._may_retry and self._said in _TRANSFERS:
            return f"the charger reports {self._said}: it may try again"
        if self._said == "Uploaded" and self._arrived() is None:
            return "the charger says Uploaded, but no file has come"
        return ""

    def _is_mine(self, job: Job) -> bool:
        """The job is opened when the charger agrees; what it reports before that is taken as it comes."""
        if job.kind is not self._kind or self._request_id not in (None, job.request_id):
            return False
        if job.state in (REQUESTED, NOTHING) or (self._job_id is None and job.state != SUPERSEDED):
            self._job_id = job.job_id
        return job.job_id == self._job_id


class _Stage:
    """A sight of one stage."""

    def __init__(self, job: _Watched, stage: str) -> None:
        self._job = job
        self._stage = stage

    def __call__(self, charger: Charger, event: Event | None) -> str | None:
        return self._job.look(self._stage, charger, event)
