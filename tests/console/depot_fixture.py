"""The depot of the pictures: 24 chargers, 48 connectors, one moment. A site in memory, for tests and for looking at it.

`DepotFixture` has the members of `server.site.Site` that the console uses. Its state is a real `Core` and a real
`LogRing`; only the database and the chargers' links are missing. The clock stands at 10:42:07.
"""

from __future__ import annotations

import time
from pathlib import Path

from server import quirks
from server.api.drop import Drop
from server.config import Config
from server.core.core import Core, Policy
from server.core.logring import LogRing
from server.links.registry import Links
from server.links.report import Reporter
from server.model.charger import Charger, Connector
from server.model.command import (
    Command,
    CommandState,
    Operation,
    Step,
    StepState,
)
from server.model.event import EventKind
from server.model.fault import Fault
from server.model.guards import why_not
from server.model.health import Health
from server.model.log import Frame, FrameQuery
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus, Registration, Severity, TagStatus
from server.model.tag import IdTag
from server.model.transaction import Transaction
from tests.console import depot_history, depot_rows, depot_told
from tests.memory_depot import MemoryDepot

NOW = round(time.mktime((2026, 11, 21, 10, 42, 7, 0, 0, -1)) * 1000)
SECOND, MINUTE, HOUR, DAY = 1_000, 60_000, 3_600_000, 86_400_000


class DepotFixture(MemoryDepot):
    """See the module. `tick(ms)` moves the clock; the rest is what the site offers."""

    def __init__(self, chargers: list[Charger] | None = None) -> None:
        self.config = Config()
        self.config.site.name = "depot-nord"
        self.config.site.power_limit_kw = 400
        snapshot = Snapshot(
            chargers=depot_rows.chargers(NOW) if chargers is None else chargers,
            tags=[IdTag(tag) for tag in ("A1B2C3", "C0FFEE", "F00D01")],
            last_charger_key=500,
            last_transaction_id=998,
            last_fault_id=1843,
            energy_today_wh=412_000,
            deviations=depot_told.deviations(NOW),
            jobs=list(reversed(depot_told.jobs(NOW))),
        )
        if chargers is None:
            depot_told.plan(snapshot.chargers[15], NOW)
        super().__init__(Core(Policy(), snapshot, LogRing(), quirks=quirks.load()), NOW)
        self.health = Health(
            started_at=NOW - 3 * DAY,
            loop_lag_ms=4,
            commit_ms=3,
            terminals=["ana", "tom"],
            ocpp_url="ws://10.0.0.5:9220",
        )
        self._links = Links(self.config.ocpp, self.core, 60.0, Reporter(self.core, self.health))  # for previews alone
        self.drop = Drop(  # never opened, but with the port that it would have
            self.config.drop, "0.0.0.0", "10.0.0.5", Path("/nowhere"), self.core.files, self.log, self.now, _durable
        )
        self.drop.port = 9222
        self.commands = depot_rows.commands(NOW)
        depot_rows.write_log(self.log, NOW)

    def tick(self, ms: int) -> None:
        self._now += ms

    # operations

    def why_not(self, charger_id: str, operation: Operation) -> str | None:
        charger = self.find_charger(charger_id)
        return "no such charger" if charger is None else why_not(charger, self.drop.shown(operation))

    def parse_operation(self, action: str, payload: dict[str, object]) -> Operation:
        return self._links.parse(action, payload)

    def preview(self, charger_id: str, operation: Operation) -> str:
        return self._links.preview(charger_id, self.drop.shown(operation))

    def submit(self, charger_id: str, operation: Operation, operator: str) -> Command:
        """A command that is sent and stays unanswered, unless the guard says no. Tests move it on."""
        reason = self.why_not(charger_id, operation)
        operation, place = self.drop.fill(charger_id, operation)
        command = Command(
            len(self.commands) + 512,
            charger_id,
            operation,
            operator,
            self._now,
            state=CommandState.BLOCKED if reason else CommandState.SENT,
            sent_at=self._now,
            error=reason or "",
            steps=[Step("sent", StepState.DONE, self._now), Step("accepted", StepState.RUNNING)],
        )
        self.commands.append(command)
        self.drop.told(place, command)
        self.core.bus.emit(EventKind.COMMAND_CHANGED, self._now, charger_id, command)
        return command

    async def execute(self, charger_id: str, operation: Operation, operator: str, wait: float = 30.0) -> Command:
        return self.submit(charger_id, operation, operator)

    # what is peculiar about chargers, and what they told

    async def find_security_events(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[tuple[int, SecurityEvent]]:
        return [(i, event) for i, event in enumerate(depot_told.security_events(NOW), 1)]

    async def find_reservations(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[Reservation]:
        return depot_told.reservations(NOW)

    # tags and history: what is in memory

    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        cleared = [] if open_only else depot_history.cleared_faults(NOW)
        return [f for f in (*self.open_faults(), *cleared) if charger_id in ("", f.charger_id)][:limit]

    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        found = [t for c in self.chargers.values() for t in c.open_transactions()]
        found = [t for t in (*found, *depot_history.ended(NOW)) if charger_id in ("", t.charger_id)]
        found = [t for t in found if state in ("", t.state) and (before is None or t.transaction_id < before)]
        return sorted(found, key=lambda t: -t.transaction_id)[:limit]

    async def find_frames(self, wanted: FrameQuery) -> list[tuple[int, Frame]]:
        return []

    async def find_commands(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Command]:
        found = [*reversed(self.commands), *depot_history.commands(NOW)]
        return [c for c in found if charger_id in ("", c.charger_id)][:limit]


async def _durable() -> bool:
    return True


def many_chargers(count: int) -> list[Charger]:
    """`count` chargers with two connectors, every third one charging: for measuring."""
    found = []
    for n in range(1, count + 1):
        charger = Charger(f"CP-{n:04}", n, Registration.ACCEPTED, vendor="Alfen", model="NG910", online=True)
        charger.main = Connector(charger.charger_id, 0, ConnectorStatus.AVAILABLE)
        charger.online_at, charger.seen_at = NOW - DAY, NOW - n % 60 * SECOND
        for number in (1, 2):
            connector = Connector(charger.charger_id, number, ConnectorStatus.AVAILABLE, NOW - HOUR, rated_w=22_000)
            charger.connectors[number] = connector
            if (n + number) % 3 == 0:
                connector.status, connector.power_w = ConnectorStatus.CHARGING, 7_000 + n * 37 % 15_000
                connector.transaction = Transaction(
                    n * 2 + number,
                    charger.charger_id,
                    number,
                    f"TAG{n:05}",
                    TagStatus.ACCEPTED,
                    NOW - HOUR,
                    NOW - HOUR,
                    0,
                    energy_wh=n * 100,
                )
        found.append(charger)
    return found


def fault_on(charger: Charger, connector_id: int, code: str, severity: Severity = Severity.FAULT) -> Fault:
    """Put an open fault on a connector (0 = the main controller), open for a minute."""
    connector = charger.connector(connector_id)
    assert connector is not None
    fault = Fault(9_000 + connector_id, charger.charger_id, connector_id, code, severity, NOW - MINUTE, NOW - MINUTE)
    if severity is Severity.FAULT:
        connector.fault, connector.status, connector.error_code = fault, ConnectorStatus.FAULTED, code
    else:
        connector.warning, connector.error_code = fault, code
    return fault
