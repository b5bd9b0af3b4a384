"""What is peculiar about chargers survives a restart: deviations with their counts, options of the operator."""

from __future__ import annotations

from pathlib import Path

from server.core.core import Core, Policy
from server.model.charger import Charger
from server.model.event import EventKind
from server.model.health import Health
from server.model.observation import Connected
from server.model.options import read_change
from server.store.store import Store
from tests.server.store.conftest import durable, emit, rows


async def opened(store: Store) -> tuple[Core, Charger]:
    core = Core(Policy("accept"), await store.load(0))
    core.bus.listen(store.on_event)
    charger = core.connected(Connected("CP-1", 1, "p", "1.6"))
    assert charger is not None
    return core, charger


async def test_ledger_and_options_are_there_after_a_restart(path: Path) -> None:
    """Counted on where it stopped; first, last, sample and options are as they were."""
    async with Store.open(path, Health()) as store:
        core, charger = await opened(store)
        for at in (10, 20):
            core.peculiar.note(charger, at, "MV-12", "empty value", f"frame {at}")
        core.peculiar.change_options(charger, [read_change("start_delay_ms", 1000)], "ana", 30)
        core.peculiar.change_options(charger, [read_change("strict", True)], "ana", 31)
        assert await durable(store)
    async with Store.open(path, Health()) as store:
        core, charger = await opened(store)
        (line,) = core.peculiar.ledger.lines("CP-1")
        assert (line.rule, line.detail, line.count) == ("MV-12", "empty value", 2)
        assert (line.first_at, line.last_at, line.sample) == (10, 20, "frame 20")
        assert charger.own_options == {"start_delay_ms": 1000, "strict": True}
        assert (charger.options.start_delay_ms, charger.options.strict) == (1000, True)
        core.peculiar.note(charger, 40, "MV-12", "empty value", "frame 40")
        core.peculiar.change_options(charger, [read_change("strict", None)], "ana", 41)
    assert rows(path, "SELECT count, last_at FROM deviations") == [(3, 40)]
    assert rows(path, "SELECT options FROM charger_options") == [('{"start_delay_ms": 1000}',)]


async def test_options_of_another_version_do_not_stop_the_start(path: Path) -> None:
    """An option that is gone, a value that is impossible now, text that is no JSON: left out, the rest counts."""
    async with Store.open(path, Health()) as store:
        _, charger = await opened(store)
        charger.own_options = {"no_ping": True, "warp": 9, "settle_ms": -1}
        emit(store, EventKind.OPTIONS_CHANGED, charger)
    async with Store.open(path, Health()) as store:
        _, charger = await opened(store)
        assert charger.own_options == {"no_ping": True}


async def test_hostile_samples_are_stored(path: Path) -> None:
    """Bytes, surrogates and zeros in a frame do not poison the batch."""
    async with Store.open(path, Health()) as store:
        core, charger = await opened(store)
        samples: list[str | bytes] = [b"\xff\x00\x1b", "\ud800\x00", ""]
        for n, sample in enumerate(samples):
            core.peculiar.note(charger, n, "RPC-12", f"kind {n}", sample)
        assert await durable(store)
    assert rows(path, "SELECT count(*) FROM deviations") == [(3,)]
