"""The table of OCPP 1.6: which file handles which action."""

from __future__ import annotations

from types import ModuleType
from typing import Any

from server.links.dialect import Dialect, Inbound
from server.links.v16.inbound import (
    authorize,
    boot_notification,
    data_transfer,
    diagnostics_status_notification,
    firmware_status_notification,
    heartbeat,
    log_status_notification,
    meter_values,
    security_event_notification,
    sign_certificate,
    signed_firmware_status_notification,
    start_transaction,
    status_notification,
    stop_transaction,
)
from server.links.v16.normalise import normalise
from server.links.v16.outbound.routes import OUTBOUND
from server.links.v16.schemas import actions, explain, validator
from server.links.v16.shaping import check_answer, shape


def _inbound(module: ModuleType, **how: Any) -> Inbound:
    return Inbound(module.handle, validator(module.ACTION).is_valid, **how)


INBOUND = {
    authorize.ACTION: _inbound(authorize),
    boot_notification.ACTION: _inbound(
        boot_notification, before_accepted=True, begins_anew=True, settle_ms=lambda o: o.settle_ms
    ),
    data_transfer.ACTION: _inbound(data_transfer),
    diagnostics_status_notification.ACTION: _inbound(diagnostics_status_notification),
    firmware_status_notification.ACTION: _inbound(firmware_status_notification),
    heartbeat.ACTION: _inbound(heartbeat, before_accepted=True),
    log_status_notification.ACTION: _inbound(log_status_notification),
    meter_values.ACTION: _inbound(meter_values, durable=True),
    security_event_notification.ACTION: _inbound(security_event_notification, durable=True),
    sign_certificate.ACTION: _inbound(sign_certificate),
    signed_firmware_status_notification.ACTION: _inbound(signed_firmware_status_notification),
    start_transaction.ACTION: _inbound(start_transaction, durable=True, once=True, delay_ms=lambda o: o.start_delay_ms),
    status_notification.ACTION: _inbound(status_notification),
    stop_transaction.ACTION: _inbound(stop_transaction, durable=True, once=True),
}

DIALECT = Dialect("1.6", INBOUND, OUTBOUND, actions(), explain, normalise, check_answer, shape)
