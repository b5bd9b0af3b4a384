"""GetLocalListVersion (OCPP 1.6 edition 2, section 5.10)."""

from __future__ import annotations

from server.links.dialect import Payload
from server.model.command import CommandState, Reply
from server.model.operations import GetLocalListVersion

ACTION = "GetLocalListVersion"


NO_LIST = -1
EMPTY = 0


def write(operation: GetLocalListVersion) -> Payload:
    return {}


def read(payload: Payload) -> GetLocalListVersion:
    return GetLocalListVersion()


def tell(operation: GetLocalListVersion) -> str:
    return ""


def reply(payload: Payload) -> Reply:
    """-1 = the charger has no local list, 0 = it is empty (LL-01)."""
    version = payload.get("listVersion")
    if isinstance(version, str) and version.strip().lstrip("-").isdecimal():
        version = int(version)
    if not isinstance(version, int) or isinstance(version, bool):
        return Reply(CommandState.ERROR, "", payload, "the charger answered without a version")
    if version <= NO_LIST:
        return Reply(CommandState.REJECTED, "", payload, "version -1: the charger has no local list")
    told = "the list is empty" if version == EMPTY else f"version {version}"
    return Reply(CommandState.ACCEPTED, "", payload, facts=(told,))
