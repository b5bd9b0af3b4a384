"""Chargers that ask for a certificate get one, where the key of the depot's CA is here (SEC-12).

It is good for the charger that has asked, and nobody else (T1): the server writes the charger's id into it, because
the CN may be a serial number, which is what a charger says of itself. Whose link proves nothing, neither by a password
nor by a certificate, gets one only when an operator has asked that very link for its request: this is how a charger
comes from profile 0 to 3, and an operator answers for who is at the other end.
"""

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
from server.model.command import Command, CommandState, Operation
from server.model.event import Event, EventKind
from server.model.operations import CertificateSigned, ExtendedTriggerMessage
from server.model.status import Registration
from server.pki.folder import read_ca
from server.pki.making import CannotMake, Made
from server.pki.requests import name_in, sign, why_not_sign

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
        self._vouched: dict[str, int] = {}  #: by charger: since when the link stands that an operator has asked
        core.why_not_sign = self._why_not
        self._unlisten = core.bus.listen(
            self._on_event, EventKind.CERTIFICATE_REQUESTED, EventKind.COMMAND_CHANGED, EventKind.CHARGER_DISCONNECTED
        )

    async def close(self) -> None:
        self._unlisten()
        await self._tasks.close()

    def _on_event(self, event: Event) -> None:
        request = event.subject
        if isinstance(request, Command):
            self._asked(request)
        elif event.kind is EventKind.CHARGER_DISCONNECTED:
            self._vouched.pop(event.charger_id, None)
        elif isinstance(request, CertificateRequest) and request.is_accepted:
            self._accepted(request)

    def _asked(self, command: Command) -> None:
        """An operator asks a charger for its request."""
        wanted, charger = command.operation, self._core.fleet.find(command.charger_id)
        is_asked = isinstance(wanted, ExtendedTriggerMessage) and wanted.message == "SignChargePointCertificate"
        if is_asked and command.state is CommandState.SENT and charger is not None:
            self._vouched[charger.charger_id] = charger.online_at

    def _why_not(self, charger: Charger, csr: str) -> str:
        """The reason why this charger gets no certificate for `csr`, as a sentence part; "" when it does."""
        if not charger.link_profile and self._vouched.get(charger.charger_id) != charger.online_at:
            return (
                "its link proves nothing: give it a password (chargers set-password), or ask it yourself"
                " (ExtendedTriggerMessage SignChargePointCertificate)"
            )
        if why_not := why_not_sign(csr, (charger.charger_id, charger.serial)):
            return why_not
        name = name_in(csr)
        if name.casefold() != charger.charger_id.casefold() and self._is_of_another(charger, name):
            return f"its CN is {name!a}, the id or serial number of another charger too"
        return ""

    def _is_of_another(self, charger: Charger, name: str) -> bool:
        wanted = name.casefold()
        return any(
            wanted in (other.charger_id.casefold(), other.serial.casefold())
            for other in self._core.fleet.chargers.values()
            if other is not charger and other.registration is Registration.ACCEPTED
        )

    def _accepted(self, request: CertificateRequest) -> None:
        charger = self._core.fleet.find(request.charger_id)
        if charger is None:
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
            names, now = (charger.charger_id, charger.serial), datetime.now(UTC)
            pem = await asyncio.to_thread(sign, self._ca, csr, charger.charger_id, names, self._organization, now)
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
