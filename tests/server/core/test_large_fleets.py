"""What is asked of the whole depot with each message or each tick is right, and costs the same in a large one."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import pytest

from server.core import authorization, roster
from server.core.core import Core, Policy
from server.core.tally import IN_TURN, Share, share_of
from server.model.health import Totals
from server.model.observation import (
    Connected,
    Disconnected,
    MeterReported,
    StatusReported,
    TransactionStarted,
    TransactionStopped,
)
from server.model.snapshot import Snapshot
from server.model.status import ConnectorStatus, TagStatus
from server.model.tag import TagVerdict, tag_key
from server.model.transaction import MeterSample
from tests.machine import Machine
from tests.server.core.conftest import MINUTE, T0

#: Of a few tags, as different readers spell them.
SPELLINGS = ("04:A1:B2:C3", "04a1b2c3", "04-A1-B2-C3", "Ana", "ANA ", *(f"T{n}" for n in range(12)))
ACCEPTED = TagVerdict(TagStatus.ACCEPTED)
STATUSES = (ConnectorStatus.AVAILABLE, ConnectorStatus.CHARGING, ConnectorStatus.FAULTED)


def depot(chargers: int, alone: bool = True) -> Core:
    core = Core(Policy(unknown_chargers="accept", accept_unknown_tags=True, concurrent_tags=not alone), Snapshot())
    for n in range(chargers):
        core.connected(Connected(f"CP{n}", T0, "", "1.6"))
    return core


def live(core: Core, dice: random.Random, at: int) -> None:
    """Something happens somewhere."""
    charger_id = f"CP{dice.randrange(8)}"
    if charger_id not in core.fleet.chargers:
        core.connected(Connected(charger_id, at, "", "1.6"))
    charger = core.fleet.chargers[charger_id]
    connector_id = dice.randrange(3)
    running = [t.transaction_id for t in charger.open_transactions()]
    match dice.choices(("start", "stop", "status", "meter", "line", "remove", "review"), (8, 5, 4, 4, 2, 1, 1))[0]:
        case "start":
            core.transaction_started(TransactionStarted(charger_id, at, connector_id, dice.choice(SPELLINGS), 0, at))
        case "stop":
            core.transaction_stopped(TransactionStopped(charger_id, at, dice.choice([*running, 99_999]), 10))
        case "status":
            status = dice.choice(STATUSES)
            error = "GroundFailure" if status is ConnectorStatus.FAULTED else dice.choice(("NoError", "WeakSignal"))
            core.status_reported(StatusReported(charger_id, at, connector_id, status, error))
        case "meter":
            told = dice.choice([*running, 77_777, None])
            sample = MeterSample(at, "Sample.Periodic", dice.randrange(9_000), dice.randrange(22_000))
            core.meter_reported(MeterReported(charger_id, at, connector_id, told, (sample,)))
        case "line" if charger.online:
            core.disconnected(Disconnected(charger_id, at, "gone"))
        case "line":
            core.connected(Connected(charger_id, at, "", "1.6"))
        case "remove":
            roster.remove(core, charger, at)
        case "review":
            core.review(at)


def is_elsewhere(core: Core, charger_id: str, connector_id: int, id_tag: str) -> bool:
    """The rule as it is: does a session of the tag run at another connector? Those at connector 0 count for nothing."""
    running = [t for c in core.fleet.chargers.values() for t in c.open_transactions()]
    of_tag = {(t.charger_id, t.connector_id) for t in running if tag_key(t.id_tag) == tag_key(id_tag)}
    return bool(of_tag - {(charger_id, connector_id)})


@pytest.mark.parametrize("seed", range(5))
def test_auth01_a_tag_charges_once_whatever_happens(seed: int) -> None:
    """AUTH-01: ConcurrentTx where a session of the tag runs elsewhere, by any spelling; after a restart too."""
    core, dice, refused = depot(8), random.Random(seed), 0
    for n in range(1_500):
        at = T0 + n * MINUTE
        live(core, dice, at)
        charger_id, connector_id, id_tag = f"CP{dice.randrange(8)}", dice.randrange(3), dice.choice(SPELLINGS)
        if n == 750:
            core = Core(core.policy, Snapshot(list(core.fleet.chargers.values()), last_transaction_id=500_000))
        expected = is_elsewhere(core, charger_id, connector_id, id_tag)
        asked = TransactionStarted(charger_id, at, connector_id, id_tag, n, at)
        told = authorization.alone(core.fleet, asked, ACCEPTED).status
        assert told is (TagStatus.CONCURRENT_TX if expected else TagStatus.ACCEPTED)
        refused += expected
    assert 100 < refused < 1_400
    running = [t for c in core.fleet.chargers.values() for t in (*c.open_transactions(), c.main.transaction) if t]
    kept = [transaction_id for of_tag in core.fleet._running.values() for transaction_id in of_tag]
    assert sorted(kept) == sorted(t.transaction_id for t in running), "what has ended is not kept"


def summed(core: Core) -> Totals:
    """The sums, over all of the depot."""
    shares = [share_of(charger) for charger in core.fleet.chargers.values()]
    totals = Totals(**Share(*map(sum, zip(*shares, strict=True)))._asdict())
    totals.energy_today_wh = core.fleet.totals().energy_today_wh
    return totals


@pytest.mark.parametrize("seed", range(5))
def test_totals_are_those_of_the_chargers_at_any_moment(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Also without a look at those that nothing was told of."""
    monkeypatch.setattr("server.core.tally.IN_TURN", 1)
    core, dice, seen = depot(8, alone=False), random.Random(seed), set()
    core.bus.listen(lambda event: seen.add((core.fleet.totals().charging, core.fleet.totals().faults)))
    for n in range(1_500):
        live(core, dice, T0 + n * MINUTE)
        if dice.random() < 0.5:
            assert core.fleet.totals() == summed(core)
    assert len(seen) > 10


def test_a_change_that_was_not_told_is_found_soon() -> None:
    """The sums are not a second truth: they come back to what the chargers say by themselves."""
    core = depot(4 * IN_TURN)
    core.fleet.totals()
    for charger in core.fleet.chargers.values():
        charger.main.power_w = 5
    for _ in range(5):
        core.fleet.totals()
    assert core.fleet.totals().power_w == 4 * IN_TURN * 5


def cost_ms(work: Callable[[], object]) -> float:
    """Of the quickest of some, as the machine is shared."""
    taken = []
    with Machine() as machine:
        for _ in range(20):
            began = time.monotonic()
            work()
            taken.append(time.monotonic() - began - machine.withheld(began))
    return min(taken) * 1000


def test_a_start_and_a_tick_cost_little_at_5000_chargers() -> None:
    """No look at ten thousand connectors for one message, or for the top line of a console."""
    core = depot(5_000)
    for charger in core.fleet.chargers.values():
        for connector_id in (1, 2):
            tag = f"04:{charger.key >> 8:02X}:{charger.key & 255:02X}:0{connector_id}"
            begun = TransactionStarted(charger.charger_id, T0, connector_id, tag, 0, T0)
            assert core.transaction_started(begun).tag.status is TagStatus.ACCEPTED
    assert core.fleet.totals().open_transactions == 10_000
    moments = iter(range(T0 + 1, T0 + 1_000))

    def start() -> None:
        at = next(moments)
        core.transaction_started(TransactionStarted("CP7", at, 1, "04:00:08:02", 0, at))

    assert cost_ms(start) < 1
    assert cost_ms(core.fleet.totals) < 1
