"""Firmware, diagnostics and log jobs: what chargers report of long work."""

from __future__ import annotations

import time
from typing import Annotated

from fastapi import FastAPI, Query
from pydantic import Field
from starlette.responses import Response
from typing_extensions import TypedDict

from server.api.answer import Id, answer, iso
from server.api.lookup import as_stored
from server.core.ports import Depot
from server.model.job import Job, JobKind

#: Which message asks for the status of a job that has said nothing for long (FW-03).
ASK = {
    JobKind.FIRMWARE: "FirmwareStatusNotification",
    JobKind.DIAGNOSTICS: "DiagnosticsStatusNotification",
    JobKind.LOG: "LogStatusNotification",
}


class StepShape(TypedDict):
    state: str
    at: str | None


class JobShape(TypedDict):
    jobId: int
    chargerId: str
    kind: Annotated[str, Field(description="firmware, diagnostics or log")]
    state: Annotated[str, Field(description="the charger's own word; Requested, NothingToUpload, Superseded are ours")]
    isOpen: bool
    isStale: Annotated[bool, Field(description="it should be moving, and has said nothing for half an hour")]
    hint: Annotated[str | None, Field(description="what to do about a stale one")]
    openedAt: str | None
    changedAt: Annotated[str | None, Field(description="last news of it, UTC")]
    requestId: Annotated[int | None, Field(description="null: the plain messages of 1.6 have none")]
    commandId: Annotated[int | None, Field(description="that started it; null: it was started elsewhere")]
    fileName: str | None
    fileId: Annotated[int | None, Field(description="of the file that the charger put into the drop")]
    history: list[StepShape]


class JobsShape(TypedDict):
    count: int
    jobs: list[JobShape]


def job_shape(job: Job, at: int, file_id: int | None) -> JobShape:
    is_stale = job.is_stale(at)
    return {
        "jobId": job.job_id,
        "chargerId": job.charger_id,
        "kind": job.kind.value,
        "state": job.state,
        "isOpen": job.is_open,
        "isStale": is_stale,
        "hint": _hint(job) if is_stale else None,
        "openedAt": iso(job.opened_at),
        "changedAt": iso(job.changed_at),
        "requestId": job.request_id,
        "commandId": job.command_id,
        "fileName": job.file_name or None,
        "fileId": file_id,
        "history": [{"state": step.state, "at": iso(step.at)} for step in job.history],
    }


def _hint(job: Job) -> str:
    is_plain = job.request_id is None and job.kind is not JobKind.LOG
    return f"ask for its status: {'TriggerMessage' if is_plain else 'ExtendedTriggerMessage'} {ASK[job.kind]}"


def add_routes(app: FastAPI, depot: Depot) -> None:
    @app.get("/api/jobs", response_model=JobsShape, summary="Firmware, diagnostics and log jobs, newest first")
    async def list_jobs(
        charger: Annotated[str, Query(description="of this charger only")] = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
        before: Annotated[Id | None, Query(description="a jobId: older ones only")] = None,
    ) -> Response:
        found = await depot.find_jobs(as_stored(depot, charger), limit, before)
        files = {f.command_id: f.file_id for f in depot.drop.files() if f.is_received and f.command_id is not None}
        at = time.time_ns() // 1_000_000
        shapes = [job_shape(j, at, files.get(j.command_id) if j.command_id is not None else None) for j in found]
        return answer({"count": len(shapes), "jobs": shapes})
