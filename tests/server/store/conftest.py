"""A store on a real file, and things to put into it."""

from __future__ import annotations

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

from server.model.charger import Charger, Connector
from server.model.event import Event, EventKind, Subject
from server.model.fault import Fault
from server.model.health import Health
from server.model.log import Frame
from server.model.status import Registration, Severity, TagStatus
from server.model.transaction import MeterRow, MeterSample, Transaction
from server.store.store import Store

NOW = 1_780_000_000_000


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "depot.db"


@pytest.fixture
def health() -> Health:
    return Health()


@pytest.fixture
async def store(path: Path, health: Health) -> AsyncIterator[Store]:
    async with Store.open(path, health) as opened:
        yield opened


def rows(path: Path, question: str, *params: Any) -> list[tuple[Any, ...]]:
    """What another program sees in the file."""
    db = sqlite3.connect(path, timeout=5)
    try:
        return db.execute(question, params).fetchall()
    finally:
        db.close()


def content(path: Path) -> bytes:
    """The file, byte for byte."""
    return path.read_bytes()


async def until(condition: Callable[[], object]) -> None:
    """Wait for something that only another thread or another connection can tell; 10 seconds at most."""
    async with asyncio.timeout(10):
        while not condition():  # noqa: ASYNC110 - there is nobody who could set an event
            await asyncio.sleep(0.01)


async def durable(store: Store) -> bool:
    """Wait until everything written so far is durable; False when the store says that it is not."""
    told: asyncio.Future[bool] = asyncio.get_running_loop().create_future()
    store.after_commit(told.set_result)
    return await asyncio.wait_for(told, 10)


def emit(store: Store, kind: EventKind, subject: Subject, at: int = NOW) -> None:
    store.on_event(Event(1, at, kind, getattr(subject, "charger_id", ""), subject))


def charger(charger_id: str = "CP1", key: int = 1) -> Charger:
    made = Charger(charger_id, key, Registration.ACCEPTED, vendor="Acme", model="W22", first_seen_at=NOW)
    made.main = Connector(charger_id, 0)
    made.connectors[1] = Connector(charger_id, 1)
    return made


def transaction(transaction_id: int = 1, charger_id: str = "CP1", connector_id: int = 1) -> Transaction:
    return Transaction(transaction_id, charger_id, connector_id, "TAG1", TagStatus.ACCEPTED, NOW, NOW, 1_000)


def fault(fault_id: int = 1, charger_id: str = "CP1", connector_id: int = 1) -> Fault:
    return Fault(fault_id, charger_id, connector_id, "GroundFailure", Severity.FAULT, NOW, NOW, "acme", "E42", "RCD")


def meter_row(
    at: int = NOW,
    energy_wh: int | None = 1_500,
    transaction_id: int | None = 1,
    key: int = 1,
    power_w: int | None = None,
) -> MeterRow:
    return MeterRow(key, 1, transaction_id, at + 5, MeterSample(at, "Sample.Periodic", energy_wh, power_w))


def frame(n: int = 0, charger_id: str = "CP1", key: int = 1, action: str = "Heartbeat", direction: str = "in") -> Frame:
    return Frame(NOW + n, key, charger_id, direction, action, f"m{n}", f'[2,"m{n}","{action}",{{}}]')


def journal(store: Store, frame: Frame) -> None:
    """Write it, as a link does: without the id of the charger."""
    store.frame((frame.at, frame.charger_key, *frame[3:]))
