"""The few points of uvicorn that we use beyond its documented ones: an upgrade that moves them must not pass here."""

from __future__ import annotations

import inspect
from typing import cast

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol
from uvicorn.server import ServerState

from server.api.connection import Connection
from server.api.web import Web
from tests.server.api.fake_depot import FakeDepot


def test_uvicorn_still_has_the_points_that_we_use() -> None:
    """Constructor of the protocol, its shutdown, the server state, and a configuration that needs no network."""
    assert list(inspect.signature(H11Protocol.__init__).parameters)[1:4] == ["config", "server_state", "app_state"]
    assert callable(H11Protocol.shutdown)
    state = ServerState()
    assert state.connections == set() and state.tasks == set() and state.default_headers == []
    wanted = {"http", "ws", "lifespan", "interface", "log_config", "access_log", "proxy_headers", "server_header"}
    assert wanted <= set(inspect.signature(uvicorn.Config.__init__).parameters)


class LostConnection:
    """Stands for a peer that has left before its request could be served."""

    def __init__(self) -> None:
        self.inner: object = None

    def hand_over(self, inner: object, watch_requests: bool) -> None:
        self.inner = inner


async def test_web_serves_with_its_own_protocol() -> None:
    """No websocket upgrade, the connection in the scope's state, no server header."""
    web = Web(FakeDepot(), "token", None)
    connection = LostConnection()
    web.serve(cast(Connection, connection))
    protocol = connection.inner
    assert isinstance(protocol, H11Protocol)
    assert protocol.ws_protocol_class is None
    assert protocol.app_state == {"connection": connection}
    assert protocol.config.encoded_headers == []
