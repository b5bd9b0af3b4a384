"""The rules, applied to one observation after the other.

Each method takes what a charger told, changes the fleet, puts events on the bus and returns what the charger must be
answered. Nothing here waits, and time comes in with the observation.
"""

from __future__ import annotations

from dataclasses import dataclass

from server.core import authorization, faults, meters, station, transactions
from server.core.bus import Bus
from server.core.clock import plausible
from server.core.fleet import Fleet
from server.core.logring import LogRing
from server.model.answer import BootAnswer, StartAnswer
from server.model.charger import Charger
from server.model.event import EventKind
from server.model.fault import Fault
from server.model.log import Level
from server.model.observation import (
    Authorizing,
    Booted,
    Connected,
    Disconnected,
    MeterReported,
    StatusReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus, Registration
from server.model.tag import IdTag, TagVerdict


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide rules."""

    unknown_chargers: str = "ask"  #: ask, accept, refuse
    accept_unknown_tags: bool = False
    heartbeat_s: int = 300
    pending_retry_s: int = 15  #: a charger that is not adopted yet boots again after this
    offline_after_s: float = 0  #: 0 = two heartbeat intervals and 30 s


class Core:
    def __init__(self, policy: Policy, snapshot: Snapshot, log: LogRing | None = None, bus: Bus | None = None) -> None:
        self.policy = policy
        self.fleet = Fleet(snapshot)
        self.log = log or LogRing()
        self.bus = bus or Bus()

    # presence

    def connected(self, seen: Connected) -> Charger | None:
        """The charger behind a new link; None when unknown chargers are refused."""
        charger = self.fleet.find(seen.charger_id)
        if charger is None:
            if self.policy.unknown_chargers == "refuse":
                return None
            accept = self.policy.unknown_chargers == "accept"
            registration = Registration.ACCEPTED if accept else Registration.PENDING
            charger = self.fleet.new_charger(seen.charger_id, seen.at, registration)
        else:
            charger.reconnects += 1
        charger.online_at = seen.at
        charger.online = True
        charger.offline_reason = ""
        charger.seen_at = seen.at
        charger.peer = seen.peer
        charger.ocpp_version = seen.ocpp_version
        charger.secure = seen.secure
        self.bus.emit(EventKind.CHARGER_CONNECTED, seen.at, charger.charger_id, charger)
        return charger

    def heard(self, charger: Charger, at: int) -> None:
        """Any frame is a sign of life (WS-18)."""
        charger.seen_at = at

    def is_silent(self, charger: Charger, at: int) -> bool:
        """Has it said nothing for longer than it may (WS-17)?"""
        limit = self.policy.offline_after_s or 2 * (charger.heartbeat_s or self.policy.heartbeat_s) + 30
        return at - charger.seen_at > limit * 1000

    def disconnected(self, gone: Disconnected) -> None:
        charger = self.fleet.find(gone.charger_id)
        if charger is None or not charger.online:
            return
        charger.online = False
        charger.online_at = gone.at
        charger.offline_reason = gone.reason
        for connector in charger.connectors.values():
            connector.power_w = 0
            connector.current_ma = 0
        self.log.add(gone.at, Level.WARNING, charger.charger_id, "", "offline", "%s", (gone.reason,))
        self.bus.emit(EventKind.CHARGER_DISCONNECTED, gone.at, charger.charger_id, charger)

    # registration

    def booted(self, boot: Booted) -> BootAnswer:
        charger = self._charger(boot.charger_id)
        charger.vendor, charger.model = boot.vendor, boot.model
        charger.serial, charger.firmware = boot.serial, boot.firmware
        charger.iccid, charger.imsi = boot.iccid, boot.imsi
        charger.meter_type, charger.meter_serial = boot.meter_type, boot.meter_serial
        charger.booted_at = boot.at
        charger.reboot_needed = False
        for transaction in charger.open_transactions():
            transaction.interrupted = True  # BOOT-09: it may go on, or its stop is still to come
        accepted = charger.registration is Registration.ACCEPTED
        interval = self.policy.heartbeat_s if accepted else self.policy.pending_retry_s
        charger.heartbeat_s = interval
        self.bus.emit(EventKind.CHARGER_BOOTED, boot.at, charger.charger_id, charger)
        return BootAnswer(charger.registration, interval)

    def adopt(self, charger: Charger, at: int) -> None:
        charger.registration = Registration.ACCEPTED
        self.log.add(at, Level.INFO, charger.charger_id, "", "adopted", "it is accepted at its next boot")
        self.bus.emit(EventKind.CHARGER_CHANGED, at, charger.charger_id, charger)

    def need_reboot(self, charger_id: str, at: int) -> None:
        """A configuration change waits for a reboot (CFG-05)."""
        charger = self._charger(charger_id)
        charger.reboot_needed = True
        self.bus.emit(EventKind.CHARGER_CHANGED, at, charger_id, charger)

    # connectors

    def status_reported(self, report: StatusReported) -> None:
        charger = self._charger(report.charger_id)
        connector = self.fleet.connector(charger, report.connector_id, report.at)
        if report.station_at is not None and plausible(report.station_at, report.at):
            if report.station_at < connector.reported_at:
                return  # SN-08: a queued report must not overwrite a newer one
            connector.reported_at = report.station_at
        if report.status is not connector.status:
            connector.status = report.status
            connector.status_at = report.at
        connector.error_code = report.error_code
        connector.vendor_id = report.vendor_id
        connector.vendor_error_code = report.vendor_error_code
        connector.info = report.info
        if report.status is not ConnectorStatus.CHARGING:
            connector.power_w = 0
            connector.current_ma = 0
        faults.judge(self.fleet, self.bus, connector, report)
        charger.status = station.derive(charger)
        self.bus.emit(EventKind.CONNECTOR_CHANGED, report.at, charger.charger_id, connector)

    def acknowledge(self, fault: Fault, operator: str, note: str, at: int) -> None:
        fault.acknowledged_by = operator
        fault.acknowledged_at = at
        fault.note = note or fault.note
        self.bus.emit(EventKind.FAULT_UPDATED, at, fault.charger_id, fault)

    # transactions

    def authorizing(self, asked: Authorizing) -> TagVerdict:
        return self._verdict(asked.id_tag, asked.at)

    def transaction_started(self, start: TransactionStarted) -> StartAnswer:
        verdict = self._verdict(start.id_tag, start.at)
        charger = self._charger(start.charger_id)
        begun, is_retry = transactions.start(self.fleet, self.bus, charger, start, verdict)
        return StartAnswer(begun.transaction_id, verdict, is_retry)

    def transaction_stopped(self, stop: TransactionStopped) -> TagVerdict | None:
        """The verdict on the tag, only when one was sent (TX-14)."""
        transactions.stop(self.fleet, self.bus, self._charger(stop.charger_id), stop)
        return self._verdict(stop.id_tag, stop.at) if stop.id_tag else None

    def meter_reported(self, report: MeterReported) -> None:
        charger = self._charger(report.charger_id)
        connector = self.fleet.connector(charger, report.connector_id, report.at)
        transaction = meters.transaction_of(charger, connector, report.transaction_id)
        if transaction is not None and transaction.is_open:
            transaction.interrupted = False
        meters.record(self.fleet, self.bus, charger, connector, report.samples, report.at, transaction)

    # tags

    def put_tag(self, tag: IdTag, at: int) -> None:
        self.fleet.put_tag(tag)
        self.bus.emit(EventKind.TAG_CHANGED, at, "", tag)

    def remove_tag(self, id_tag: str, at: int) -> bool:
        removed = self.fleet.remove_tag(id_tag)
        if removed is not None:
            self.bus.emit(EventKind.TAG_REMOVED, at, "", removed)
        return removed is not None

    def _verdict(self, id_tag: str, at: int) -> TagVerdict:
        return authorization.verdict(self.fleet, id_tag, at, self.policy.accept_unknown_tags)

    def _charger(self, charger_id: str) -> Charger:
        return self.fleet.chargers[charger_id]
