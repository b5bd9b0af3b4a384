"""Authorize (OCPP 1.6 edition 2, section 4.1)."""

from __future__ import annotations

import orjson

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.values import tag_info
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import Authorizing

ACTION = "Authorize"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    id_tag = payload["idTag"]
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, "%s", (id_tag,))
    verdict = core.authorizing(Authorizing(charger.charger_id, at, id_tag))
    core.log.add(at, Level.INFO, charger.charger_id, "out", ACTION, "%s  %s", (id_tag, verdict.status.value))
    return orjson.dumps({"idTagInfo": tag_info(verdict)}).decode()
