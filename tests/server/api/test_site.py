"""The door on the real site: database, core and desk behind it."""

from __future__ import annotations

from pathlib import Path

import httpx

from server.config import Config
from server.site import open_site


async def test_what_the_api_writes_is_there_after_a_restart(socket_path: Path, tmp_path: Path) -> None:
    """A tag is durable when the answer comes; the other lists of an empty depot are empty."""
    config = Config(socket=socket_path)
    config.ocpp.host, config.ocpp.port, config.store.path = "127.0.0.1", 0, tmp_path / "depot.db"
    for round_number in range(2):
        transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
        async with open_site(config), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            if round_number == 0:
                assert (await client.put("/api/tags/04A2", json={"status": "Blocked"})).status_code == 200
            assert (await client.get("/api/tags/04A2")).json()["status"] == "Blocked"
            for name in ("chargers", "transactions", "faults", "frames", "commands"):
                assert (await client.get(f"/api/{name}")).json()["count"] == 0
            answer = await client.post("/api/chargers/CP-01/operations/Reset", json={"type": "Soft"})
            assert answer.status_code == 404
            assert "ocpp_console_chargers 0.0" in (await client.get("/metrics")).text
            assert (await client.get("/api/health")).json()["status"] == "healthy"
