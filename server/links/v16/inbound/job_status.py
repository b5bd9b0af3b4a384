"""What the four status messages of firmware, diagnostics and log jobs have in common."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.schemas import schema
from server.links.v16.values import whole_number
from server.model.charger import Charger
from server.model.job import FAILED, JobKind
from server.model.log import Level
from server.model.observation import JobReported

LONGEST = 40  #: characters of a word that OCPP does not know

_SIGNED = "SignedFirmwareStatusNotification"
_WORDS = {
    word.casefold(): word
    for action in (_SIGNED, "FirmwareStatusNotification", "DiagnosticsStatusNotification", "LogStatusNotification")
    for word in schema(action)["properties"]["status"]["enum"]
}


def handle(core: Core, charger: Charger, at: int, payload: Payload, action: str, kind: JobKind) -> str:
    """Always answered `{}`. Words of the signed set count in the plain messages too (FW-01), and so do a vendor's."""
    told = payload.get("status", "")
    state = _WORDS.get(told.strip().casefold(), told[:LONGEST])
    request_id = whole_number(payload.get("requestId"))
    level = Level.WARNING if state in FAILED or state not in _WORDS.values() else Level.INFO
    suffix = f"  request {request_id}" if request_id is not None else ""
    core.log.add(at, level, charger.charger_id, "in", action, "%s%s", (state or "no status", suffix))
    if state:
        core.jobs.reported(JobReported(charger.charger_id, at, kind, state, request_id))
    return "{}"
