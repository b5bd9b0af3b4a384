"""Links over the real store: what a charger was answered is in the file."""

from __future__ import annotations

import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from server.config import OcppSettings
from server.core.core import Core, Policy
from server.links.listener import Listener
from server.model.health import Health
from server.store.store import Store
from tests.raw_client import RawClient

AT = "2026-01-21T10:00:00Z"


@pytest.fixture
async def port(tmp_path: Path) -> AsyncIterator[int]:
    health = Health()
    async with Store.open(tmp_path / "depot.db", health) as store:
        core = Core(Policy("accept", accept_unknown_tags=True), await store.load(0))
        core.bus.listen(store.on_event)
        async with Listener(OcppSettings(host="127.0.0.1", port=0), core, store, health) as listener:
            yield listener.port


def rows(path: Path, sql: str) -> list[tuple[object, ...]]:
    """Read the file as another program would."""
    with sqlite3.connect(path / "depot.db") as db:
        return db.execute(sql).fetchall()


async def test_acknowledged_session_is_in_the_file(port: int, tmp_path: Path) -> None:
    """The moment the answer arrives, transaction, sample and frame can be read by somebody else."""
    async with await RawClient.connect(port) as client:
        begun = {"connectorId": 1, "idTag": "A1", "meterStart": 1000, "timestamp": AT}
        number = (await client.call("StartTransaction", begun, "start-1"))[2]["transactionId"]
        assert rows(tmp_path, "SELECT transaction_id, id_tag, state FROM transactions") == [(number, "A1", "ongoing")]
        assert rows(tmp_path, "SELECT direction, action FROM frames WHERE message_id = 'start-1'")[0] == (
            "in",
            "StartTransaction",
        )
        values = [{"timestamp": AT, "sampledValue": [{"value": "1500"}]}]
        await client.call("MeterValues", {"connectorId": 1, "transactionId": number, "meterValue": values})
        assert rows(tmp_path, "SELECT energy_wh, transaction_id FROM meter_values") == [(1500, number)]
        await client.call("StopTransaction", {"transactionId": number, "meterStop": 3000, "timestamp": AT})
        assert rows(tmp_path, "SELECT energy_wh, state FROM transactions") == [(2000, "completed")]


async def test_the_chargers_own_id_is_in_the_file(port: int, tmp_path: Path) -> None:
    """TX-18, Q46: the server may start anew before the stop comes that is told by it."""
    async with await RawClient.connect(port) as client:
        await client.call("StartTransaction", {"connectorId": 1, "idTag": "A1", "meterStart": 1000, "timestamp": AT})
        values = [{"timestamp": AT, "sampledValue": [{"value": "1500"}]}]
        for _ in range(2):
            await client.call("MeterValues", {"connectorId": 1, "transactionId": 77_001, "meterValue": values})
        assert rows(tmp_path, "SELECT claimed_id, state FROM transactions") == [(77_001, "ongoing")]


@pytest.mark.parametrize(
    ("action", "payload"),
    [
        ("StartTransaction", {"connectorId": 2**63, "idTag": "A\x00\x1b", "meterStart": 2**64 - 1, "timestamp": 1e300}),
        ("StartTransaction", {"connectorId": 1, "idTag": "'; DROP", "meterStart": 1, "reservationId": 2**64 - 1}),
        ("StopTransaction", {"transactionId": 2**64 - 1, "meterStop": -(2**63), "timestamp": "9999-12-31T23:59:59Z"}),
        ("StopTransaction", {"transactionId": 2**63 - 1, "meterStop": "1e300", "reason": "\x00"}),
        (
            "MeterValues",
            {"connectorId": 1, "transactionId": 2**64 - 1, "meterValue": [{"sampledValue": [{"value": "1"}]}]},
        ),
        (
            "MeterValues",
            {
                "connectorId": 1,
                "meterValue": [
                    {
                        "timestamp": "0001-01-01T00:00:00Z",
                        "sampledValue": [{"value": "9e15"}, {"value": "1e308", "measurand": "SoC"}],
                    }
                ],
            },
        ),
    ],
)
async def test_no_payload_poisons_the_store(port: int, tmp_path: Path, action: str, payload: dict[str, object]) -> None:
    """Impossible numbers and texts are stored or left out; the answer comes, the link stays."""
    async with await RawClient.connect(port) as client:
        assert (await client.call(action, payload, "odd"))[0] == 3
        assert await client.is_alive()
        assert rows(tmp_path, "SELECT count(*) FROM frames WHERE message_id = 'odd' AND direction = 'in'") == [(1,)]
