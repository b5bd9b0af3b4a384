"""The API over HTTP. Import this in a thread: it pulls fastapi, pydantic and uvicorn."""

from __future__ import annotations

from collections.abc import Callable

from server.api.app import build_app
from server.api.guard import Guard
from server.api.http import Http
from server.core.ports import Depot

Exposition = Callable[[Depot], bytes]


class Web(Http):
    """The HTTP application of the API, behind its guard."""

    def __init__(self, depot: Depot, token: str, exposition: Exposition | None) -> None:
        super().__init__(Guard(build_app(depot, exposition), token))
