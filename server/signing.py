"""Chargers that ask for a certificate get one, where the key of the depot's CA is here (SEC-12)."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable
from datetime import UTC, datetime

from server.config import SecuritySettings
from server.core.core import Core
from server.core.ports import CannotStart
from server.core.tasks import TaskOwner
from server.model.certificate import CertificateRequest
from server.model.charger import Charger
from server.model.command import Command, Operation
from server.model.event import Event, EventKind
from server.model.operations import CertificateSigned
from server.pki.folder import read_ca
from server.pki.making import CannotMake, Made
from server.pki.requests import sign, why_not_sign

log = logging.getLogger("ocpp_console.certificates")

OPERATOR = "server"  #: who asked, in the journal of operations
#: Between the answer and the certificate: a charger must have understood that it is to come.
LATER_S = 1.0

Submit = Callable[[str, Operation, str], Command]


class Signing:
    """Listener of the bus. `submit` is that of the desk: every certificate that is sent is in its journal."""

    def __init__(self, ca: Made, organization: str, core: Core, submit: Submit) -> None:
        self._ca = ca
        self._organization = organization
        self._core = core
        self._submit = submit
        self._tasks = TaskOwner("certificates")
        self._waiting: dict[str, asyncio.Task[None]] = {}  #: by charger: only its newest request counts
        core.why_not_sign = lambda charger, csr: why_not_sign(csr, (charger.charger_id, charger.serial))
        self._unlisten = core.bus.listen(self._on_event, EventKind.CERTIFICATE_REQUESTED)

    async def close(self) -> None:
        self._unlisten()
        await self._tasks.close()

    def _on_event(self, event: Event) -> None:
        request = event.subject
        if not isinstance(request, CertificateRequest):
            return
        charger = self._core.fleet.find(request.charger_id)
        if charger is None or not request.is_accepted:
            return
        if (before := self._waiting.get(charger.charger_id)) is not None:
            before.cancel()
        task = self._waiting[charger.charger_id] = self._tasks.spawn(self._answer(charger, request.csr), "sign")
        task.add_done_callback(lambda done: self._over(charger.charger_id, done))

    def _over(self, charger_id: str, task: asyncio.Task[None]) -> None:
        if self._waiting.get(charger_id) is task:
            del self._waiting[charger_id]

    async def _answer(self, charger: Charger, csr: str) -> None:
        try:
            await asyncio.sleep(LATER_S)
            names = (charger.charger_id, charger.serial)
            pem = await asyncio.to_thread(sign, self._ca, csr, names, self._organization, datetime.now(UTC))
        except CannotMake as error:  # the CA itself has ended
            log.error("no certificate for %s: %s", charger.charger_id, error)
            return
        if charger.online:
            self._submit(charger.charger_id, CertificateSigned(pem), OPERATOR)


async def read(settings: SecuritySettings) -> Made:
    """The CA that signs. `CannotStart` when it cannot be used."""
    try:
        return await asyncio.to_thread(read_ca, settings.client_ca, settings.client_ca_key)
    except CannotMake as error:
        raise CannotStart(f"security.client_ca_key: {error}") from error
