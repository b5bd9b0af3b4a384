"""What is asked of the database, made whole with what is at hand: the live state knows more than the disk."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from server.core.core import Core
from server.model.certificate import CertificateRequest
from server.model.command import Command
from server.model.connection import ConnectionAttempt
from server.model.fault import Fault
from server.model.job import Job
from server.model.log import Frame, FrameQuery
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent
from server.model.status import TransactionState
from server.model.transaction import Transaction

if TYPE_CHECKING:
    from server.operations.desk import Desk
    from server.store.store import Store


SETTLE_S = 0.5  #: rows that nobody waits for are written within a tenth of a second


class SiteHistory:
    """The half of `server.core.ports.Depot` that waits for the disk."""

    def __init__(self, core: Core, store: Store, desk: Desk) -> None:
        self._core = core
        self._store = store
        self._desk = desk

    async def find_faults(
        self, charger_id: str = "", open_only: bool = False, limit: int = 200, before: int | None = None
    ) -> list[Fault]:
        if open_only:  # the live state knows more than the disk
            found = [f for f in self._core.fleet.open_faults() if not charger_id or f.charger_id == charger_id]
            return [f for f in found if before is None or f.fault_id < before][:limit]
        await self._settle()
        return await self._store.find_faults(charger_id, open_only, limit, before)

    async def find_transactions(
        self, state: str = "", charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[Transaction]:
        """Newest first. Open ones carry their live energy; when the disk takes nothing, those at hand are there too."""
        is_settled = await self._settle()
        found = await self._store.find_transactions(state, charger_id, limit, before)
        if not is_settled and state in ("", TransactionState.ONGOING):
            known = {t.transaction_id for t in found}
            asked = [c for c in self._core.fleet.chargers.values() if charger_id in ("", c.charger_id)]
            new = [t for c in asked for t in c.open_transactions() if t.transaction_id not in known]
            found += [t for t in new if before is None or t.transaction_id < before]
            found = sorted(found, key=lambda t: t.transaction_id, reverse=True)[:limit]
        chargers = [self._core.fleet.chargers.get(charger_id) for charger_id in {t.charger_id for t in found}]
        live = {t.transaction_id: t for c in chargers if c is not None for t in c.open_transactions()}
        return [live.get(t.transaction_id, t) for t in found]

    async def find_frames(self, wanted: FrameQuery) -> list[tuple[int, Frame]]:
        await self._settle()
        return await self._store.find_frames(wanted)

    async def find_commands(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Command]:
        """Newest first; those at hand are as they are now."""
        mine = [c for c in self._desk.commands if charger_id in ("", c.charger_id)]
        live = {c.command_id: c for c in mine if before is None or c.command_id < before}
        stored = {c.command_id: c for c in await self._store.find_commands(charger_id, limit, before)}
        return [command for _, command in sorted((stored | live).items(), reverse=True)][:limit]

    async def find_connections(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[ConnectionAttempt]:
        """Those at hand are as they are now, and come first: the one seen last before the others. `before`: by id."""
        wanted = charger_id.casefold()
        live = [a for a in self._core.doctor.attempts if not wanted or a.charger_id.casefold() == wanted]
        if before is not None:
            now = {a.attempt_id: a for a in live if a.attempt_id < before}
            stored = {a.attempt_id: a for a in await self._store.find_connections(charger_id, limit, before)}
            return [a for _, a in sorted((stored | now).items(), reverse=True)][:limit]
        if len(live) >= limit:
            return live[:limit]
        known = {a.attempt_id for a in live}
        older = [a for a in await self._store.find_connections(charger_id, limit) if a.attempt_id not in known]
        return [*live, *older][:limit]

    async def find_jobs(self, charger_id: str = "", limit: int = 100, before: int | None = None) -> list[Job]:
        """Newest first; those at hand are as they are now."""
        live = {job.job_id: job for job in self._core.jobs.of(charger_id) if before is None or job.job_id < before}
        stored = {job.job_id: job for job in await self._store.find_jobs(charger_id, limit, before)}
        return [job for _, job in sorted((stored | live).items(), reverse=True)][:limit]

    async def find_reservations(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[Reservation]:
        """Newest first."""
        await self._settle()
        return await self._store.find_reservations(charger_id, limit, until)

    async def find_security_events(
        self, charger_id: str = "", limit: int = 100, before: int | None = None
    ) -> list[tuple[int, SecurityEvent]]:
        await self._settle()
        return await self._store.find_security_events(charger_id, limit, before)

    async def find_certificate_requests(
        self, charger_id: str = "", limit: int = 100, until: int | None = None
    ) -> list[CertificateRequest]:
        await self._settle()
        return await self._store.find_certificate_requests(charger_id, limit, until)

    async def find_command(self, command_id: int) -> Command | None:
        for command in reversed(self._desk.commands):
            if command.command_id == command_id:
                return command
        return await self._store.find_command(command_id)

    async def _settle(self) -> bool:
        """Before the disk is read: what has happened until now must be on it. False: it is in trouble."""
        try:
            return await asyncio.wait_for(self.flush(), SETTLE_S)
        except TimeoutError:
            return False

    async def flush(self) -> bool:
        durable = asyncio.get_running_loop().create_future()

        def done(ok: bool) -> None:
            if not durable.done():
                durable.set_result(ok)

        self._store.after_commit(done)
        return bool(await durable)
