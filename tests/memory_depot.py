"""A site without database and links: a real core, and what the live half of `server.core.ports.Depot` reads of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

from server.core.core import Core
from server.core.logring import LogRing
from server.model.charger import Charger
from server.model.command import ChangeConfiguration, Command, GetConfiguration, RemoteStart, RemoteStop, Reset
from server.model.connection import ConnectionAttempt
from server.model.deviation import Deviation
from server.model.event import Event, EventKind
from server.model.fault import Fault
from server.model.health import Totals
from server.model.job import Job
from server.model.options import OptionChange
from server.model.tag import IdTag


class MemoryDepot:
    """Subclasses say what a command becomes, and what the history holds. `at`: what its clock shows, ms."""

    def __init__(self, core: Core, at: int) -> None:
        self.core = core
        self._now = at
        self.commands: list[Command] = []  #: oldest first

    def now(self) -> int:
        return self._now

    @property
    def chargers(self) -> Mapping[str, Charger]:
        return self.core.fleet.chargers

    @property
    def log(self) -> LogRing:
        return self.core.log

    @property
    def totals(self) -> Totals:
        return self.core.fleet.totals()

    @property
    def connections(self) -> Sequence[ConnectionAttempt]:
        return self.core.doctor.attempts

    def listen(self, listener: Callable[[Event], None], *kinds: EventKind) -> Callable[[], None]:
        return self.core.bus.listen(listener, *kinds)

    def open_faults(self) -> list[Fault]:
        return self.core.fleet.open_faults()

    def find_charger(self, charger_id: str) -> Charger | None:
        return self.core.fleet.find(charger_id)

    def actions(self) -> list[str]:
        return [o.name for o in (Reset, GetConfiguration, ChangeConfiguration, RemoteStart, RemoteStop)]

    def adopt(self, charger_id: str, operator: str) -> None:
        self.core.adopt(self.core.fleet.chargers[charger_id], self._now)

    def acknowledge(self, fault_id: int, operator: str, note: str = "") -> Fault | None:
        for fault in self.open_faults():
            if fault.fault_id == fault_id:
                self.core.acknowledge(fault, operator, note, self._now)
                return fault
        return None

    def deviations(self, charger_id: str = "", limit: int = 1_000) -> list[Deviation]:
        return self.core.peculiar.ledger.lines(charger_id, limit)

    def change_options(self, charger_id: str, changes: Sequence[OptionChange], operator: str) -> None:
        self.core.peculiar.change_options(self.core.fleet.chargers[charger_id], changes, operator, self._now)

    def tags(self) -> list[IdTag]:
        return self.core.fleet.tags()

    def find_tag(self, id_tag: str) -> IdTag | None:
        return self.core.fleet.find_tag(id_tag)

    def put_tag(self, tag: IdTag) -> None:
        self.core.put_tag(tag, self._now)

    def remove_tag(self, id_tag: str) -> bool:
        return self.core.remove_tag(id_tag, self._now)

    async def find_connections(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[ConnectionAttempt]:
        found = [a for a in self.connections if charger_id in ("", a.charger_id)]
        if before is not None:
            found = sorted((a for a in found if a.attempt_id < before), key=lambda a: -a.attempt_id)
        return found[:limit]

    async def find_jobs(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Job]:
        return [j for j in self.core.jobs.of(charger_id) if before is None or j.job_id < before][:limit]

    async def find_command(self, command_id: int) -> Command | None:
        return next((c for c in self.commands if c.command_id == command_id), None)
