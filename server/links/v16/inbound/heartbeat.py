"""Heartbeat (OCPP 1.6 edition 2, section 4.6): answered always (HB-05)."""

from __future__ import annotations

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.times import write_time
from server.model.charger import Charger
from server.model.log import Level

ACTION = "Heartbeat"

#: Looked up once: an enum takes 50 ns for it (Python 3.11), with each message.
INFO, DEBUG = Level.INFO, Level.DEBUG


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    now = write_time(at)
    core.log.add(at, INFO, charger.charger_id, "in", ACTION, "")
    core.log.add(at, DEBUG, charger.charger_id, "out", ACTION, "%s", (now,))
    return f'{{"currentTime":"{now}"}}'
