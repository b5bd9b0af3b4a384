"""BootNotification (OCPP 1.6 edition 2, section 4.2)."""

from __future__ import annotations

import orjson

from server.core.core import Core
from server.links.dialect import Payload
from server.links.v16.times import write_time
from server.model.charger import Charger
from server.model.log import Level
from server.model.observation import Booted

ACTION = "BootNotification"


def handle(core: Core, charger: Charger, at: int, payload: Payload) -> str:
    """Needs no field at all: a charger that cannot boot cannot be helped (BOOT-01, BOOT-10)."""
    get = payload.get
    boot = Booted(
        charger.charger_id,
        at,
        vendor=get("chargePointVendor", ""),
        model=get("chargePointModel", ""),
        serial=get("chargePointSerialNumber") or get("chargeBoxSerialNumber", ""),
        firmware=get("firmwareVersion", ""),
        iccid=get("iccid", ""),
        imsi=get("imsi", ""),
        meter_type=get("meterType", ""),
        meter_serial=get("meterSerialNumber", ""),
    )
    if not (boot.vendor and boot.model):
        core.peculiar.note(charger, at, "BOOT-10", "no vendor or model")
    told = (boot.vendor, boot.model, boot.firmware or "-", boot.serial or "-")
    core.log.add(at, Level.INFO, charger.charger_id, "in", ACTION, "%s %s  fw %s  sn %s", told)
    answer = core.booted(boot)
    interval = max(1, answer.interval_s)
    verdict = (answer.registration.value, interval)
    core.log.add(at, Level.INFO, charger.charger_id, "out", ACTION, "%s  interval %d s", verdict)
    return orjson.dumps(
        {"status": answer.registration.value, "currentTime": write_time(at), "interval": interval}
    ).decode()
