"""The OCPP port: accepts chargers, refuses everything else with one sentence and one log line."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import logging
import socket
from functools import partial
from types import TracebackType
from typing import Any, Self

from websockets.asyncio.server import Server, ServerConnection, serve
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.typing import Subprotocol

from server.config import OcppSettings
from server.core.core import Core
from server.core.ports import CannotStart, Durability
from server.core.tasks import TaskOwner
from server.links import handshake
from server.links.connection import ChargerConnection
from server.links.link import Link, now_ms
from server.links.registry import STUCK_AFTER, Links
from server.links.v16.routing import DIALECT
from server.model.health import Health
from server.model.log import Level
from server.model.observation import Connected, Disconnected

#: Seconds for a whole handshake (T8), and for all links to close when the server stops.
OPEN_TIMEOUT = 10.0
STOP_TIMEOUT = 2.0
BACKLOG = 1024

#: What `websockets` would log is told in our own words, once.
_silent = logging.getLogger("ocpp_console.websockets")
_silent.disabled = True


class ListenError(CannotStart):
    """The port cannot be opened; the text says which and what to do."""


class Listener:
    """`async with Listener(...)` accepts chargers from entry to exit. `links` sends to them."""

    def __init__(
        self,
        settings: OcppSettings,
        core: Core,
        durability: Durability,
        health: Health,
        stuck_after: float = STUCK_AFTER,
    ) -> None:
        self.settings = settings
        self.links = Links(settings, core, stuck_after)
        self.port = settings.port
        self._core = core
        self._durability = durability
        self._health = health
        self._tasks = TaskOwner("links")
        self._connections: set[ChargerConnection] = set()
        self._server: Server | None = None

    @property
    def host(self) -> str:
        return self.settings.host

    async def __aenter__(self) -> Self:
        settings = self.settings
        try:
            self._server = await serve(
                self._stay,
                settings.host or None,
                settings.port,
                process_request=self._process_request,
                process_response=self._process_response,
                select_subprotocol=_chosen,
                create_connection=partial(ChargerConnection, listener=self),  # type: ignore[arg-type]
                compression=None,
                max_size=settings.max_frame_bytes,
                ping_interval=None,
                open_timeout=OPEN_TIMEOUT,
                close_timeout=STOP_TIMEOUT,
                server_header=None,
                logger=_silent,
                backlog=BACKLOG,
            )
        except (OSError, OverflowError) as failure:
            raise ListenError(_why_not(settings, failure)) from None
        self.port = next(iter(self._server.sockets)).getsockname()[1]
        self._tasks.spawn(self.links.sweep(), "sweep")
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Say goodbye to every charger, then cut what has not gone within `STOP_TIMEOUT`."""
        assert self._server is not None, "entered before"
        self._server.close(close_connections=False)
        self.links.finish_all(1001, "the server stops")
        deadline = asyncio.get_running_loop().time() + STOP_TIMEOUT
        for connection in list(self._connections):
            if connection.link is None:
                connection.transport.abort()  # still in its handshake
        for connection in list(self._connections):
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout_at(deadline):
                    await connection.wait_closed()
        for connection in list(self._connections):
            connection.transport.abort()
        await self._server.wait_closed()
        await self._tasks.close()

    # handshake

    def _process_request(self, connection: ServerConnection, request: Request) -> Response | None:
        assert isinstance(connection, ChargerConnection)
        try:
            connection.admission = handshake.admit(request)
        except handshake.Refusal as refusal:
            connection.refusal = refusal.sentence
            return connection.respond(refusal.status, refusal.sentence + "\n")
        handshake.complete(request.headers)
        return None

    def _process_response(self, connection: ServerConnection, request: Request, response: Response) -> Response | None:
        """The handshake is good: let the core decide, and put the link in place before the first frame."""
        assert isinstance(connection, ChargerConnection)
        if response.status_code != 101 or connection.admission is None:
            return None
        if connection.protocol.state is not State.CONNECTING:
            return None  # it was lost meanwhile
        identity, subprotocol = connection.admission
        at = now_ms()
        charger = self._core.connected(
            Connected(identity, at, connection.peer, DIALECT.version, connection.is_secure, subprotocol)
        )
        if charger is None:
            connection.refusal = f"unknown charger {identity!r}: register it, or set unknown_chargers to ask"
            return connection.respond(404, "This server does not know this charger.\n")
        connection.link = Link(
            charger, connection, DIALECT, self._core, self._durability, self._health, lambda: self.links.on_late
        )
        self.links.add(connection)
        told = (connection.peer, DIALECT.version, "" if subprotocol else ", no subprotocol offered")
        self._core.log.add(at, Level.INFO, charger.charger_id, "", "link", "connected from %s, OCPP %s%s", told)
        return None

    async def _stay(self, connection: ServerConnection) -> None:
        """`websockets` ends a connection when its handler returns: all work is done in `process_event`."""
        await connection.wait_closed()

    # connections come and go

    def opened(self, connection: ChargerConnection) -> None:
        self._connections.add(connection)

    def closed(self, connection: ChargerConnection) -> None:
        self._connections.discard(connection)
        link = connection.link
        if link is None:
            self._tell_refused(connection)
            return
        reason = connection.loss_reason()
        link.end(reason)
        if self.links.remove(connection):
            self._core.disconnected(Disconnected(link.charger.charger_id, now_ms(), reason))

    def _tell_refused(self, connection: ChargerConnection) -> None:
        self._health.refused_connections += 1
        reason = connection.refusal or _odd_request(connection)
        identity = connection.admission.identity if connection.admission else ""
        told = (connection.peer, identity and f" as {identity}", reason)
        self._core.log.add(now_ms(), Level.WARNING, "", "", "link", "refused %s%s: %s", told)


def _chosen(connection: ServerConnection, offers: Any) -> Subprotocol | None:
    """Echo the offer that the handshake chose, in the charger's spelling."""
    assert isinstance(connection, ChargerConnection)
    chosen = connection.admission.subprotocol if connection.admission else None
    return Subprotocol(chosen) if chosen is not None else None


def _odd_request(connection: ChargerConnection) -> str:
    """What came instead of a handshake."""
    if not connection.first_bytes:
        return "connected and sent nothing"
    failure = connection.protocol.handshake_exc
    return f"no WebSocket handshake ({failure})" if failure else "the handshake was not finished in time"


def _why_not(settings: OcppSettings, failure: Exception) -> str:
    where = f"{settings.host or '*'}:{settings.port}"
    match getattr(failure, "errno", None):
        case errno.EADDRINUSE:
            return f"port {settings.port} is taken: stop the program that uses it, or choose another with --port"
        case errno.EACCES:
            return f"not allowed to open {where}: choose a port above 1023 with --port"
        case errno.EADDRNOTAVAIL:
            return f"this machine has no address {settings.host}: choose another with --host"
    if isinstance(failure, socket.gaierror):
        return f"{settings.host} is no address of this machine: choose another with --host"
    return f"cannot listen on {where}: {failure}"
