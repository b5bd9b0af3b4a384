"""A depot for tests of the API: real core, real model, answers of chargers from a script."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Mapping
from pathlib import Path

from server.access import SiteAccess
from server.api.drop import Drop
from server.config import ApiSettings, Config, DropSettings
from server.core import profiles, reservations
from server.core.core import Core, Policy
from server.core.ports import InvalidPayload
from server.model.certificate import CertificateRequest
from server.model.charger import Charger
from server.model.command import (
    ChangeConfiguration,
    Command,
    CommandState,
    GetConfiguration,
    Operation,
    RemoteStart,
    RemoteStop,
    Reply,
    Reset,
    Step,
    StepState,
)
from server.model.connection import Cause
from server.model.drop_file import FileKind
from server.model.fault import Fault
from server.model.guards import why_not
from server.model.health import Health
from server.model.job import JobKind
from server.model.log import Frame, FrameQuery
from server.model.observation import (
    Booted,
    Connected,
    Disconnected,
    JobReported,
    MeterReported,
    StatusReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.operations import ReserveNow, SetChargingProfile
from server.model.profile import ChargingProfile, ChargingSchedule, ProfilePurpose, RateUnit, SchedulePeriod
from server.model.quirk import QuirkProfile
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus
from server.model.tag import IdTag
from server.model.transaction import MeterSample, Transaction
from tests.memory_depot import MemoryDepot

T0 = 1_795_000_000_000  #: a moment in November 2026, ms
ACCEPTED = Reply(CommandState.ACCEPTED, "Accepted", {"status": "Accepted"})


DELAY = QuirkProfile(
    "volt-delay",
    "Volt & Söhne",
    "Closes the link when StartTransaction is answered at once: the answer waits.",
    ("Q41",),
    vendor=re.compile("volt", re.IGNORECASE),
    options={"start_delay_ms": 1000},
)


class FakeDepot(MemoryDepot):
    """Implements `server.core.ports.Depot`. `reply` is what every charger answers; `is_durable` what the disk says."""

    def __init__(self) -> None:
        super().__init__(Core(Policy(), Snapshot(), quirks=[DELAY]), T0)
        self.config = Config(api=ApiSettings(token="canary-token"))
        self.health = Health(started_at=T0, frames_in=41, frames_out=42, loop_lag_ms=1.5, ocpp_url="ws://10.0.0.5:9220")
        self.frames: list[tuple[int, Frame]] = []
        self.ended: list[Transaction] = []
        self.cleared: list[Fault] = []
        self.security_events: list[SecurityEvent] = []
        self.certificate_requests: list[CertificateRequest] = []
        nowhere = Path("/nonexistent")
        self.drop = Drop(
            DropSettings(port=0),
            "127.0.0.1",
            "10.0.0.5",
            nowhere,
            self.core.files,
            self.core.log,
            lambda: T0,
            self.flush,
        )
        self.asked: list[tuple[str, Operation, str]] = []
        self.was_asked = asyncio.Event()
        self.reply = ACCEPTED
        self.never_answers = False
        self.is_durable = True
        self.breaks = False

    @property
    def chargers(self) -> Mapping[str, Charger]:
        if self.breaks:
            raise RuntimeError("canary of our inside")
        return self.core.fleet.chargers

    # operations

    def parse_operation(self, action: str, payload: dict[str, object]) -> Operation:
        match action, payload:
            case "Reset", {"type": "Soft" | "Hard" as kind}:
                return Reset(kind)
            case "Reset", _:
                raise InvalidPayload("type", "must be Soft or Hard")
            case "GetConfiguration", {"key": list() as keys}:
                return GetConfiguration(tuple(str(k) for k in keys))
            case "GetConfiguration", _:
                return GetConfiguration()
            case "ChangeConfiguration", {"key": str() as key, "value": str() as value}:
                return ChangeConfiguration(key, value)
            case "RemoteStartTransaction", {"idTag": str() as tag, "connectorId": int() as connector}:
                return RemoteStart(tag, connector)
            case "RemoteStopTransaction", {"transactionId": int() as number}:
                return RemoteStop(number)
        raise InvalidPayload("", "does not fit")

    def why_not(self, charger_id: str, operation: Operation) -> str | None:
        return why_not(self.core.fleet.chargers[charger_id], operation)

    def preview(self, charger_id: str, operation: Operation) -> str:
        return f'[2,"…","{operation.name}",{{}}]'

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        self.asked.append((charger_id, operation, operator))
        self.was_asked.set()
        command = Command(len(self.commands) + 1, charger_id, operation, operator, T0)
        self.commands.append(command)
        blocked = self.why_not(charger_id, operation)
        if blocked is not None:
            command.state, command.error = CommandState.BLOCKED, blocked
            return command
        command.state, command.sent_at, command.message_id = CommandState.SENT, T0 + 1, "m-1"
        if not self.never_answers:
            reply = self.reply
            command.state, command.status, command.response = reply.state, reply.status, reply.response
            command.error, command.items, command.facts = reply.error, reply.items, reply.facts
            command.answered_at, command.latency_ms = T0 + 43, 42
            command.steps = [Step("sent", StepState.DONE, T0 + 1), Step("BootNotification")]
        return command

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        command = self.submit(charger_id, operation, operator)
        if not command.is_answered:
            await asyncio.sleep(wait)
        return command

    # history

    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        found = [*self.open_faults(), *([] if open_only else self.cleared)]
        return [f for f in found if charger_id in ("", f.charger_id) and (before is None or f.fault_id < before)][
            :limit
        ]

    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        running = [t for c in self.core.fleet.chargers.values() for t in c.open_transactions()]
        ended = [t for kept in self.core.fleet.ended.values() for t in kept]
        found = sorted((*running, *ended), key=lambda t: -t.transaction_id)
        return [
            t
            for t in found
            if state in ("", t.state)
            and charger_id in ("", t.charger_id)
            and (before is None or t.transaction_id < before)
        ][:limit]

    async def find_frames(self, wanted: FrameQuery) -> list[tuple[int, Frame]]:
        return [
            (i, f)
            for i, f in reversed(self.frames)
            if wanted.charger_id in ("", f.charger_id)
            and wanted.action in ("", f.action)
            and wanted.direction in ("", f.direction)
            and (wanted.before is None or i < wanted.before)
            and (wanted.since is None or f.at >= wanted.since)
            and (wanted.until is None or f.at <= wanted.until)
        ][: wanted.limit]

    @property
    def access(self) -> SiteAccess:
        return SiteAccess(self.core, _NoLinks(), self.execute, self.flush, lambda: T0)

    async def find_reservations(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[Reservation]:
        found = [r for c in self.chargers.values() for r in c.reservations.values()]
        return [r for r in found if charger_id in ("", r.charger_id) and (until is None or r.made_at <= until)][:limit]

    async def find_security_events(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[tuple[int, SecurityEvent]]:
        found = enumerate(self.security_events, 1)
        fit = [(n, e) for n, e in found if charger_id in ("", e.charger_id) and (before is None or n < before)]
        return fit[::-1][:limit]

    async def find_certificate_requests(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[CertificateRequest]:
        found = [r for r in self.certificate_requests if until is None or r.at <= until]
        return [r for r in found if charger_id in ("", r.charger_id)][:limit]

    async def find_commands(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Command]:
        found = [c for c in reversed(self.commands) if before is None or c.command_id < before]
        return [c for c in found if charger_id in ("", c.charger_id)][:limit]

    async def flush(self) -> bool:
        return self.is_durable


class _NoLinks:
    """The links of a depot that has none: `server.core.ports.Sender`."""

    def __init__(self) -> None:
        self.disconnected: list[str] = []

    async def call(self, charger_id: str, operation: Operation, timeout: float, command: Command) -> Reply:
        return ACCEPTED

    def preview(self, charger_id: str, operation: Operation) -> str:
        return ""

    def parse(self, action: str, payload: dict[str, object]) -> Operation:
        return GetConfiguration()

    def actions(self) -> list[str]:
        return []

    def disconnect(self, charger_id: str, reason: str) -> None:
        self.disconnected.append(charger_id)


def living_depot() -> FakeDepot:
    """CP-01 charges on connector 1 and has a ground failure on 2; CP-02 is offline; CP-NEW waits for adoption."""
    depot = FakeDepot()
    core = depot.core
    for charger_id in ("CP-01", "CP-02", "CP-NEW"):
        core.connected(Connected(charger_id, T0, "10.0.4.13:50512", "1.6"))
        if charger_id != "CP-NEW":
            core.adopt(core.fleet.chargers[charger_id], T0)
        core.booted(Booted(charger_id, T0, "Volt & Söhne", "AC22", "S-1", "1.4.2"))
    depot.put_tag(IdTag("AB12CD", note="front desk"))
    core.doctor.failed(T0, "10.0.4.13:50512", "CP-99", Cause.NO_PASSWORD, "no Authorization", "Set a password.")
    core.peculiar.note(core.fleet.chargers["CP-02"], T0, "WS-05", "no subprotocol", "GET /CP-02")
    core.status_reported(StatusReported("CP-01", T0, 1, ConnectorStatus.CHARGING))
    core.transaction_started(TransactionStarted("CP-01", T0, 1, "AB12CD", 12_000))
    sample = MeterSample(T0 + 60_000, energy_wh=15_500, power_w=11_040, current_ma=16_000, voltage_mv=230_000)
    core.meter_reported(MeterReported("CP-01", T0 + 60_000, 1, 1, (sample,)))
    core.status_reported(
        StatusReported("CP-01", T0, 2, ConnectorStatus.FAULTED, "GroundFailure", "com.volt", "E042", "RCD tripped")
    )
    core.status_reported(StatusReported("CP-02", T0, 1, ConnectorStatus.PREPARING))
    core.transaction_started(TransactionStarted("CP-02", T0, 1, "AB12CD", 1_000))
    core.transaction_stopped(TransactionStopped("CP-02", T0 + 3_600_000, 2, 8_400, reason="EVDisconnected"))
    core.disconnected(Disconnected("CP-02", T0 + 3_600_000, "link closed by the charger (1001)"))
    core.jobs.reported(JobReported("CP-01", T0, JobKind.FIRMWARE, "Installing", 7))
    depot.security_events.append(SecurityEvent("CP-01", T0, "TamperDetectionActivated", "door", T0 - 500))
    depot.certificate_requests.append(CertificateRequest("CP-01", T0, "-----BEGIN CERTIFICATE REQUEST-----", False))
    limits = ChargingSchedule(RateUnit.AMPERE, (SchedulePeriod(0, 160), SchedulePeriod(3600, 85, 1)))
    default = ChargingProfile(7, 0, ProfilePurpose.TX_DEFAULT, "Absolute", limits)
    profiles.installed(core.bus, core.fleet.chargers["CP-01"], SetChargingProfile(1, default), T0)
    profiles.told(core.bus, core.fleet.chargers["CP-01"], 1, limits, T0)
    reserved = ReserveNow(2, "AB12CD", T0 + 10 * 365 * 86_400_000, 77)
    reservations.made(core.bus, core.fleet.chargers["CP-01"], reserved, T0, T0)
    core.files.open(FileKind.UPLOAD, "canary-place", T0, T0 + 3_600_000, charger_id="CP-01")
    depot.frames = [
        (1, Frame(T0, 1, "CP-01", "in", "Heartbeat", "m1", '[2,"m1","Heartbeat",{}]')),
        (2, Frame(T0 + 5, 1, "CP-01", "out", "Heartbeat", "m1", '[3,"m1",{"currentTime":"…"}]', "HB-03,WS-05")),
        (3, Frame(T0 + 9, 1, "CP-01", "in", "", "", b"\x00\xff\x9b[31m")),
    ]
    return depot
