"""Rows of jobs, security events, certificate requests and the places of the file drop."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import aiosqlite
import orjson

from server.model.certificate import CertificateRequest
from server.model.drop_file import DropFile, FileKind
from server.model.job import Job, JobKind, JobStep
from server.model.security_event import SecurityEvent
from server.model.snapshot import Snapshot
from server.store.tables import Table
from server.store.wide import to_json

JOBS_KEPT = 500  #: newest, that the core starts with


def _history(text: str) -> list[JobStep]:
    return [JobStep(str(state), int(at)) for state, at in orjson.loads(text)]


JOBS = Table(
    "jobs",
    Job,
    ("job_id",),
    ("charger_id", "kind", "state", "opened_at", "changed_at", "request_id", "command_id", "file_name", "history"),
    {"kind": JobKind, "history": _history},
)
FILES = Table(
    "drop_files",
    DropFile,
    ("file_id",),
    ("token", "kind", "created_at", "expires_at", "name", "charger_id", "command_id", "received_at", "size"),
    {"kind": FileKind},
)
DELETE_FILE = "DELETE FROM drop_files WHERE file_id = ?"
CERTIFICATE_REQUESTS = Table(
    "certificate_requests", CertificateRequest, ("charger_id",), ("at", "csr", "is_accepted"), {"is_accepted": bool}
)

INSERT_SECURITY_EVENT = (
    "INSERT INTO security_events (charger_id, at, type, tech_info, station_at) VALUES (?, ?, ?, ?, ?)"
)
SELECT_SECURITY_EVENTS = "SELECT event_id, charger_id, at, type, tech_info, station_at FROM security_events"

LAST_IDS = "SELECT (SELECT max(job_id) FROM jobs), (SELECT max(file_id) FROM drop_files)"


def job_params(job: Job) -> tuple[Any, ...]:
    *facts, history = JOBS.params(job)
    return (*facts, to_json([tuple(step) for step in history]))


def security_events(rows: Iterable[Sequence[Any]]) -> list[tuple[int, SecurityEvent]]:
    """(id, event) of rows of `SELECT_SECURITY_EVENTS`."""
    return [(row[0], SecurityEvent(*row[1:])) for row in rows]


async def load_jobs(db: aiosqlite.Connection, snapshot: Snapshot) -> None:
    """Jobs and places of the drop, for the core to start with."""
    newest = await db.execute_fetchall(JOBS.select + " ORDER BY job_id DESC LIMIT ?", (JOBS_KEPT,))
    snapshot.jobs = JOBS.objects(newest)[::-1]
    snapshot.files = FILES.objects(await db.execute_fetchall(FILES.select + " ORDER BY file_id"))
    ((last_job, last_file),) = await db.execute_fetchall(LAST_IDS)
    snapshot.last_job_id, snapshot.last_file_id = last_job or 0, last_file or 0
