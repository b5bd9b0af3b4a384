"""The door on the real site: database, core and desk behind it."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import httpx

from server.config import Config
from server.site import open_site
from tests.server.api.test_errors import refused


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


async def test_what_the_disk_does_not_give_is_503_in_words(socket_path: Path, tmp_path: Path) -> None:
    """A question that the store cannot answer is no mistake of the server: its sentence reaches the caller."""
    config = Config(socket=socket_path)
    config.ocpp.host, config.ocpp.port, config.store.path = "127.0.0.1", 0, tmp_path / "depot.db"
    transport = httpx.AsyncHTTPTransport(uds=str(socket_path))
    async with open_site(config), httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        with closing(sqlite3.connect(config.store.path)) as db:
            db.execute("DROP TABLE jobs")
        assert "history cannot be read: " in refused(await client.get("/api/jobs"), 503, "store")
        assert (await client.get("/api/faults")).status_code == 200
