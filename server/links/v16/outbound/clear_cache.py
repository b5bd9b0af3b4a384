"""ClearCache (OCPP 1.6 edition 2, section 5.4)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.outbound.answers import by_status
from server.model.operations import ClearCache

ACTION = "ClearCache"


def write(operation: ClearCache) -> Payload:
    return {}


def read(payload: Payload) -> ClearCache:
    return ClearCache()


def tell(operation: ClearCache) -> str:
    return ""


reply = by_status(accepted=["Accepted"], rejected=["Rejected"])
