"""Server CPU per message: this product beside the documented way, over the same messages, in one run.

`python -m tests.bench.links [--seconds 4] [--rounds 3] [--chargers 50]`

Both are durable: WAL, synchronous=FULL, the answer leaves after the commit. Ratios are medians over rounds that take
turns, so that a busy machine disturbs both alike. The target is in the last column.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

from tests.bench.load import Payload, Tally, connect, drive

ROOT = Path(__file__).parents[2]
TICKS = os.sysconf("SC_CLK_TCK")


class Server(NamedTuple):
    name: str
    pid: int
    port: int


class Figure(NamedTuple):
    """One measured window."""

    cpu_us: float  #: server CPU per answered message
    rate: float  #: messages per second
    p50_ms: float
    p99_ms: float
    errors: int


@contextmanager
def product(folder: Path, name: str = "ocpp-console", module: str = "console.cli") -> Iterator[Server]:
    """`ocpp-console serve` with limits off: the load sends faster than any charger may."""
    environment = dict(
        os.environ,
        OCPP_CONSOLE_OCPP_UNKNOWN_CHARGERS="accept",
        OCPP_CONSOLE_OCPP_MAX_FRAMES_PER_SECOND="0",
        OCPP_CONSOLE_TAGS_UNKNOWN="accept",
    )
    command = [sys.executable, "-P", "-m", module, "serve", "--host", "127.0.0.1", "--port", "0"]
    command += ["--db", str(folder / f"{module}.db"), "--socket", str(folder / module), "--log-level", "warning"]
    with started(command, environment) as process:
        ready = first_line(process)
        port = int(ready.split("ocpp=")[1].split()[0].rsplit(":", 1)[1])
        yield Server(name, process.pid, port)


@contextmanager
def documented(folder: Path) -> Iterator[Server]:
    command = [sys.executable, "-P", "-m", "tests.bench.documented_way", str(folder / "documented.db")]
    with started(command, dict(os.environ)) as process:
        yield Server("documented way", process.pid, int(first_line(process)))


@contextmanager
def started(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[str]]:
    environment["PYTHONPATH"] = str(ROOT)
    process = subprocess.Popen(command, env=environment, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()


def first_line(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line:
        raise SystemExit(f"the server did not start (exit code {process.wait(5)})")
    return line


def cpu_seconds(pid: int) -> float:
    """User and system time of the process with all its threads."""
    fields = Path(f"/proc/{pid}/stat").read_text().rsplit(") ", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def heartbeat(client: int, n: int) -> str:
    return f'[2,"{n}","Heartbeat",{{}}]'


def status(client: int, n: int, step: int | None = None) -> str:
    """`step`: where the connector is on its way through a session; else it takes one with each message."""
    way = ("Available", "Preparing", "Charging", "SuspendedEV", "Finishing")
    state = way[(n if step is None else step) % len(way)]
    return (
        f'[2,"{n}","StatusNotification",{{"connectorId":1,"errorCode":"NoError","status":"{state}",'
        f'"timestamp":"{stamp(n)}"}}]'
    )


def start_transaction(client: int, n: int) -> str:
    return (
        f'[2,"{n}","StartTransaction",{{"connectorId":1,"idTag":"A1B2C3","meterStart":{n * 100},'
        f'"timestamp":"{stamp(n)}"}}]'
    )


def meter_values(client: int, n: int) -> str:
    """Ten sampled values, about 1.4 kB, as a three-phase charger sends them."""
    values = [
        sampled(str(n * 10), "Energy.Active.Import.Register", "Wh"),
        sampled("11040.0", "Power.Active.Import", "W"),
        *(sampled(f"16.{n % 10}", "Current.Import", "A", phase) for phase in ("L1", "L2", "L3")),
        *(sampled(f"23{n % 10}.4", "Voltage", "V", phase) for phase in ("L1-N", "L2-N", "L3-N")),
        sampled("32.0", "Current.Offered", "A"),
        sampled("41", "SoC", "Percent"),
    ]
    return (
        f'[2,"{n}","MeterValues",{{"connectorId":1,"meterValue":[{{"timestamp":"{stamp(n)}",'
        f'"sampledValue":[{",".join(values)}]}}]}}]'
    )


def sampled(value: str, measurand: str, unit: str, phase: str = "") -> str:
    where = f',"phase":"{phase}"' if phase else ""
    return (
        f'{{"value":"{value}","context":"Sample.Periodic","format":"Raw","measurand":"{measurand}"{where},'
        f'"location":"Outlet","unit":"{unit}"}}'
    )


def stamp(n: int) -> str:
    moment = time.gmtime(START + n)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", moment)


START = int(time.time()) - 86_400

MESSAGES: dict[str, tuple[Payload, float]] = {
    "MeterValues": (meter_values, 12.0),
    "StartTransaction": (start_transaction, 6.0),
    "StatusNotification": (status, 0.0),
    "Heartbeat": (heartbeat, 0.0),
}


async def measure(server: Server, payload: Payload, chargers: int, seconds: float) -> Figure:
    tally = Tally()
    clients = await connect(server.port, chargers, payload, tally)
    try:
        await drive(clients, min(0.5, seconds), tally)  # warm up
        await asyncio.sleep(0.2)
        tally.answered, tally.errors, tally.latencies = 0, 0, []
        before = cpu_seconds(server.pid)
        await drive(clients, seconds, tally)
        await asyncio.sleep(0.3)  # what is still under way belongs to the count
        spent = cpu_seconds(server.pid) - before
    finally:
        for client in clients:
            client.close()
    if not tally.answered:
        raise SystemExit(f"{server.name} answered nothing")
    latencies = sorted(tally.latencies)
    return Figure(
        spent / tally.answered * 1e6,
        tally.answered / tally.seconds,
        latencies[len(latencies) // 2] * 1000,
        latencies[int(len(latencies) * 0.99)] * 1000,
        tally.errors,
    )


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chargers", type=int, default=50)
    parser.add_argument("--message", choices=MESSAGES, action="append")
    options = parser.parse_args()
    reached = True
    with tempfile.TemporaryDirectory() as name, product(Path(name)) as ours, documented(Path(name)) as theirs:
        print(f"{'message':20}{'server':16}{'CPU us':>8}{'msg/s':>8}{'p50 ms':>8}{'p99 ms':>8}{'errors':>8}")
        for message, (payload, target) in MESSAGES.items():
            if options.message and message not in options.message:
                continue
            figures: dict[str, list[Figure]] = {ours.name: [], theirs.name: []}
            for _ in range(options.rounds):
                for server in (ours, theirs):
                    figure = asyncio.run(measure(server, payload, options.chargers, options.seconds))
                    figures[server.name].append(figure)
            for server_name, measured in figures.items():
                print(f"{message:20}{server_name:16}" + "".join(f"{v:8.1f}" for v in medians(measured)))
            ratio = medians(figures[theirs.name])[0] / medians(figures[ours.name])[0]
            reached = reached and ratio >= target
            wanted = f"  (target >= {target:.0f}x)" if target else ""
            print(f"{message:20}{'ratio':16}{ratio:7.1f}x{wanted}\n")
    return 0 if reached else 1


def medians(figures: list[Figure]) -> list[float]:
    return [statistics.median(column) for column in zip(*figures, strict=True)]


if __name__ == "__main__":
    sys.exit(main())
