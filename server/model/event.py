"""What changed, in order. Listeners of the bus get these; the live view needs only the marks they leave."""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from server.model.certificate import CertificateRequest
from server.model.charger import Charger, Connector
from server.model.command import Command
from server.model.configuration import ConfigItem
from server.model.connection import ConnectionAttempt
from server.model.credential import Credential
from server.model.deviation import Deviation
from server.model.drop_file import DropFile
from server.model.fault import Fault
from server.model.job import Job
from server.model.profile import CompositeSchedule, InstalledProfile
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
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
    TRANSACTION_UPDATED = "transaction.updated"  #: the charger calls it by another id, or counts otherwise
    TRANSACTION_STOPPED = "transaction.stopped"
    METER_RECORDED = "meter.recorded"
    TAG_CHANGED = "tag.changed"
    TAG_REMOVED = "tag.removed"
    COMMAND_CHANGED = "command.changed"
    JOB_CHANGED = "job.changed"
    SECURITY_EVENT = "security.event"
    CERTIFICATE_REQUESTED = "certificate.requested"
    FILE_CHANGED = "file.changed"
    FILE_REMOVED = "file.removed"
    CONNECTION_CHANGED = "connection.changed"
    CHARGER_REMOVED = "charger.removed"
    CREDENTIAL_CHANGED = "credential.changed"
    CREDENTIAL_REMOVED = "credential.removed"
    CONFIGURATION_READ = "configuration.read"  #: the charger told values of its keys
    RESERVATION_CHANGED = "reservation.changed"
    PROFILE_INSTALLED = "profile.installed"
    PROFILE_ENDED = "profile.ended"
    PROFILE_AWAITED = "profile.awaited"  #: of the charger: one more waits for its session, or one less
    SCHEDULE_TOLD = "schedule.told"  #: the answer to GetCompositeSchedule
    DEVIATION_NOTED = "deviation.noted"  #: counted; comes with every frame that shows it
    OPTIONS_CHANGED = "options.changed"  #: the operator changed options of the charger
    MESSAGE_RECEIVED = "message.received"  #: only of messages that a TriggerMessage asked for


class ReceivedMessage(NamedTuple):
    """A message that was asked for has come. `message` is the word it was asked with."""

    message: str
    connector_id: int | None  #: None: the message names none


class ReadConfiguration(NamedTuple):
    """Keys whose value a charger told. `items` hold no secrets."""

    charger: Charger
    items: tuple[ConfigItem, ...]


Subject = (
    Charger
    | Connector
    | Fault
    | Transaction
    | MeterRow
    | IdTag
    | Command
    | Job
    | SecurityEvent
    | CertificateRequest
    | DropFile
    | ConnectionAttempt
    | Credential
    | Reservation
    | InstalledProfile
    | CompositeSchedule
    | Deviation
    | ReceivedMessage
    | ReadConfiguration
)


class Event(NamedTuple):
    """`subject` is the live object (or the row) that changed; read it at once, it may go on changing."""

    seq: int
    at: int
    kind: EventKind
    charger_id: str  #: empty for tags, and for connections that were refused
    subject: Subject
