"""GetConfiguration (OCPP 1.6 edition 2, section 5.8)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.normalise import normalise
from server.links.v16.schemas import validator
from server.model.command import CommandState, GetConfiguration, Reply
from server.model.configuration import ConfigItem

ACTION = "GetConfiguration"

_is_valid = validator(f"{ACTION}Response").is_valid


def write(operation: GetConfiguration) -> Payload:
    return {"key": list(operation.keys)} if operation.keys else {}  # CFG-01


def read(payload: Payload) -> GetConfiguration:
    return GetConfiguration(tuple(payload.get("key", ())))


def tell(operation: GetConfiguration) -> str:
    return ", ".join(operation.keys) or "all keys"


def reply(payload: Payload) -> Reply:
    """Values of the wrong type and over-long ones are kept (RPC-19)."""
    if "configurationKey" not in payload and "unknownKey" not in payload:
        return Reply(CommandState.ERROR, "", payload, "the charger answered without keys")
    fitted = payload if _is_valid(payload) else normalise(f"{ACTION}Response", payload)[0]
    items = [
        ConfigItem(entry["key"], entry.get("value"), entry.get("readonly", False))
        for entry in fitted.get("configurationKey", ())
        if "key" in entry
    ]
    items += [ConfigItem(key, None, False, known=False) for key in fitted.get("unknownKey", ())]
    return Reply(CommandState.ACCEPTED, "", payload, items=tuple(items))
