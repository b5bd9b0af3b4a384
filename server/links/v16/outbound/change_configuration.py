"""ChangeConfiguration (OCPP 1.6 edition 2, section 5.3)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.secrets import MASK, SECRET_KEYS
from server.links.v16.outbound.answers import by_status
from server.model.command import ChangeConfiguration

ACTION = "ChangeConfiguration"


def write(operation: ChangeConfiguration) -> Payload:
    return {"key": operation.key, "value": operation.value}


def read(payload: Payload) -> ChangeConfiguration:
    return ChangeConfiguration(payload["key"], payload["value"])


def tell(operation: ChangeConfiguration) -> str:
    value = MASK if operation.key.casefold() in SECRET_KEYS else operation.value
    return f"{operation.key} = {value}"


#: `RebootRequired` is success (CFG-05).
reply = by_status(accepted=["Accepted", "RebootRequired"], rejected=["Rejected", "NotSupported"])
