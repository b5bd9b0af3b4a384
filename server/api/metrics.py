"""Numbers for Prometheus. The text is made by the outlets, which this room does not know: it comes as a function."""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI
from prometheus_client import CONTENT_TYPE_LATEST
from starlette.responses import Response

from server.core.ports import Depot


def add_routes(app: FastAPI, depot: Depot, exposition: Callable[[Depot], bytes]) -> None:
    @app.get("/metrics", summary="Prometheus text")
    async def get_metrics() -> Response:
        return Response(exposition(depot), headers={"content-type": CONTENT_TYPE_LATEST})
