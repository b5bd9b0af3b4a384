"""Frames that no charger should send, by the hundred thousand, to the whole server over several real links at once.

A short run is part of every test run. The long one, with its figures:
`FUZZ_FRAMES=100000 pytest -n 0 -m soak -s tests/journeys/test_fuzz.py`.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import sqlite3
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import httpx
import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.journeys.fuzz_frames import OPERATIONS, Shape, answers, frames
from tests.journeys.fuzz_links import FuzzedLink
from tests.journeys.product import Served
from tests.raw_client import RawClient

BATCH = 20  #: frames of one example, dealt to the links; a Heartbeat behind them proves that each of these lives
LENIENT = ("FUZZ-1", "FUZZ-2")
LINKS = (*LENIENT, "FUZZ-STRICT", "FUZZ-NEW")  #: the last has not booted: it is refused until the fuzz does it
GROWTH_KB = 8_000  #: at most, from a fifth of the run to its end
ENDED = frozenset({"accepted", "rejected", "error", "timed_out", "blocked"})  #: what a command may be in the end
TROUBLE = re.compile(r"Traceback|failed|exception|never retrieved", re.IGNORECASE)


class Fuzz:
    """The server, its chargers, and an operator who starts operations while frames fly."""

    def __init__(self, folder: Path) -> None:
        self.served = Served(folder, OCPP_MAX_FRAMES_PER_SECOND="0", OCPP_CALL_TIMEOUT="0.5")
        self.links: list[FuzzedLink] = []
        self.commands: list[int] = []
        self.memory: list[int] = []  #: kB, every thousand frames
        self._http = httpx.AsyncClient(
            transport=httpx.AsyncHTTPTransport(uds=str(self.served.socket)), base_url="http://local", timeout=10
        )

    async def start(self) -> None:
        await self.served.start()
        for charger_id in LINKS:
            client = await RawClient.connect(self.served.port, f"/ocpp/{charger_id}")
            self.links.append(FuzzedLink(charger_id, client, charger_id in LENIENT))
            if charger_id != "FUZZ-NEW":
                await client.boot()
        (await self._http.put("/api/chargers/FUZZ-STRICT", json={"options": {"strict": True}})).raise_for_status()

    @property
    def sent(self) -> int:
        return sum(link.sent for link in self.links)

    async def example(self, shapes: list[Shape], replies: list[Shape]) -> None:
        """One batch on all links, with an operation for each reply."""
        before = self.sent // 1000
        of_link = {link: (shapes[i :: len(LINKS)], replies[i :: len(LINKS)]) for i, link in enumerate(self.links)}
        operating = [self._operate(link) for link, (_, answers) in of_link.items() for _ in answers]
        await asyncio.gather(*operating, *(link.batch(*drawn) for link, drawn in of_link.items()))
        if self.sent // 1000 > before:
            self.memory.append(self._memory_kb())

    async def _operate(self, link: FuzzedLink) -> None:
        name, payload = OPERATIONS[len(self.commands) % len(OPERATIONS)]
        answer = await self._http.post(
            f"/api/chargers/{link.charger_id}/operations/{name}", json=payload, params={"wait": 0}
        )
        assert answer.status_code in (200, 409), answer.text
        if answer.status_code == 200:
            self.commands.append(answer.json()["commandId"])

    async def finish(self) -> tuple[str, list[str]]:
        """End in order: the server's opinion of itself, and the states of the last commands."""
        self.memory.append(self._memory_kb())  # before a thousand commands are read at once: that takes some MB, once
        states = await self._states()
        async with asyncio.timeout(20):
            while "queued" in states:  # what was answered unreadably, or not yet sent, has its time-out before it
                await asyncio.gather(*(link.drain() for link in self.links))
                states = await self._states()
        health = await self.served.get("/api/health")
        return health["status"], states

    async def _states(self) -> list[str]:
        found = await self.served.get("/api/commands", limit=1000)
        return [row["state"] for row in found["commands"]]

    async def close(self) -> int:
        """The exit code of the server, which ends whatever has happened."""
        try:
            await self._http.aclose()
            for link in self.links:
                await link.close()
            return await self.served.terminate()
        finally:
            await self.served.__aexit__(None, None, None)

    def _memory_kb(self) -> int:
        assert self.served.process is not None
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.served.process.pid}/status").read_text())
        assert found is not None
        return int(found[1])


def fuzz(folder: Path, count: int, number: int | None) -> None:
    """Send about `count` frames and check everything that must be true then. `number`: of the random sequence."""
    began = time.monotonic()
    with asyncio.Runner() as runner:
        run = Fuzz(folder)

        @settings(
            max_examples=max(1, count // BATCH),
            deadline=None,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
            database=None,
            derandomize=number is None,
        )
        @given(st.lists(frames, min_size=BATCH, max_size=BATCH), st.lists(answers(), max_size=2))
        def examples(shapes: list[Shape], replies: list[Shape]) -> None:
            runner.run(run.example(shapes, replies))

        try:
            runner.run(run.start())
            (examples if number is None else seed(number)(examples))()
            health, states = runner.run(run.finish())
        finally:
            code = runner.run(run.close())
    _tell(run, time.monotonic() - began)
    assert run.sent >= count * 0.9
    assert (code, health) == (0, "healthy")
    assert set(states) <= ENDED, Counter(states)
    assert TROUBLE.search(run.served.said) is None, run.served.said[-4000:]
    settled = run.memory[len(run.memory) // 5 :]
    assert settled[-1] - settled[0] < GROWTH_KB, run.memory
    _check_database(run)


def _tell(run: Fuzz, seconds: float) -> None:
    kinds: Counter[str] = sum((link.kinds for link in run.links), Counter())
    answered = sum(link.answered for link in run.links)
    tenths = " ".join(str(kb) for kb in run.memory[:: max(1, len(run.memory) // 10)])
    print(
        f"\n{run.sent} frames in {seconds:.0f} s on {len(run.links)} links, {answered} CALLs answered, none missing; "
        f"{len(run.commands)} operations\nmemory of the server, kB, from the first thousand on: {tenths}\n"
        + ", ".join(f"{kind} {times}" for kind, times in sorted(kinds.items()))
    )


def _check_database(run: Fuzz) -> None:
    """The file is whole, holds every frame byte for byte, and every transaction that was acknowledged."""
    with closing(sqlite3.connect(run.served.db)) as database:
        assert database.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        journaled = _journaled(database)
        for link in run.links:
            missing = link.on_the_wire - journaled[link.charger_id]
            assert not missing, f"{missing.total()} frames of {link.charger_id} are not in the journal"
            states = dict(
                database.execute(
                    "SELECT transaction_id, state FROM transactions WHERE charger_id = ?", (link.charger_id,)
                )
            )
            assert link.transactions <= states.keys(), link.charger_id
            open_yet = {n for n in link.stopped if states[n] == "ongoing"}
            assert not open_yet, f"{link.charger_id}: stopped, but still open: {sorted(open_yet)[:9]}"


def _journaled(database: sqlite3.Connection) -> dict[str, Counter[int]]:
    """Hashes of the messages from each charger."""
    chargers = dict(database.execute("SELECT key, charger_id FROM chargers"))
    found: dict[str, Counter[int]] = {charger_id: Counter() for charger_id in chargers.values()}
    for (block,) in database.execute("SELECT frames FROM frame_blocks"):
        for _, charger_key, direction, _, _, raw, _ in json.loads(block):
            if direction == "in" and charger_key in chargers:
                data = raw[0].encode("latin-1") if isinstance(raw, list) else raw.encode()
                found[chargers[charger_key]][hash(data)] += 1
    return found


@pytest.mark.slow
def test_two_thousand_odd_frames_on_four_links(folder: Path) -> None:
    """RPC-20, RPC-22, T7: no lost link, no unanswered CALL, nothing escapes, nothing that was acknowledged is lost."""
    fuzz(folder, 2_000, None)


@pytest.mark.soak
def test_a_hundred_thousand_odd_frames(folder: Path) -> None:
    """RPC-20, T7, F19: the same for `FUZZ_FRAMES`, and the memory of the server stays flat."""
    fuzz(folder, int(os.environ.get("FUZZ_FRAMES", "100000")), int(os.environ.get("FUZZ_SEED", "1")))
