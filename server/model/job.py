"""Long work of a charger that it reports on by itself: new firmware, diagnostics, logs."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import NamedTuple

#: News that never came: a job that was moving and has said nothing for so long is stale (FW-03), ms.
STALE_AFTER = 30 * 60_000


class JobKind(StrEnum):
    FIRMWARE = "firmware"
    DIAGNOSTICS = "diagnostics"
    LOG = "log"


#: Words of ours, beside those of OCPP.
REQUESTED = "Requested"  #: the charger agreed, and has told nothing yet
NOTHING = "NothingToUpload"  #: it agreed, and named no file (FW-02)
SUPERSEDED = "Superseded"  #: a newer job of the kind took its place

IDLE = "Idle"  #: tells of no job: a charger says so when it is asked (FW-03)
MOVING = frozenset({"Downloading", "Installing", "Uploading"})
DONE = frozenset({"Installed", "Uploaded", NOTHING})
FAILED = frozenset(
    {
        "DownloadFailed",
        "InstallationFailed",
        "InstallVerificationFailed",
        "InvalidSignature",
        "UploadFailed",
        "UploadFailure",
        "BadMessage",
        "NotSupportedOperation",
        "PermissionDenied",
        "AcceptedCanceled",
    }
)
ENDED = DONE | FAILED | {SUPERSEDED}


class JobStep(NamedTuple):
    state: str
    at: int


@dataclass(slots=True)
class Job:
    """One job. Only `server.core` writes.

    `state` is the charger's own word, where it is one of OCPP (plain or signed set) or of a vendor (FW-01).
    """

    job_id: int
    charger_id: str
    kind: JobKind
    state: str
    opened_at: int
    changed_at: int  #: last news, ms
    request_id: int | None = None  #: None: the plain messages of 1.6 have none
    command_id: int | None = None  #: that started it; None: it was started elsewhere
    file_name: str = ""  #: as the charger calls it, or the last part of where it gets it
    history: list[JobStep] = field(default_factory=list)  #: oldest first, at most `MOST_STEPS`

    @property
    def is_open(self) -> bool:
        return self.state not in ENDED

    @property
    def started_elsewhere(self) -> bool:
        return self.command_id is None

    def is_stale(self, at: int) -> bool:
        """It should be moving, and has said nothing for long: ask for its status (FW-03)."""
        return self.state in MOVING and at - self.changed_at > STALE_AFTER

    def go_to(self, state: str, at: int) -> None:
        self.state, self.changed_at = state, at
        self.history.append(JobStep(state, at))
        if len(self.history) > MOST_STEPS:
            del self.history[1 : -MOST_STEPS // 2]  # the beginning and the newest say most


#: Steps remembered of a job: a charger may go back and forth for ever.
MOST_STEPS = 50
