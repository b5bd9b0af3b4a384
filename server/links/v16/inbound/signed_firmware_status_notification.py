"""SignedFirmwareStatusNotification (security extension of OCPP 1.6)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.inbound import job_status
from server.model.charger import Charger
from server.model.job import JobKind

ACTION = "SignedFirmwareStatusNotification"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    return job_status.handle(core, charger, at, payload, ACTION, JobKind.FIRMWARE)
