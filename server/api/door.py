"""The door: one unix socket for terminals and programs, and TCP on loopback for programs when it is asked for."""

from __future__ import annotations

import asyncio
import importlib
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TYPE_CHECKING, Self, cast

from server.api.callers import CLOSE_S, Callers
from server.api.connection import Connection
from server.api.lazy import Lazy
from server.api.peer import PeerCredentials, credentials_of
from server.api.sockets import DoorError, listen_tcp, listen_unix, remove_own
from server.core.ports import Depot
from server.core.tasks import TaskOwner

if TYPE_CHECKING:
    from server.api.web import Exposition, Web

__all__ = ["Door", "DoorError", "PeerCredentials"]

log = logging.getLogger("ocpp_console.api")

MAX_CONNECTIONS = 64

OnTerminal = Callable[[asyncio.StreamReader, asyncio.StreamWriter, PeerCredentials], Awaitable[None]]


class Door:
    """`async with Door(...)`: open inside, closed and cleaned up in less than two seconds afterwards.

    `api_port` None: no TCP; 0: any free port, see `port`. TCP needs a `token`. `on_terminal` gets every connection
    whose first byte is 0x00, with that byte still to be read, and owns it until it returns; None: terminals are turned
    away. `exposition` makes the text of `/metrics`. Raises `DoorError` when it cannot open.
    """

    def __init__(
        self,
        depot: Depot,
        socket_path: Path,
        api_port: int | None,
        token: str,
        on_terminal: OnTerminal | None,
        exposition: Exposition | None = None,
    ) -> None:
        self.socket_path = socket_path
        self.port: int | None = None  #: TCP port that is open, None = no TCP
        self._api_port = api_port
        self._token = token
        self._depot = depot
        self._on_terminal = on_terminal
        self._exposition = exposition
        self._tasks = TaskOwner("api")
        self._terminals: set[asyncio.Task[None]] = set()
        self._web = Lazy(self._tasks, lambda: self._load_web())
        self._callers = Callers(MAX_CONNECTIONS)
        self._servers: list[asyncio.Server] = []
        self._inode = 0
        self._full_told_at = float("-inf")

    async def __aenter__(self) -> Self:
        if self._api_port is not None and not self._token:
            raise DoorError("the API on TCP needs a token: set [api] token or OCPP_CONSOLE_API_TOKEN")
        loop = asyncio.get_running_loop()
        unix = await listen_unix(self.socket_path)
        self._inode = self.socket_path.lstat().st_ino
        try:
            self._servers.append(await loop.create_unix_server(lambda: Connection(self, is_unix=True), sock=unix))
            if self._api_port is not None:
                tcp = listen_tcp(self._api_port)
                self.port = tcp.getsockname()[1]
                self._servers.append(await loop.create_server(lambda: Connection(self, is_unix=False), sock=tcp))
        except BaseException:
            await self._close()
            raise
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._close()

    # what a connection tells us

    def opened(self, connection: Connection) -> bool:
        if self._callers.take_in(connection):
            return True
        self._tell_full()
        return False

    def spoke(self, connection: Connection, is_terminal: bool) -> None:
        if is_terminal:
            task = self._tasks.spawn(self._serve_terminal(connection), "terminal")
            self._terminals.add(task)
            task.add_done_callback(self._terminals.discard)
        else:
            self._tasks.spawn(self._serve_http(connection), "http")

    def closed(self, connection: Connection) -> None:
        self._callers.gone(connection)

    def _tell_full(self) -> None:
        now = asyncio.get_running_loop().time()
        if not self._callers.are_sent_away and now - self._full_told_at > 60:
            self._full_told_at = now
            log.warning("%d connections are open on the API: more are turned away", MAX_CONNECTIONS)

    # terminals

    async def _serve_terminal(self, connection: Connection) -> None:
        transport = connection.transport
        if self._on_terminal is None:
            transport.abort()
            return
        loop = asyncio.get_running_loop()
        reader = asyncio.StreamReader(loop=loop)
        protocol = asyncio.StreamReaderProtocol(reader, loop=loop)
        writer = asyncio.StreamWriter(transport, protocol, reader, loop)
        try:
            peer = await credentials_of(transport.get_extra_info("socket"))
            connection.peer = peer
            if not connection.is_lost:
                connection.hand_over(protocol, watch_requests=False)
                await self._on_terminal(reader, writer, peer)
        finally:
            writer.close()  # what is written still goes out ...
            loop.call_later(CLOSE_S, transport.abort)  # ... if the terminal takes it

    # HTTP

    async def _serve_http(self, connection: Connection) -> None:
        try:
            if connection.is_unix:
                connection.peer = await credentials_of(connection.transport.get_extra_info("socket"))
            web = await self._web.get()
        except BaseException:
            connection.abort()
            raise
        web.serve(connection)

    def _load_web(self) -> Web:
        module = importlib.import_module("server.api.web")
        return cast("Web", module.Web(self._depot, self._token, self._exposition))

    # the end

    async def _close(self) -> None:
        for server in self._servers:
            server.close()
        remove_own(self.socket_path, self._inode)
        for task in self._terminals:
            task.cancel()
        await self._callers.send_away(self._web.at_hand)
        await self._tasks.close()
