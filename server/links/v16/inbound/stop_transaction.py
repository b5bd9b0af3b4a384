"""StopTransaction (OCPP 1.6 edition 2, section 4.10)."""

from __future__ import annotations

import orjson

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.clock import station_time
from server.links.v16.meter import read_samples
from server.links.v16.schemas import schema
from server.links.v16.values import tag_info, transaction_id, watt_hours
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import TransactionStopped

ACTION = "StopTransaction"

_REASONS = frozenset(schema(ACTION)["properties"]["reason"]["enum"])


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Always answered (TX-09); a missing id counts as -1, "never got one" (TX-10)."""
    get = payload.get
    number = transaction_id(get("transactionId"))
    reason = get("reason", "Local")  # TX-12
    stop = TransactionStopped(
        charger.charger_id,
        at,
        -1 if number is None else number,
        watt_hours(get("meterStop")),
        station_time(core, charger, at, get("timestamp")),
        reason if reason in _REASONS else "Other",
        get("idTag", ""),
        read_samples(get("transactionData", []), at),
    )
    told = (stop.transaction_id, "-" if stop.meter_stop_wh is None else stop.meter_stop_wh, stop.reason)
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, "tx %d  meterStop %s  %s", told)
    verdict = core.transaction_stopped(stop)
    if verdict is None:
        return "{}"
    core.log.add(at, Level.INFO, charger.charger_id, "out", ACTION, "idTagInfo %s", (verdict.status.value,))
    return orjson.dumps({"idTagInfo": tag_info(verdict)}).decode()
