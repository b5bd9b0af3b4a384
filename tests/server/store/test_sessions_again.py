"""Sessions are known again after a restart, ended or not: chargers repeat themselves, and tell late."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from server.core.core import Core, Policy
from server.core.fleet import REMEMBERED
from server.model.health import Health
from server.model.observation import Connected, MeterReported, StatusReported, TransactionStarted, TransactionStopped
from server.model.status import ConnectorStatus
from server.model.transaction import MeterSample
from server.store.store import Store
from tests.server.store.conftest import NOW, rows

MINUTE = 60_000
SESSIONS = "SELECT transaction_id, state, energy_wh, estimated FROM transactions ORDER BY transaction_id"


@asynccontextmanager
async def running(path: Path) -> AsyncIterator[Core]:
    """A server from its start to its end, with CP1 on the line; charging, but it never says so with a status."""
    async with Store.open(path, Health()) as store:
        core = Core(Policy(unknown_chargers="accept"), await store.load(NOW))
        core.bus.listen(store.on_event)
        core.connected(Connected("CP1", NOW, "", "1.6"))
        yield core


def start(core: Core, minute: int, meter: int) -> int:
    told = TransactionStarted("CP1", NOW + minute * MINUTE, 1, "Ana", meter, NOW + minute * MINUTE)
    return core.transaction_started(told).transaction_id


def stop(core: Core, transaction_id: int, minute: int, meter: int) -> None:
    core.transaction_stopped(
        TransactionStopped("CP1", NOW + minute * MINUTE, transaction_id, meter, NOW + minute * MINUTE)
    )


def sample(core: Core, transaction_id: int, minute: int, meter: int) -> None:
    at = NOW + minute * MINUTE
    core.meter_reported(MeterReported("CP1", at, 1, transaction_id, (MeterSample(at, energy_wh=meter),)))


async def test_the_late_stop_of_an_older_session_is_known(path: Path) -> None:
    """SN-14, TX-09: the estimate of the session before the last one is replaced, no orphan is made."""
    async with running(path) as core:
        first = start(core, 0, 1_000)
        sample(core, first, 1, 1_500)
        stop(core, start(core, 2, 2_000), 3, 3_000)
    async with running(path) as core:
        stop(core, first, 2, 2_000)
    assert rows(path, SESSIONS) == [(1, "completed", 1_000, ""), (2, "completed", 1_000, "")]


async def test_a_repeated_start_of_an_older_session_gets_its_id(path: Path) -> None:
    """TX-04: also when others ended after it, and the server was started anew."""
    async with running(path) as core:
        first = start(core, 0, 1_000)
        stop(core, first, 1, 1_500)
        stop(core, start(core, 2, 2_000), 3, 3_000)
    async with running(path) as core:
        assert start(core, 0, 1_000) == first
    assert len(rows(path, SESSIONS)) == 2


async def test_a_repeated_stop_is_known_without_a_status(path: Path) -> None:
    """TX-09: of a connector that never reported one, and of a session that nobody had seen begin."""
    async with running(path) as core:
        first = start(core, 0, 1_000)
    for _ in range(2):
        async with running(path) as core:
            stop(core, first, 1, 1_500)
            stop(core, 77_001, 2, 9_000)
    assert [row[:3] for row in rows(path, SESSIONS)] == [(1, "completed", 500), (2, "orphaned", 0)]


async def test_a_late_sample_of_an_older_session_opens_nothing(path: Path) -> None:
    """TX-17: it belongs to the session that it names."""
    async with running(path) as core:
        first = start(core, 0, 1_000)
        stop(core, first, 1, 1_500)
        stop(core, start(core, 2, 2_000), 3, 3_000)
    async with running(path) as core:
        core.status_reported(StatusReported("CP1", NOW + 4 * MINUTE, 1, ConnectorStatus.CHARGING))
        sample(core, first, 4, 1_500)
        assert core.fleet.chargers["CP1"].open_transactions() == []
    assert len(rows(path, SESSIONS)) == 2


async def test_as_many_are_known_as_before(path: Path) -> None:
    """The last ones of a charger, oldest first, each once."""
    async with running(path) as core:
        for n in range(REMEMBERED + 5):
            stop(core, start(core, 2 * n, n * 100), 2 * n + 1, n * 100 + 50)
        before = [t.transaction_id for t in core.fleet.recent("CP1")]
    async with running(path) as core:
        assert [t.transaction_id for t in core.fleet.recent("CP1")] == before


@pytest.mark.parametrize(
    ("readings", "energy", "estimated"),
    [
        ((2_000, 6_000, 10_000), 10_000, "the register counts per session"),
        ((8_000, 10_000, 0), 5_000, ""),
        ((8_000, 10_000, 9_000), 5_000, ""),
        ((4_900, 6_000), 1_000, ""),
    ],
)
async def test_energy_of_an_open_session_is_what_it_was(
    path: Path, readings: tuple[int, ...], energy: int, estimated: str
) -> None:
    """MV-08, MV-09: how its register counts is known after a restart, and a dropout loses nothing."""
    told = []
    async with running(path) as core:
        first = start(core, 0, 5_000)
        for n, register in enumerate(readings, start=1):
            sample(core, first, 10 * n, register)
        told += core.fleet.chargers["CP1"].open_transactions()
    async with running(path) as core:
        told += core.fleet.chargers["CP1"].open_transactions()
        assert [(t.energy_wh, t.estimated) for t in told] == [(energy, estimated)] * 2
        stop(core, first, 60, 10_000)
        assert told[1].energy_wh == max(energy, 5_000)


async def test_a_register_of_the_session_stays_one_after_a_thousand_samples(path: Path) -> None:
    """MV-08: it is kept with the session, not found again in its samples."""
    async with running(path) as core:
        first = start(core, 0, 5_000)
        for n in range(1, 1_001):
            sample(core, first, n, 100 * n)
    async with running(path) as core:
        (session,) = core.fleet.chargers["CP1"].open_transactions()
        assert (session.energy_wh, session.estimated) == (100_000, "the register counts per session")
