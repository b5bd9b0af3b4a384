"""The table of OCPP 1.6: which file handles which action."""

from __future__ import annotations

from types import ModuleType

from server.links.dialect import Dialect, Inbound, Outbound
from server.links.v16.inbound import (
    authorize,
    boot_notification,
    data_transfer,
    heartbeat,
    meter_values,
    start_transaction,
    status_notification,
    stop_transaction,
)
from server.links.v16.normalise import normalise
from server.links.v16.outbound import change_configuration, get_configuration, remote_start, remote_stop, reset
from server.links.v16.schemas import actions, explain, validator
from server.model.command import (
    ChangeConfiguration,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reset,
)


def _inbound(module: ModuleType, **how: bool) -> Inbound:
    return Inbound(module.handle, validator(module.ACTION).is_valid, **how)


def _outbound(operation: type[Operation], module: ModuleType) -> Outbound:
    return Outbound(operation, module.write, module.read, module.reply, module.tell)


INBOUND = {
    authorize.ACTION: _inbound(authorize, lenient=False),
    boot_notification.ACTION: _inbound(boot_notification, before_accepted=True),
    data_transfer.ACTION: _inbound(data_transfer),
    heartbeat.ACTION: _inbound(heartbeat, before_accepted=True),
    meter_values.ACTION: _inbound(meter_values, durable=True),
    start_transaction.ACTION: _inbound(start_transaction, durable=True),
    status_notification.ACTION: _inbound(status_notification),
    stop_transaction.ACTION: _inbound(stop_transaction, durable=True),
}

OUTBOUND = {
    reset.ACTION: _outbound(Reset, reset),
    get_configuration.ACTION: _outbound(GetConfiguration, get_configuration),
    change_configuration.ACTION: _outbound(ChangeConfiguration, change_configuration),
    remote_start.ACTION: _outbound(RemoteStart, remote_start),
    remote_stop.ACTION: _outbound(RemoteStop, remote_stop),
}

DIALECT = Dialect("1.6", INBOUND, OUTBOUND, actions(), explain, normalise)
