"""The OCPP ports, plain and TLS: accept chargers, refuse everything else with one sentence and one line."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import ssl
from collections.abc import Callable
from functools import partial
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from server.config import OcppSettings, SecuritySettings
from server.core import roster
from server.core.core import Core
from server.core.ports import Durability
from server.core.tasks import TaskOwner
from server.links import handshake
from server.links.connection import ChargerConnection
from server.links.doorstep import Doorstep
from server.links.gate import Gate
from server.links.handshake import Admission
from server.links.limits import Waiting, address_of
from server.links.link import Link, now_ms
from server.links.odd_requests import odd_request
from server.links.ports import ListenError, number_of, open_port
from server.links.registry import STUCK_AFTER, Links
from server.links.report import Reporter
from server.links.tls import ServerTls
from server.links.v16.routing import DIALECT
from server.model.charger import Charger
from server.model.connection import Cause
from server.model.event import Event, EventKind
from server.model.health import Health
from server.model.log import Level
from server.model.observation import Connected, Disconnected
from server.model.status import Registration

#: Seconds for a whole handshake (T8), and for all links to close when the server stops.
OPEN_TIMEOUT = 10.0
STOP_TIMEOUT = 2.0
OF_NEWCOMER = (2, 60)  #: frames a second, and at once, of a charger that nobody has let in

#: For tracebacks of our own bugs.
log = logging.getLogger(__name__)


class Listener:
    """`async with Listener(...)` accepts chargers from entry to exit. `links` sends to them."""

    def __init__(
        self,
        settings: OcppSettings,
        core: Core,
        durability: Durability,
        health: Health,
        stuck_after: float = STUCK_AFTER,
        security: SecuritySettings | None = None,
    ) -> None:
        self.settings = settings
        self.security = security or SecuritySettings()
        self.report = Reporter(core, health)
        self.links = Links(settings, core, stuck_after, self.report)
        self.port = settings.port
        self.tls_port: int | None = None  #: None = no certificate, no TLS
        self.legacy_tls_port: int | None = None
        self._gate = Gate(self.security, core, self.links)
        self._tls: ServerTls | None = None
        self._core = core
        self._durability = durability
        self._health = health
        self._tasks = TaskOwner("links")
        self._connections: set[ChargerConnection] = set()
        self._waiting: Waiting[ChargerConnection | Doorstep] = Waiting()
        self._servers: list[Server] = []
        self._unlisten: Callable[[], None] = lambda: None

    @property
    def host(self) -> str:
        return self.settings.host

    async def __aenter__(self) -> Self:
        if self.security.problem:
            raise ListenError(self.security.problem)
        self._tls = ServerTls(self.security) if self.security.has_tls else None
        try:
            self.port = await self._listen(self.settings.port, "--port", self._plain)
            if self._tls is not None:
                self.tls_port = await self._listen(self.security.tls_port, "--tls-port", partial(self._doorstep, False))
                if (legacy := self.security.legacy_tls_port) is not None:
                    self.legacy_tls_port = await self._listen(
                        legacy, "security.legacy_tls_port", partial(self._doorstep, True)
                    )
                self._tasks.spawn(self._tls.watch(), "certificate")
        except ListenError:
            await self._stop_listening()
            raise
        self._tasks.spawn(self.links.sweep(), "sweep")
        self._unlisten = self._core.bus.listen(self._on_boot, EventKind.CHARGER_BOOTED)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye to every charger, then cut what has not gone within `STOP_TIMEOUT`."""
        self._unlisten()
        for server in self._servers:
            server.close(close_connections=False)
        self.links.finish_all(1001, "the server stops")
        deadline = asyncio.get_running_loop().time() + STOP_TIMEOUT
        for waiting in list(self._waiting):
            waiting.give_up(Cause.SERVER_ERROR, "the server stops")
        for connection in list(self._connections):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await connection.wait_closed()
        for connection in list(self._connections):
            connection.transport.abort()
        await self._stop_listening()
        self._gate.close()
        await self._tasks.close()

    async def _listen(self, port: int, option: str, factory: Callable[..., Any]) -> int:
        """Open one port; the answer is its number. `ListenError` when it cannot be had."""
        server = await open_port(
            self.settings.host,
            port,
            option,
            self._stay,
            process_request=self._process_request,
            process_response=self._process_response,
            select_subprotocol=_chosen,
            create_connection=factory,
            max_size=self.settings.max_frame_bytes,
            open_timeout=OPEN_TIMEOUT,
            close_timeout=STOP_TIMEOUT,
        )
        self._servers.append(server)
        return number_of(server)

    async def _stop_listening(self) -> None:
        for server in self._servers:
            server.close(close_connections=False)
            await server.wait_closed()

    def _plain(self, *arguments: Any, **options: Any) -> ChargerConnection:
        return ChargerConnection(*arguments, listener=self, **options)

    def _doorstep(self, is_legacy: bool, *arguments: Any, **options: Any) -> Doorstep:
        tls = self._tls
        assert tls is not None, "the TLS ports are open only with a certificate"

        def context() -> ssl.SSLContext:  # of now: it is renewed
            return tls.legacy_context if is_legacy else tls.context

        return Doorstep(self._plain(*arguments, **options), self, context, self._tasks)

    async def tls_host(self, host: str) -> str:
        """The name to dial on the TLS port of a server that is reached as `host`."""
        return await self._tls.host_for(host) if self._tls is not None else host

    async def reload_certificate(self) -> bool:
        """Read certificate and key anew; False when there are none, or the old ones stay."""
        return self._tls is not None and await self._tls.reload()

    # handshake

    async def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        assert isinstance(connection, ChargerConnection)
        try:
            connection.admission = await self._gate.admit(connection, request)
        except handshake.Refusal as refusal:
            connection.refusal = (refusal.cause, refusal.detail)
            return handshake.answer_to(connection, refusal)
        except Exception as failure:
            log.error("a handshake of %s failed", connection.peer, exc_info=failure)
            connection.refusal = (Cause.SERVER_ERROR, type(failure).__name__)
            return connection.respond(500, "The server failed on this.\n")
        return None

    def _process_response(self, connection: ServerConnection, request: Request, response: Response) -> Response | None:
        """The handshake is good: let the core decide, and put the link in place before the first frame."""
        assert isinstance(connection, ChargerConnection)
        admission = connection.admission
        if response.status_code != 101 or admission is None:
            return None
        if connection.protocol.state is not State.CONNECTING:
            return None  # it was lost meanwhile
        at = now_ms()
        charger = self._core.connected(
            Connected(
                admission.identity,
                at,
                connection.peer,
                DIALECT.version,
                connection.is_secure,
                admission.subprotocol,
                admission.proven,  # for the rest see `_on_boot`
            )
        )
        if charger is None:
            connection.refusal = (Cause.UNKNOWN, "unknown charger")
            return connection.respond(404, "This server does not know this charger.\n")
        self._waiting.left(connection)
        self._link(connection, admission, charger, at, f"GET {request.path.partition('?')[0]}")
        return None

    def _link(self, connection: ChargerConnection, admission: Admission, charger: Charger, at: int, asked: str) -> None:
        """From now on `connection` is the link of `charger`; what was odd about its handshake is noted."""
        for deviation in admission.deviations:
            rule, _, detail = deviation.partition(":")
            self._core.peculiar.note(charger, at, rule, detail, asked)
        connection.link = Link(
            charger,
            connection,
            DIALECT,
            self._core,
            self._durability,
            self._health,
            lambda: self.links.on_late,
            self.links.replays(charger.charger_id),
        )
        self.links.add(connection)
        if charger.registration is not Registration.ACCEPTED:
            connection.slow_down(*OF_NEWCOMER)
        connection.attempt = self.report.connected(
            connection.peer, charger.charger_id, admission.profile, admission.oddities
        )
        told = (connection.peer, DIALECT.version, "".join(f"; {oddity}" for oddity in admission.oddities))
        self._core.log.add(at, Level.INFO, charger.charger_id, "", "link", "connected from %s, OCPP %s%s", told)

    def _on_boot(self, event: Event) -> None:
        """SEC-11: the serial number that a charger boots with must be the one in its certificate.

        Only then it is proven, and counts as what it must come with from now on.
        """
        if not isinstance(event.subject, Charger):
            return
        charger, connection = event.subject, self.links.connection_of(event.charger_id)
        admission = connection.admission if connection is not None else None
        if connection is None or admission is None or not admission.certificate_name:
            return
        if admission.certificate_name.casefold() == charger.serial.casefold():
            roster.proven(self._core, charger, event.at, admission.profile)
            return
        detail = (
            f"it booted as serial number {charger.serial!a}, its certificate is that of {admission.certificate_name!a}"
        )
        self.report.noticed(connection.peer, event.charger_id, Cause.CERTIFICATE, detail)
        connection.loop.call_soon(connection.finish, 1008, "the certificate is that of another charger")

    async def _stay(self, connection: ServerConnection) -> None:
        """`websockets` ends a connection when its handler returns: all work is done in `process_event`."""
        await connection.wait_closed()

    # connections come and go

    def opened(self, connection: ChargerConnection) -> None:
        self._connections.add(connection)
        self.arrived(connection)

    def closed(self, connection: ChargerConnection) -> None:
        self._connections.discard(connection)
        waited = connection.loop.time() - self._waiting.left(connection)
        link = connection.link
        if link is None:
            cause, detail = connection.refusal or odd_request(connection, waited >= OPEN_TIMEOUT)
            identity = connection.admission.identity if connection.admission else handshake.id_in(connection.request)
            if cause is Cause.PLAIN_HTTP:
                identity = ""  # the path of a page, not the id of a charger
            self.report.refused(connection.peer, identity, cause, detail)
            return
        reason = connection.loss_reason()
        link.end(reason, by_us=bool(connection.end_reason))
        if connection.attempt is not None:
            self.report.ended(connection.attempt, connection.peer, reason)
        if connection.loss_cause is not None:
            self.report.noticed(connection.peer, link.charger.charger_id, connection.loss_cause, reason)
        if self.links.remove(connection):
            self._core.disconnected(Disconnected(link.charger.charger_id, now_ms(), reason))

    # doorsteps, and the number of those who wait

    def arrived(self, waiting: ChargerConnection | Doorstep) -> None:
        now = asyncio.get_running_loop().time()
        victim = self._waiting.came(waiting, address_of(waiting.peer), now)
        if victim is not None:
            victim.give_up(Cause.RATE, "too many handshakes are not finished: the oldest is cut")

    def gone(self, door: Doorstep, refusal: tuple[Cause, str] | None) -> None:
        self._waiting.left(door)
        if refusal is not None:
            self.report.refused(door.peer, "", *refusal)


def _chosen(connection: ServerConnection | Doorstep, offers: Any) -> Subprotocol | None:
    """Echo the offer that the handshake chose, in the charger's spelling."""
    if isinstance(connection, Doorstep):
        connection = connection.connection
    assert isinstance(connection, ChargerConnection)
    chosen = connection.admission.subprotocol if connection.admission else None
    return Subprotocol(chosen) if chosen is not None else None
