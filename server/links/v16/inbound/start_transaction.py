"""StartTransaction (OCPP 1.6 edition 2, section 4.8)."""

from __future__ import annotations

import orjson

from server.core.core import Core
from server.links.dialect import Payload
from server.links.rpc import ErrorCode, Problem, RpcError
from server.links.v16.clock import station_time
from server.links.v16.tags import id_tag
from server.links.v16.values import connector_id, tag_info, watt_hours, whole_number
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import TransactionStarted

ACTION = "StartTransaction"

#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
INFO = Level.INFO
NO_SESSION = Problem(ErrorCode.PROTOCOL_ERROR, "connectorId: is missing")

_FACTS = ("connectorId", "idTag", "meterStart", "timestamp")  #: one is enough to keep it


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Always gets a transaction id, whatever is odd or missing (TX-01, TX-02); unless it says nothing of a session."""
    get = payload.get
    if payload.keys().isdisjoint(_FACTS):
        raise RpcError(NO_SESSION)
    start = TransactionStarted(
        charger.charger_id,
        at,
        connector_id(get("connectorId")) or 0,
        id_tag(core, charger, at, get("idTag", "")),
        watt_hours(get("meterStart")) or 0,
        station_time(core, charger, at, get("timestamp")),
        whole_number(get("reservationId")) or None,  # RES-02: 0 is none
    )
    told = (start.connector_id, start.id_tag, start.meter_start_wh)
    core.log.add(at, INFO, charger.charger_id, "in", ACTION, "c%d  tag %s  meterStart %d", told)
    answer = core.transaction_started(start)
    verdict = "tx %d  idTagInfo %s  again" if answer.is_retry else "tx %d  idTagInfo %s"
    core.log.add(at, INFO, charger.charger_id, "out", ACTION, verdict, (answer.transaction_id, answer.tag.status))
    return orjson.dumps({"transactionId": answer.transaction_id, "idTagInfo": tag_info(answer.tag)}).decode()
