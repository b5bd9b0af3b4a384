"""Server CPU per message of a durable mix, side by side in one run with three others:

the documented way (`ocpp` + aiosqlite, durable), the npm package `ocpp-rpc` in strict mode (in memory), and a bare
`websockets` echo (in memory). With few chargers a server has all it needs in its caches, with many it does not: so it
is measured with both. The last row is this server with a disk that takes nothing: what no store could make better.
`NODE_PATH=FOLDER/node_modules python -m tests.bench.peers`, where `npm install ocpp-rpc` was run in FOLDER; without it
that row is left out.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from tests.bench.links import (
    Figure,
    Server,
    documented,
    first_line,
    heartbeat,
    measure,
    medians,
    meter_values,
    product,
    start_transaction,
    started,
    status,
)

HERE = Path(__file__).parent
TARGETS = {"documented way": 10.0, "ocpp-rpc strict": 1 / 1.5, "websockets echo": 1 / 2.2}


def mix(client: int, n: int) -> str:
    """Heartbeat, StatusNotification, MeterValues and StartTransaction in turn; a connector goes from state to state."""
    if n % 4 == 1:
        return status(client, n, n // 4)
    return (heartbeat, status, meter_values, start_transaction)[n % 4](client, n)


@contextmanager
def echo() -> Iterator[Server]:
    with started([sys.executable, "-P", "-m", "tests.bench.raw_echo"], dict(os.environ)) as process:
        yield Server("websockets echo", process.pid, int(first_line(process)))


@contextmanager
def ocpp_rpc() -> Iterator[Server]:
    with started(["node", str(HERE / "ocpp_rpc_server.cjs")], dict(os.environ)) as process:
        yield Server("ocpp-rpc strict", process.pid, int(first_line(process)))


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--seconds", type=float, default=4.0)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--chargers", type=int, nargs="+", default=[50, 1000])
    options = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        servers = [stack.enter_context(s) for s in (product(folder), documented(folder), echo())]
        if shutil.which("node") and os.environ.get("NODE_PATH"):
            servers.append(stack.enter_context(ocpp_rpc()))
        servers.append(stack.enter_context(product(folder, "ours, unstored", "tests.bench.unstored")))
        missed = 0
        for chargers in options.chargers:
            figures: dict[str, list[Figure]] = {s.name: [] for s in servers}
            for _ in range(options.rounds):
                for server in servers:
                    figures[server.name].append(asyncio.run(measure(server, mix, chargers, options.seconds)))
            print(f"{chargers} chargers, each sends when it was answered")
            missed += tell(figures)
    return min(missed, 1)


def tell(figures: dict[str, list[Figure]]) -> int:
    ours = medians(figures["ocpp-console"])[0]
    reached = True
    print(f"{'server':18}{'CPU us':>8}{'msg/s':>9}{'p50 ms':>8}{'p99 ms':>8}   others / ours")
    for name, measured in figures.items():
        row = medians(measured)
        line = f"{name:18}{row[0]:8.1f}{row[1]:9.0f}{row[2]:8.1f}{row[3]:8.1f}"
        if name in TARGETS:
            ratio = row[0] / ours
            reached = reached and ratio >= TARGETS[name]
            line += f"   {ratio:5.2f}  (target >= {TARGETS[name]:.2f})"
        print(line)
    return 0 if reached else 1


if __name__ == "__main__":
    sys.exit(main())
