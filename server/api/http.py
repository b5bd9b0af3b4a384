"""HTTP on connections that were accepted elsewhere: the place where uvicorn's protocol meets ours.

Import this in a thread. What it uses of uvicorn beyond `Config`: the protocol class with its constructor,
`ServerState`, and `shutdown()` of a protocol (guarded by tests/server/api/test_web.py).
"""

from __future__ import annotations

import asyncio
import logging
from typing import cast

import uvicorn
from h11 import LocalProtocolError
from starlette.types import ASGIApp, Receive, Scope, Send
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from server.api.connection import Connection

#: Noise on a port is no matter for the log of the server: any scanner makes it.
logging.getLogger("uvicorn.error").addFilter(lambda record: record.msg != "Invalid HTTP request received.")

#: s an idle connection stays open for the next request
KEEP_ALIVE_S = 30


class Http:
    """An HTTP application and the connections that talk to it."""

    def __init__(self, app: ASGIApp) -> None:
        self._state = ServerState()
        self._config = uvicorn.Config(
            _Watched(app),
            http=H11Protocol,
            ws="none",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,  # nobody may tell us another address than its own
            server_header=False,
            timeout_keep_alive=KEEP_ALIVE_S,
        )
        self._config.load()

    def serve(self, connection: Connection) -> None:
        """Speak HTTP on `connection` from now on. Its ASGI scope carries the connection in `state`."""
        protocol = H11Protocol(self._config, self._state, {"connection": connection})
        connection.hand_over(protocol, watch_requests=True)

    def shutdown(self) -> None:
        """Close idle connections now and the others after the answer they are giving."""
        for protocol in list(self._state.connections):
            try:
                protocol.shutdown()
            except LocalProtocolError:  # it is in the middle of refusing what is not HTTP
                protocol.transport.abort()

    async def close(self) -> None:
        """Cancel the requests that are still running: they answer that the server stops."""
        tasks = list(self._state.tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


class _Watched:
    """Tells the connection when a request begins and ends."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        connection = cast(Connection, scope["state"]["connection"])
        connection.request_began()
        try:
            await self._app(scope, receive, send)
        finally:
            connection.request_ended()
