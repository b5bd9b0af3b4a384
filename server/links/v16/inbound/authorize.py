"""Authorize (OCPP 1.6 edition 2, section 4.1)."""

from __future__ import annotations

import orjson

from server.core.core import Core
from server.links.dialect import Payload
from server.links.rpc import ErrorCode, Problem, RpcError
from server.links.v16 import tags
from server.links.v16.values import tag_info
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import Authorizing

ACTION = "Authorize"

NO_TAG = Problem(ErrorCode.PROTOCOL_ERROR, "idTag: is missing")


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """A tag may be longer than the schema has it (AUTH-02); without one there is nothing to decide."""
    id_tag = payload.get("idTag")
    if id_tag is None:
        raise RpcError(NO_TAG)
    id_tag = tags.id_tag(core, charger, at, id_tag)
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, "%s", (id_tag,))
    verdict = core.authorizing(Authorizing(charger.charger_id, at, id_tag))
    core.log.add(at, Level.INFO, charger.charger_id, "out", ACTION, "%s  %s", (id_tag, verdict.status.value))
    return orjson.dumps({"idTagInfo": tag_info(verdict)}).decode()
