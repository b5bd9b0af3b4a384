"""DataTransfer (OCPP 1.6 edition 2, section 4.3): no vendor's messages are known here (DT-01)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.model.charger import Charger
from server.model.log import Level

ACTION = "DataTransfer"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    told = (payload.get("vendorId", ""), payload.get("messageId", ""))
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, "%s  %s", told)
    return '{"status":"UnknownVendorId"}'
