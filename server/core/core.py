"""The rules, applied to one observation after the other.

Each method takes what a charger told, changes the fleet, puts events on the bus and returns what the charger must be
answered. Nothing here waits, and time comes in with the observation.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from server.core import (
    authorization,
    certificates,
    ghosts,
    learning,
    meters,
    profiles,
    reboots,
    reservations,
    security_events,
    statuses,
    tally,
    transactions,
)
from server.core.bus import Bus
from server.core.certificates import NOBODY
from server.core.credentials import Credentials
from server.core.doctor import Doctor
from server.core.files import Files
from server.core.fleet import Fleet
from server.core.guessing import ALARM_AT, Guesses
from server.core.jobs import Jobs
from server.core.logring import LogRing
from server.core.newcomers import Newcomers, is_stranger
from server.core.peculiarities import Peculiarities
from server.model.answer import BootAnswer, StartAnswer
from server.model.charger import Charger
from server.model.command import Command, CommandState
from server.model.event import EventKind, ReceivedMessage
from server.model.fault import Fault
from server.model.log import Level
from server.model.observation import (
    Authorizing,
    Booted,
    CertificateAsked,
    Connected,
    Disconnected,
    MeterReported,
    StatusReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.quirk import QuirkProfile
from server.model.security_event import SecurityEvent
from server.model.snapshot import Snapshot
from server.model.status import Registration, TagStatus
from server.model.tag import IdTag, TagVerdict


@dataclass(frozen=True, slots=True)
class Policy:
    """The settings that decide rules."""

    unknown_chargers: str = "ask"  #: ask, accept, refuse
    accept_unknown_tags: bool = False
    concurrent_tags: bool = True  #: may one tag run several sessions at once?
    heartbeat_s: int = 300
    pending_retry_s: int = 15  #: a charger that is not adopted yet boots again after this
    offline_after_s: float = 0  #: 0 = two heartbeat intervals and 30 s
    can_sign: bool = False  #: is there a CA here that signs the certificates of chargers?


class Core:
    def __init__(
        self,
        policy: Policy,
        snapshot: Snapshot,
        log: LogRing | None = None,
        bus: Bus | None = None,
        quirks: Sequence[QuirkProfile] = (),
    ) -> None:
        self.policy = policy
        self.fleet = Fleet(snapshot)
        self.newcomers = Newcomers(self.fleet)
        reboots.restore(self.fleet)
        self.log = log or LogRing()
        self.bus = bus or Bus()
        self.bus.listen(self.fleet.hear, *tally.KINDS)
        self.doctor = Doctor(self.bus, self.log, snapshot.connections, snapshot.last_connection_id)
        self.credentials = Credentials(self.bus, snapshot.credentials)
        self._guesses: defaultdict[str, Guesses] = defaultdict(Guesses)
        self.jobs = Jobs(self.bus, snapshot.jobs, snapshot.last_job_id)
        self.files = Files(self.bus, snapshot.files, snapshot.last_file_id)
        self.why_not_sign: Callable[[Charger, str], str] = lambda charger, csr: ""  #: set by who has a CA
        self.peculiar = Peculiarities(self.bus, self.log, quirks, snapshot.deviations)
        self.peculiar.restore(self.fleet.chargers.values())

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
        charger.link_profile = seen.profile
        charger.security_profile = max(charger.security_profile, seen.profile)  # SEC-08
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
        if is_stranger(charger):
            self.forget(charger, gone.at)

    def forget(self, charger: Charger, at: int) -> None:
        """Nothing is left of a charger that nobody has let in."""
        self._guesses.pop(charger.charger_id, None)
        self.peculiar.forget(charger.charger_id)
        self.fleet.remove_charger(charger, keep_key=False)
        charger.removed = True
        self.bus.emit(EventKind.CHARGER_REMOVED, at, charger.charger_id, charger)

    # registration

    def booted(self, boot: Booted) -> BootAnswer:
        charger = self._charger(boot.charger_id)
        charger.vendor, charger.model = boot.vendor, boot.model
        charger.serial, charger.firmware = boot.serial, boot.firmware
        charger.iccid, charger.imsi = boot.iccid, boot.imsi
        charger.meter_type, charger.meter_serial = boot.meter_type, boot.meter_serial
        charger.booted_at = boot.at
        statuses.booted(charger)
        charger.reboot_needed = False
        reboots.count(self.fleet, self.bus, charger, boot.at)
        for transaction in charger.open_transactions():
            transaction.interrupted = True  # BOOT-09: it may go on, or its stop is still to come
        accepted = charger.registration is Registration.ACCEPTED
        interval = self.policy.heartbeat_s if accepted else self.policy.pending_retry_s
        charger.heartbeat_s = interval
        self.peculiar.judge(charger, boot.at)
        self.bus.emit(EventKind.CHARGER_BOOTED, boot.at, charger.charger_id, charger)
        if not accepted and (oldest := self.newcomers.to_forget()) is not None:
            self.forget(oldest, boot.at)
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

    # answers to operations

    def command_answered(self, command: Command, state: CommandState, at: int) -> None:
        """An operation was answered, meaning `state`: what that tells of the charger is kept."""
        learning.learn(self.bus, self._charger(command.charger_id), command, state, at)
        if state is CommandState.ACCEPTED:
            self.jobs.accepted(command, at)

    def message_received(self, charger: Charger, message: ReceivedMessage, at: int) -> None:
        """A message that the charger was asked for has come."""
        self.bus.emit(EventKind.MESSAGE_RECEIVED, at, charger.charger_id, message)

    # connectors

    def status_reported(self, report: StatusReported) -> None:
        statuses.reported(self.fleet, self.bus, self.peculiar, self._charger(report.charger_id), report)

    def acknowledge(self, fault: Fault, operator: str, note: str, at: int) -> None:
        fault.acknowledged_by = operator
        fault.acknowledged_at = at
        fault.note = note or fault.note
        self.bus.emit(EventKind.FAULT_UPDATED, at, fault.charger_id, fault)

    # transactions

    def authorizing(self, asked: Authorizing) -> TagVerdict:
        """Who tries tag after tag learns nothing beyond the first few of a minute (reliability T4)."""
        guesses = self._guesses[asked.charger_id]
        was_seen = not guesses.is_too_many(asked.at)
        verdict = self._verdict(asked.id_tag, asked.at) if was_seen else TagVerdict(TagStatus.INVALID)
        if verdict.status is TagStatus.INVALID and guesses.count(asked.at, was_seen):
            told = ("%d unknown id tags within ten minutes: is somebody trying cards?", (ALARM_AT,))
            self.log.add(asked.at, Level.ERROR, asked.charger_id, "", "id tags", *told)
        return verdict

    def transaction_started(self, start: TransactionStarted) -> StartAnswer:
        """Always a transaction, also for a refused tag (TX-01, TX-07); a repeat gets the answer it had (TX-05)."""
        verdict = self._verdict(start.id_tag, start.at)
        charger = self._charger(start.charger_id)
        if not self.policy.concurrent_tags:
            verdict = authorization.alone(self.fleet, start, verdict)
        begun, is_retry = transactions.start(self.fleet, self.bus, charger, start, verdict)
        if start.reservation_id:  # 0 is how some say none (Growatt)
            reservations.used(self.bus, charger, start.reservation_id, begun.transaction_id, start.at)
        if begun.is_open and (charger.profiles or charger.awaited_profiles):
            profiles.session_began(self.bus, charger, begun, start.at)
        if begun.tag_status is not verdict.status:
            verdict = verdict._replace(status=begun.tag_status)
        return StartAnswer(begun.transaction_id, verdict, is_retry)

    def transaction_stopped(self, stop: TransactionStopped) -> TagVerdict | None:
        """The verdict on the tag, only when one was sent (TX-14)."""
        charger = self._charger(stop.charger_id)
        ended = transactions.stop(self.fleet, self.bus, charger, stop)
        if charger.profiles:
            profiles.settle(self.bus, charger, stop.at)
        if stop.id_tag and not authorization.same_group(self.fleet, stop.id_tag, ended.id_tag):
            told = ("tx %d of tag %s was stopped with tag %s", (ended.transaction_id, ended.id_tag, stop.id_tag))
            self.log.add(stop.at, Level.WARNING, stop.charger_id, "", "other tag", *told)
        return self._verdict(stop.id_tag, stop.at) if stop.id_tag else None

    def meter_reported(self, report: MeterReported) -> None:
        charger = self._charger(report.charger_id)
        connector = self.fleet.connector(charger, report.connector_id, report.at)
        transaction = transactions.of_samples(self.fleet, self.bus, charger, connector, report)
        if transaction is not None and transaction.is_open:
            transaction.interrupted = False
        meters.record(self.fleet, self.bus, charger, connector, report.samples, report.at, transaction)

    # what only time tells

    def review(self, at: int) -> None:
        """To be called every now and then: sessions that ended unsaid, warnings that are over."""
        self.fleet.totals()  # where nobody looks, what has changed does not gather
        ghosts.close_ghosts(self.fleet, self.bus, self.log, at)
        reboots.settle(self.fleet, self.bus, at)
        for charger in self.fleet.chargers.values():
            if charger.reservations:
                reservations.drop_expired(self.bus, charger, at)
            if charger.profiles or charger.awaited_profiles:
                profiles.settle(self.bus, charger, at)

    # security

    def security_event(self, event: SecurityEvent) -> None:
        security_events.record(self.bus, self.log, event)

    def certificate_asked(self, asked: CertificateAsked) -> bool:
        """May the charger expect a certificate (SEC-12)?"""
        why_not = self.why_not_sign(self._charger(asked.charger_id), asked.csr) if self.policy.can_sign else NOBODY
        return certificates.ask(self.bus, self.log, asked, why_not)

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
