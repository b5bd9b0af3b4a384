"""Many chargers: what each costs the server in memory, and how fast all are back after a crash or a cut line.

`python -m tests.bench.connections [--chargers 5000] [--returning 1000]`

The chargers live in this process, the server in one of its own, so that its memory is measured alone. Each charger
boots and reports two connectors, as they do. Loopback only; ends by itself in a minute or two.
"""

from __future__ import annotations

import argparse
import asyncio
import errno
import itertools
import os
import random
import re
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Coroutine, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from tests.bench.links import ROOT, heartbeat
from tests.bench.load import BOOT, LoadClient, Tally

KB_EACH = 40.0  #: at most, per charger
ALL_BACK_S = 10.0  #: at most, from ready (or from the cut) to the last boot answered
AT_ONCE = 200  #: handshakes under way while the depot fills
SPARE_FILES = 200
GIVE_UP_S = 60.0


class Back(NamedTuple):
    """How a crowd came back; seconds."""

    all_booted: float
    answers: list[float]  #: per charger, from BootNotification to its answer, sorted
    attempts: int


class Charger(LoadClient):
    """Boots, reports its connectors, and says no to whatever it is asked."""

    def report(self) -> None:
        for connector_id in (0, 1, 2):
            self.send_text(
                f'[2,"s{connector_id}","StatusNotification",'
                f'{{"connectorId":{connector_id},"errorCode":"NoError","status":"Available"}}]'
            )

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        for waiter in (self.upgraded, self.first_answer):
            waiter.exception()  # whoever waits is told; asyncio need not complain that nobody did

    def _on_answer(self, payload: bytes) -> None:
        if payload[:2] == b"[2":
            asked = payload.split(b'"', 2)[1].decode()
            self.send_text(f'[4,"{asked}","NotSupported","",{{}}]')
        elif not self.first_answer.done():
            self.first_answer.set_result(payload)


class Depot:
    """`ocpp-console serve` on one port for all its lives."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self.port = 0
        self.process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        environment = dict(os.environ, OCPP_CONSOLE_OCPP_UNKNOWN_CHARGERS="accept", PYTHONPATH=str(ROOT))
        command = [sys.executable, "-P", "-m", "console.cli", "serve", "--host", "127.0.0.1", "--port", str(self.port)]
        command += ["--db", str(self._folder / "depot.db"), "--socket", str(self._folder / "s"), "--log-level", "error"]
        self.process = await asyncio.create_subprocess_exec(
            *command, env=environment | {"OCPP_CONSOLE_DROP_PORT": "0"}, cwd=ROOT, stdout=asyncio.subprocess.PIPE
        )
        assert self.process.stdout is not None
        ready = (await self.process.stdout.readline()).decode()
        if not ready:
            raise SystemExit(f"the server did not start (exit code {await self.process.wait()})")
        self.port = int(ready.split("ocpp=")[1].split()[0].rsplit(":", 1)[1])

    async def end(self, number: signal.Signals) -> None:
        assert self.process is not None
        if self.process.returncode is None:
            self.process.send_signal(number)
            await self.process.wait()

    @property
    def memory_kb(self) -> int:
        assert self.process is not None
        found = re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{self.process.pid}/status").read_text())
        assert found is not None
        return int(found[1])

    async def settled_kb(self) -> int:
        """Its memory once it has stopped moving."""
        before, now = 0, self.memory_kb
        while abs(now - before) > 200:
            await asyncio.sleep(2.5)
            before, now = now, self.memory_kb
        return now


class Arrived(NamedTuple):
    charger: Charger
    booted_at: float
    answer_s: float
    attempts: int


async def bring_in(port: int, number: int) -> Arrived:
    """Dial until it is let in, as chargers do; then boot and report."""
    loop = asyncio.get_running_loop()
    for attempts in itertools.count(1):
        try:
            _, charger = await loop.create_connection(
                lambda: Charger(number, f"/ocpp/DEPOT-{number:05}", heartbeat, Tally()), "127.0.0.1", port
            )
            await charger.upgraded
            began = time.perf_counter()
            charger.send_text(BOOT)
            answer = await charger.first_answer
        except OSError as error:  # refused, or cut before it was through
            if error.errno == errno.EMFILE:
                raise
            await asyncio.sleep(0.2 + random.random() * 0.3)
            continue
        now = time.perf_counter()
        if not answer.startswith(b"[3,"):
            raise SystemExit(f"the boot of charger {number} was answered {answer.decode()}")
        charger.report()
        return Arrived(charger, now, now - began, attempts)
    raise AssertionError("it counts for ever")


async def fill(port: int, count: int) -> list[Charger]:
    """`count` chargers, a few at a time."""
    few = asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Charger:
        async with few:
            return (await bring_in(port, number)).charger

    async with asyncio.timeout(GIVE_UP_S * 3):
        return await asyncio.gather(*(one(n) for n in range(count)))


async def come_back(depot: Depot, count: int, starts: Coroutine[Any, Any, None] | None = None) -> Back:
    """All at once; while the server still `starts`, if it does: then the time counts from its being ready."""
    async with asyncio.timeout(GIVE_UP_S):
        dialling = asyncio.gather(*(bring_in(depot.port, n) for n in range(count)))
        if starts is not None:
            await starts
        began = time.perf_counter()
        arrived = await dialling
    took = max(a.booted_at for a in arrived) - began
    hang_up([a.charger for a in arrived])
    return Back(took, sorted(a.answer_s for a in arrived), sum(a.attempts for a in arrived))


def hang_up(chargers: Sequence[Charger]) -> None:
    for charger in chargers:
        charger.close()


async def measure(folder: Path, count: int, returning: int) -> bool:
    depot = Depot(folder)
    try:
        await depot.start()
        await asyncio.sleep(2)  # it loads what its first terminal will need
        empty = await depot.settled_kb()
        began = time.perf_counter()
        chargers = await fill(depot.port, count)
        filled = time.perf_counter() - began
        full = await depot.settled_kb()
        each = (full - empty) / count
        print(f"{count} chargers booted in {filled:.1f} s: {empty} kB empty, {full} kB full")
        print(f"memory per charger    {each:7.1f} kB   (target <= {KB_EACH:.0f})")
        hang_up(chargers)
        cut = await come_back(depot, returning)
        told(f"{returning} back after all lines were cut", cut)
        await depot.end(signal.SIGKILL)
        killed = await come_back(depot, returning, depot.start())
        told(f"{returning} back after kill -9", killed)
    finally:
        await depot.end(signal.SIGTERM)
    return each <= KB_EACH and max(cut.all_booted, killed.all_booted) < ALL_BACK_S


def told(name: str, back: Back) -> None:
    answers = back.answers
    p50, p99 = answers[len(answers) // 2] * 1000, answers[int(len(answers) * 0.99)] * 1000
    print(
        f"{name:34}{back.all_booted:6.2f} s   (target < {ALL_BACK_S:.0f}); {back.attempts} attempts; "
        f"boot answered p50 {p50:.0f} ms, p99 {p99:.0f} ms"
    )


def allow_files(wanted: int) -> None:
    """Each charger is an open file here, and one in the server."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise SystemExit(f"{wanted} open files are needed, {hard} are allowed: raise the limit (ulimit -Hn)")
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, wanted), hard))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--chargers", type=int, default=5_000)
    parser.add_argument("--returning", type=int, default=1_000)
    options = parser.parse_args()
    allow_files(max(options.chargers, options.returning) + SPARE_FILES)
    with tempfile.TemporaryDirectory(prefix="oc-") as folder:
        reached = asyncio.run(measure(Path(folder), options.chargers, options.returning))
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
