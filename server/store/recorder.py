"""Events become rows, synchronously and at once: subjects are live objects and go on changing."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

from server.core.newcomers import is_stranger
from server.model.certificate import CertificateRequest
from server.model.charger import Charger, Connector
from server.model.command import Command
from server.model.connection import ConnectionAttempt
from server.model.credential import Credential
from server.model.deviation import Deviation
from server.model.drop_file import DropFile
from server.model.event import Event, EventKind, ReadConfiguration
from server.model.fault import Fault
from server.model.job import Job
from server.model.profile import CompositeSchedule, InstalledProfile
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.status import Registration
from server.model.tag import IdTag
from server.model.transaction import MeterRow, Transaction
from server.store.access import (
    CONNECTIONS,
    DELETE_CONNECTOR,
    DELETE_CREDENTIAL,
    UPSERT_CREDENTIAL,
    credential_params,
    forgotten_id,
)
from server.store.commands import UPSERT_COMMAND, command_params
from server.store.jobs import CERTIFICATE_REQUESTS, DELETE_FILE, FILES, INSERT_SECURITY_EVENT, JOBS, job_params
from server.store.learned import DELETE_CONFIGURATION, RESERVATIONS, UPSERT_CONFIGURATION, configuration_rows
from server.store.peculiarities import DEVIATIONS, UPSERT_OPTIONS, options_params
from server.store.profiles import (
    DELETE_AWAITED,
    DELETE_PROFILE,
    DELETE_SCHEDULE,
    UPSERT_AWAITED,
    UPSERT_PROFILE,
    UPSERT_SCHEDULE,
    awaited_params,
    profile_params,
    schedule_params,
    slot_params,
)
from server.store.tables import CHARGERS, CONNECTORS, DELETE_TAG, FAULTS, TAGS, TRANSACTIONS
from server.store.wide import INSERT_METER_VALUE, meter_params
from server.store.writer import Writer


class Recorder:
    """Listener of the bus. Only appends to the writer's lists."""

    def __init__(self, writer: Writer) -> None:
        self._writer = writer
        save_charger, save_fault = self._charger, self._fault
        self._save: dict[EventKind, Callable[[Any], None]] = {
            EventKind.CHARGER_CONNECTED: save_charger,
            EventKind.CHARGER_DISCONNECTED: save_charger,
            EventKind.CHARGER_BOOTED: self._booted,
            EventKind.CHARGER_CHANGED: save_charger,
            EventKind.CONNECTOR_CHANGED: self._connector,
            EventKind.FAULT_OPENED: save_fault,
            EventKind.FAULT_UPDATED: save_fault,
            EventKind.FAULT_CLEARED: save_fault,
            EventKind.TRANSACTION_STARTED: self._transaction,
            EventKind.TRANSACTION_UPDATED: self._transaction,
            EventKind.TRANSACTION_STOPPED: self._transaction,
            EventKind.METER_RECORDED: self._meter_row,
            EventKind.TAG_CHANGED: self._tag,
            EventKind.TAG_REMOVED: self._no_tag,
            EventKind.COMMAND_CHANGED: self.command,
            EventKind.JOB_CHANGED: self._job,
            EventKind.SECURITY_EVENT: self._security_event,
            EventKind.CERTIFICATE_REQUESTED: self._certificate_request,
            EventKind.FILE_CHANGED: self._file,
            EventKind.FILE_REMOVED: self._no_file,
            EventKind.CONFIGURATION_READ: self._configuration,
            EventKind.RESERVATION_CHANGED: self._reservation,
            EventKind.PROFILE_INSTALLED: self._profile,
            EventKind.PROFILE_ENDED: self._no_profile,
            EventKind.PROFILE_AWAITED: self._awaited,
            EventKind.SCHEDULE_TOLD: self._schedule,
            EventKind.MESSAGE_RECEIVED: _nothing,
            EventKind.CONNECTION_CHANGED: self._connection,
            EventKind.CHARGER_REMOVED: self._removed,
            EventKind.CREDENTIAL_CHANGED: self._credential,
            EventKind.CREDENTIAL_REMOVED: self._no_credential,
            EventKind.DEVIATION_NOTED: self._deviation,
            EventKind.OPTIONS_CHANGED: self._options,
        }

    def on_event(self, event: Event) -> None:
        self._save[event.kind](event.subject)

    def command(self, command: Command) -> None:
        self._writer.replace(("command", command.command_id), UPSERT_COMMAND, command_params(command))

    def _meter_row(self, row: MeterRow) -> None:
        self._writer.append(INSERT_METER_VALUE, meter_params(row))

    def _charger(self, charger: Charger) -> None:
        if is_stranger(charger):
            return
        self._writer.replace(("charger", charger.key), CHARGERS.upsert, CHARGERS.params(charger))

    def _removed(self, charger: Charger) -> None:
        charger_id = charger.charger_id
        if charger.awaited_profiles:
            self._awaited(replace(charger, awaited_profiles=[]))
        if charger.registration is Registration.PENDING:  # the key alone stays for now: frames have it
            charger = replace(charger, charger_id=forgotten_id(charger.key))
        self._writer.replace(("charger", charger.key), CHARGERS.upsert, CHARGERS.params(charger))
        for connector in (charger.main, *charger.connectors.values()):
            key = ("connector", charger.charger_id, connector.connector_id)
            self._writer.replace(key, DELETE_CONNECTOR, (connector.charger_id, connector.connector_id))
        for installed in charger.profiles.values():
            self._no_profile(installed)
        for told in charger.schedules.values():
            key = ("schedule", told.charger_id, told.connector_id)
            self._writer.replace(key, DELETE_SCHEDULE, (told.charger_id, told.connector_id))
        for folded in charger.configuration:
            row = (charger_id, folded)
            self._writer.replace(("configuration", *row), DELETE_CONFIGURATION, row)

    def _connection(self, attempt: ConnectionAttempt) -> None:
        self._writer.replace(("connection", attempt.attempt_id), CONNECTIONS.upsert, CONNECTIONS.params(attempt))

    def _credential(self, credential: Credential) -> None:
        key = ("credential", credential.charger_id.casefold())
        self._writer.replace(key, UPSERT_CREDENTIAL, credential_params(credential))

    def _no_credential(self, credential: Credential) -> None:
        key = ("credential", credential.charger_id.casefold())
        self._writer.replace(key, DELETE_CREDENTIAL, (credential.charger_id,))

    def _booted(self, charger: Charger) -> None:
        self._charger(charger)
        for transaction in charger.open_transactions():
            self._transaction(transaction)  # BOOT-09: it is interrupted now

    def _connector(self, connector: Connector) -> None:
        key = ("connector", connector.charger_id, connector.connector_id)
        self._writer.replace(key, CONNECTORS.upsert, CONNECTORS.params(connector))

    def _transaction(self, transaction: Transaction) -> None:
        key = ("transaction", transaction.transaction_id)
        self._writer.replace(key, TRANSACTIONS.upsert, TRANSACTIONS.params(transaction))

    def _fault(self, fault: Fault) -> None:
        self._writer.replace(("fault", fault.fault_id), FAULTS.upsert, FAULTS.params(fault))

    def _deviation(self, line: Deviation) -> None:
        key = ("deviation", line.charger_id, line.rule, line.detail)
        self._writer.replace(key, DEVIATIONS.upsert, DEVIATIONS.params(line))

    def _options(self, charger: Charger) -> None:
        self._writer.replace(("options", charger.key), UPSERT_OPTIONS, options_params(charger))

    def _job(self, job: Job) -> None:
        self._writer.replace(("job", job.job_id), JOBS.upsert, job_params(job))

    def _security_event(self, event: SecurityEvent) -> None:
        self._writer.append(
            INSERT_SECURITY_EVENT, (event.charger_id, event.at, event.type, event.tech_info, event.station_at)
        )

    def _certificate_request(self, request: CertificateRequest) -> None:
        key = ("certificate request", request.charger_id)
        self._writer.replace(key, CERTIFICATE_REQUESTS.upsert, CERTIFICATE_REQUESTS.params(request))

    def _file(self, file: DropFile) -> None:
        self._writer.replace(("file", file.file_id), FILES.upsert, FILES.params(file))

    def _no_file(self, file: DropFile) -> None:
        self._writer.replace(("file", file.file_id), DELETE_FILE, (file.file_id,))

    def _tag(self, tag: IdTag) -> None:
        self._writer.replace(("tag", tag.id_tag.casefold()), TAGS.upsert, TAGS.params(tag))

    def _configuration(self, read: ReadConfiguration) -> None:
        for row in configuration_rows(read):
            self._writer.replace(("configuration", row[0], row[1]), UPSERT_CONFIGURATION, row)

    def _reservation(self, r: Reservation) -> None:
        key = ("reservation", r.charger_id, r.reservation_id, r.made_at)
        self._writer.replace(key, RESERVATIONS.upsert, RESERVATIONS.params(r))

    def _profile(self, installed: InstalledProfile) -> None:
        self._writer.replace(("profile", *slot_params(installed)), UPSERT_PROFILE, profile_params(installed))

    def _no_profile(self, ended: InstalledProfile) -> None:
        self._writer.replace(("profile", *slot_params(ended)), DELETE_PROFILE, slot_params(ended))

    def _awaited(self, charger: Charger) -> None:
        key = ("awaited", charger.charger_id)
        if charger.awaited_profiles:
            self._writer.replace(key, UPSERT_AWAITED, awaited_params(charger))
        else:
            self._writer.replace(key, DELETE_AWAITED, (charger.charger_id,))

    def _schedule(self, told: CompositeSchedule) -> None:
        key = ("schedule", told.charger_id, told.connector_id)
        self._writer.replace(key, UPSERT_SCHEDULE, schedule_params(told))

    def _no_tag(self, tag: IdTag) -> None:
        self._writer.replace(("tag", tag.id_tag.casefold()), DELETE_TAG, (tag.id_tag,))


def _nothing(subject: object) -> None:
    """Of what only the moment needs."""
