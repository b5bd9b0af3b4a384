"""A charger with a password, from the whole server's side, and what the doctor says of those it turned away."""

from __future__ import annotations

import asyncio
import base64
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.journeys.product import Served
from tests.raw_client import RawClient

PASSWORD = "correct horse 1"


def basic(user: str, password: bytes) -> str:
    return "Authorization: Basic " + base64.b64encode(user.encode() + b":" + password).decode()


async def tried(served: Served, *extra: str, target: str = "/ocpp/CP-1") -> int:
    """The HTTP status of one handshake."""
    client = await RawClient.connect(served.port, target, extra=extra)
    client.abort()
    return client.status


async def attempts(served: Served, *causes: str) -> dict[str, dict[str, Any]]:
    """The newest attempt of each cause, once all of `causes` are told: a moment after their answer."""
    found: dict[str, dict[str, Any]] = {}
    async with asyncio.timeout(10):
        while not found.keys() >= set(causes):
            found = {row["cause"]: row for row in (await served.get("/api/connections"))["connections"]}
            await asyncio.sleep(0.02)
    return found


async def put(served: Served, charger_id: str, body: dict[str, object]) -> httpx.Response:
    async with httpx.AsyncClient(transport=httpx.AsyncHTTPTransport(uds=str(served.socket))) as client:
        return await client.put(f"http://local/api/chargers/{charger_id}", json=body, timeout=30)


@pytest.mark.slow
async def test_a_charger_with_a_password_must_present_it(folder: Path) -> None:
    """SEC-01, SEC-02, SEC-03: checked before the upgrade, as bytes, and the user is the charger itself."""
    async with Served(folder) as served:
        answer = await put(served, "CP-1", {"password": PASSWORD})
        assert answer.status_code in (200, 201), answer.text
        assert PASSWORD not in answer.text

        assert await tried(served) == 401
        assert await tried(served, basic("CP-1", b"wrong")) == 401
        assert await tried(served, basic("CP-2", PASSWORD.encode())) == 401
        assert await tried(served, basic("CP-1", PASSWORD.encode())) == 101

        await attempts(served, "password_missing", "password_wrong", "user_name_wrong")
        assert await served.terminate() == 0
    assert PASSWORD.encode() not in (folder / "depot.db").read_bytes()


@pytest.mark.slow
async def test_a_wrong_path_and_a_wrong_subprotocol_are_told_with_their_cure(folder: Path) -> None:
    """WS-02, WS-10, WS-24: each failed handshake is one row with a sentence that says what to type."""
    async with Served(folder) as served:
        assert await tried(served, target="/") != 101
        client = await RawClient.connect(served.port, "/ocpp/CP-1", offers=("ocpp9",))
        assert client.status == 400
        client.abort()
        found = await attempts(served, "no_charger_id", "wrong_subprotocol")
        assert "ws://" in found["no_charger_id"]["fix"]
        assert found["wrong_subprotocol"]["fix"]
