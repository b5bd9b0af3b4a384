"""What the database keeps of chargers that nobody has let in."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiosqlite
import pytest

from server.core import newcomers
from server.site import Site, open_site
from server.store.retention import Retention, sweep
from tests.journeys.product import short_folder
from tests.raw_client import RawClient
from tests.server.operations.whole import config_in
from tests.server.test_reports import until


@asynccontextmanager
async def asking(folder: Path) -> AsyncIterator[Site]:
    config = config_in(folder)
    config.ocpp.unknown_chargers = "ask"
    async with open_site(config) as site:
        yield site


async def dial(site: Site, charger_id: str, boots: bool = True) -> None:
    port = int(site.health.ocpp_url.rpartition(":")[2])
    async with await RawClient.connect(port, f"/{charger_id}", offers=None) as client:
        if boots:
            await client.boot()
    await until(lambda: (charger := site.find_charger(charger_id)) is None or not charger.online)


def ids(folder: Path) -> list[str]:
    with sqlite3.connect(folder / "depot.db") as db:
        return [row[0] for row in db.execute("SELECT charger_id FROM chargers ORDER BY key")]


async def test_only_chargers_that_booted_survive_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    """WS-12: strangers leave no row; those that boot are bounded, also on disk; a key is never given twice."""
    monkeypatch.setattr(newcomers, "MOST_WAITING", 3)
    with short_folder() as folder:
        async with asking(folder) as site:
            for i in range(5):
                await dial(site, f"STRANGER-{i}", boots=False)
                await dial(site, f"NEW-{i}")
            keys = {c.charger_id: c.key for c in site.chargers.values()}
            assert set(keys) == {"NEW-2", "NEW-3", "NEW-4"}
            await dial(site, "STRANGER-9", boots=False)
            assert await site.flush()
        async with aiosqlite.connect(folder / "depot.db") as db:
            await sweep(db, Retention(), 1)
            await db.commit()
            kept = [row[0] async for row in await db.execute("SELECT DISTINCT charger_id FROM deviations ORDER BY 1")]
            assert kept == ["NEW-2", "NEW-3", "NEW-4"]
        stored = ids(folder)
        assert stored[:-1] == ["NEW-2", "NEW-3", "NEW-4"] and stored[-1].startswith("\x01")
        async with asking(folder) as site:
            assert {c.charger_id: c.key for c in site.chargers.values()} == keys
            await dial(site, "STRANGER-1")  # one that was forgotten comes back, and boots
            back = site.chargers["STRANGER-1"]
            assert back.key > max(keys.values()) + 1
            site.adopt("STRANGER-1", "ana")
            assert await site.flush()
        assert "STRANGER-1" in ids(folder) and "NEW-2" not in ids(folder)


async def test_removed_stranger_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    """`chargers remove` of one that waits leaves no id behind; when it dials again it waits again."""
    with short_folder() as folder:
        async with asking(folder) as site:
            await dial(site, "NEW-1")
            site.access.remove("NEW-1")
            assert await site.flush()
            await dial(site, "NEW-1")
            assert await site.flush()
            assert list(site.chargers) == ["NEW-1"]
        async with asking(folder) as site:
            assert list(site.chargers) == ["NEW-1"]
