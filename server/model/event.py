"""What changed, in order. Listeners of the bus get these; the live view needs only the marks they leave."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from server.model.charger import Charger, Connector
from server.model.command import Command
from server.model.fault import Fault
from server.model.tag import IdTag
from server.model.transaction import MeterRow, Transaction


class EventKind(StrEnum):
    CHARGER_CONNECTED = "charger.connected"
    CHARGER_DISCONNECTED = "charger.disconnected"
    CHARGER_BOOTED = "charger.booted"
    CHARGER_CHANGED = "charger.changed"  #: registration, alias, reboot badge
    CONNECTOR_CHANGED = "connector.changed"  #: a status report was applied
    FAULT_OPENED = "fault.opened"
    FAULT_UPDATED = "fault.updated"
    FAULT_CLEARED = "fault.cleared"
    TRANSACTION_STARTED = "transaction.started"
    TRANSACTION_UPDATED = "transaction.updated"
    TRANSACTION_STOPPED = "transaction.stopped"
    METER_RECORDED = "meter.recorded"
    TAG_CHANGED = "tag.changed"
    TAG_REMOVED = "tag.removed"
    COMMAND_CHANGED = "command.changed"


Subject = Charger | Connector | Fault | Transaction | MeterRow | IdTag | Command


class Event(NamedTuple):
    """`subject` is the live object (or the row) that changed; read it at once, it may go on changing."""

    seq: int
    at: int
    kind: EventKind
    charger_id: str  #: empty for tags
    subject: Subject
