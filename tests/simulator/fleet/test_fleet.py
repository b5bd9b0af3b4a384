"""A fleet against the stand-in: who connects, what is counted, what it costs, how it ends."""

from __future__ import annotations

import asyncio
import socket
from collections import deque
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from simulator.fleet import show
from simulator.fleet.fleet import Figures, Fleet, FleetWanted
from simulator.fleet.profiles import PLANS, Plan, Profile
from simulator.fleet.run import run_fleet
from simulator.wanted import Mode, Unusable
from tests.simulator.csms import Csms


@asynccontextmanager
async def living(fleet: Fleet) -> AsyncIterator[Fleet]:
    life = asyncio.create_task(fleet.run())
    try:
        yield fleet
    finally:
        life.cancel()
        await asyncio.gather(life, return_exceptions=True)


async def reached(fleet: Fleet, condition: Callable[[Figures], object], timeout: float = 30.0) -> Figures:
    """The first figures that fulfil `condition`; they are looked at as a person does, again and again."""
    async with asyncio.timeout(timeout):
        while not condition(figures := fleet.figures()):  # noqa: ASYNC110 - figures are looked at, they do not call
            await asyncio.sleep(0.05)
    return figures


@pytest.mark.parametrize("profile", Profile)
async def test_every_profile_connects_and_charges(profile: Profile, central: Csms) -> None:
    """Ids PREFIX-0001 on; sessions come by themselves; nothing goes wrong, and one set of counters has it all."""
    wanted = FleetWanted(url=central.url, chargers=20, profile=profile, prefix="F", tempo=20.0)
    async with living(Fleet(wanted)) as fleet:
        figures = await reached(fleet, lambda f: f.accepted == 20 and f.sessions >= 3 and f.messages > 100)
    assert {call.charger_id for call in central.calls} == {f"F-{n:04d}" for n in range(1, 21)}
    assert figures.failed == 0
    assert figures.p99_ms >= figures.p50_ms > 0
    assert central.most_outstanding == 1


async def test_a_storm_takes_every_line_again_and_again(central: Csms) -> None:
    """WS-14, TX-12: all reconnect after each gust; nothing of theirs is lost or counted as a mistake."""
    wanted = FleetWanted(url=central.url, chargers=20, profile=Profile.STORM, tempo=15.0)
    async with living(Fleet(wanted)) as fleet:
        figures = await reached(fleet, lambda f: f.reconnects >= 40 and f.accepted == 20)
    assert figures.failed == 0


@pytest.mark.parametrize("plan", PLANS.values(), ids=PLANS)
def test_same_seed_same_fleet(plan: Plan) -> None:
    """Plates and traits are those of the seed, whatever the machine does."""
    one, two, three = (list(plan.members(20, seed, "F")) for seed in (1, 1, 2))
    assert one == two != three


async def test_a_charge_point_is_two_tasks_and_none_is_left(central: Csms) -> None:
    before = asyncio.all_tasks()
    wanted = FleetWanted(url=central.url, chargers=10, profile=Profile.STREET, tempo=20.0)
    async with living(Fleet(wanted)) as fleet:
        await reached(fleet, lambda f: f.accepted == 10 and f.sessions)
        names = [task.get_name() for task in asyncio.all_tasks() - before]
        assert sum("CP-0003" in name for name in names) <= 2
    assert not [task for task in asyncio.all_tasks() - before if "CP-" in task.get_name()]


async def test_nobody_listens(capfd: pytest.CaptureFixture[str]) -> None:
    """Exit code 1, and the summary says why nobody got on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    wanted = FleetWanted(url=f"ws://127.0.0.1:{port}", chargers=3, seconds=0.5, profile=Profile.STREET, mode=Mode.PLAIN)
    assert await run_fleet(wanted) == 1
    said = capfd.readouterr().out
    assert "nothing listens there" in said
    assert "refused dials 3" in said


async def test_callerrors_are_errors(central: Csms, capfd: pytest.CaptureFixture[str]) -> None:
    """As JSON: one object a line, the last is the summary, which counts them."""
    central.script["StatusNotification"] = deque(["InternalError"])
    wanted = FleetWanted(url=central.url, chargers=2, seconds=2.5, profile=Profile.STREET, mode=Mode.JSON, tempo=10)
    assert await run_fleet(wanted) == 1
    lines = [orjson.loads(line) for line in capfd.readouterr().out.splitlines()]
    assert [line["event"] for line in lines][-1] == "summary"
    assert lines[-1]["errors"] == 1
    assert lines[-1]["accepted"] == 2


def test_screen_fits_and_is_safe() -> None:
    """80x24, and no control character of somebody else's reaches the terminal."""
    wanted = FleetWanted(url="ws://x", chargers=20_000, seconds=3600)
    figures = Figures._make([3599.4, *[20_000] * 4, 10**9, 99_999.9, 999.9, 9999.9, *[10**6] * 6])
    painted = show.screen(wanted, figures, ["CP-0001: \x1b]0;gotcha\x07" + "x" * 200] * 5)
    rows = painted.removeprefix("\x1b[H").removesuffix("\x1b[J").split("\x1b[K\n")
    assert len(rows) <= 24
    assert all(len(row) <= 80 and row.isprintable() for row in rows)
    assert "59:59 of 60:00" in painted


@pytest.mark.parametrize(
    "wrong", [{"chargers": 0}, {"chargers": 10**6}, {"prefix": "a/b"}, {"tempo": 0.0}, {"seconds": -1.0}]
)
def test_what_cannot_be_meant(wrong: dict[str, object]) -> None:
    with pytest.raises(Unusable, match="--"):
        FleetWanted(**{"url": "ws://x", "chargers": 1} | wrong)  # type: ignore[arg-type]


def test_one_tls_context_for_all(tmp_path: Path) -> None:
    """A context costs half a megabyte: a fleet has one, and none without wss://."""
    assert FleetWanted(url="ws://x", chargers=1).tls is None
    assert FleetWanted(url="wss://x", chargers=1).tls is not None
    with pytest.raises(Unusable, match="--tls-ca"):
        _ = FleetWanted(url="wss://x", chargers=1, tls_ca=tmp_path / "none.pem").tls
    assert set(PLANS) == set(Profile)
