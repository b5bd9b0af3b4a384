"""FirmwareStatusNotification (OCPP 1.6 edition 2, section 4.5)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.inbound import job_status
from server.model.charger import Charger
from server.model.job import JobKind

ACTION = "FirmwareStatusNotification"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    return job_status.handle(core, charger, at, payload, ACTION, JobKind.FIRMWARE)
