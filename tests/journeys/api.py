"""The HTTP API of a running server, as a program uses it for one charger."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx

from tests.journeys.product import Served

EFFECT_S = 15.0  #: until the whole effect of an operation must have been seen


class Api:
    """Over one connection to the unix socket. `http` is for what is not of one charger."""

    def __init__(self, http: httpx.AsyncClient, charger_id: str) -> None:
        self.http = http
        self._charger_id = charger_id

    @classmethod
    @asynccontextmanager
    async def of(cls, served: Served, charger_id: str) -> AsyncIterator[Api]:
        transport = httpx.AsyncHTTPTransport(uds=str(served.socket))
        async with httpx.AsyncClient(transport=transport, base_url="http://local", trust_env=False, timeout=30) as http:
            yield cls(http, charger_id)

    async def get(self, path: str) -> Any:
        return (await self.http.get(f"/api/{path}")).json()

    async def list(self, path: str, name: str = "") -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.get(path))[name or path]
        return found

    async def connector(self, connector_id: int) -> dict[str, Any]:
        found = (await self.get(f"chargers/{self._charger_id}"))["connectors"]
        return next(c for c in found if c["connectorId"] == connector_id)

    async def do(self, operation: str, **payload: object) -> dict[str, Any]:
        """Ask, and wait until the whole effect was seen."""
        path = f"/api/chargers/{self._charger_id}/operations/{operation}"
        outcome = (await self.http.post(path, json=payload)).json()
        assert outcome["state"] == "accepted", (operation, outcome)
        async with asyncio.timeout(EFFECT_S):
            while not (command := await self.get(f"commands/{outcome['commandId']}"))["isFinished"]:  # noqa: ASYNC110
                await asyncio.sleep(0.01)
        assert {step["state"] for step in command["steps"]} == {"done"}, command
        return dict(outcome)
