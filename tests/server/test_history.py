"""History through the whole server: what was just done is in it."""

from __future__ import annotations

import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.config import Config, DropSettings, OcppSettings, StoreSettings
from server.model.log import FrameQuery
from server.model.operations import TriggerMessage
from server.site import Site, open_site
from tests.raw_client import RawClient
from tests.server.api.served import short_path


@pytest.fixture
async def site(tmp_path: Path) -> AsyncIterator[Site]:
    with short_path() as socket:
        ocpp = OcppSettings(host="127.0.0.1", port=0, unknown_chargers="accept")
        store = StoreSettings(path=tmp_path / "depot.db")
        async with open_site(Config(ocpp=ocpp, store=store, drop=DropSettings(port=0), socket=socket)) as site:
            yield site


async def test_what_was_just_done_is_in_every_list(site: Site) -> None:
    """Rows that nobody waits for are on the disk before it is read: frames, faults, security events, commands."""
    async with await RawClient.connect(int(site.health.ocpp_url.rpartition(":")[2]), "/CP-1") as client:
        await client.boot()
        for n in range(20):
            await client.call("Heartbeat", {}, f"beat-{n}")
            frames = await site.find_frames(FrameQuery(charger_id="CP-1", action="Heartbeat", limit=1))
            assert [(frame.message_id, frame.direction) for _, frame in frames] == [(f"beat-{n}", "out")]
        fault = {"connectorId": 1, "errorCode": "GroundFailure", "status": "Faulted"}
        await client.call("StatusNotification", fault)
        assert [f.error_code for f in await site.find_faults()] == ["GroundFailure"]
        event = {"type": "TamperDetectionActivated", "timestamp": "2026-11-21T10:00:00Z"}
        await client.call("SecurityEventNotification", event)
        assert [e.type for _, e in await site.find_security_events()] == ["TamperDetectionActivated"]
        command = site.submit("CP-1", TriggerMessage("Heartbeat"), "ana")
        assert [c.command_id for c in await site.find_commands()] == [command.command_id]


async def test_a_disk_in_trouble_is_not_waited_for(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever asks gets what there is: also while nothing can be written, for which chargers wait ten seconds."""

    async def broken(batch: object) -> list[str]:
        raise OSError("no space left on device")

    monkeypatch.setattr(site._store._writer, "_write", broken)
    async with await RawClient.connect(int(site.health.ocpp_url.rpartition(":")[2]), "/CP-1") as client:
        await client.boot()
        start = {"connectorId": 1, "idTag": "A", "meterStart": 0, "timestamp": "2026-11-21T10:00:00Z"}
        client.send([2, "start", "StartTransaction", start])  # not answered: it is not stored
        assert await client.is_alive()
        command = site.submit("CP-1", TriggerMessage("Heartbeat"), "ana")
        running = await site.find_transactions()
        assert [(t.charger_id, t.id_tag) for t in running] == [("CP-1", "A")]
        assert await site.find_transactions(state="completed") == await site.find_transactions(charger_id="CP-2") == []
        assert [c.command_id for c in await site.find_commands("CP-1")] == [command.command_id]
    began = time.monotonic()
    assert await site.find_frames(FrameQuery()) == []
    assert time.monotonic() - began < 5
    monkeypatch.undo()  # an end with rows that cannot be written takes two seconds
