"""Terminals that come in pairs, may only look, die without a word or are none at all."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
from pathlib import Path

import pytest

from console.terminal import wire
from simulator import ChargePoint
from tests.journeys.neighbour import undisturbed
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen

WAIT = 10.0


def attached(served: Served, *options: str, columns: int = 120, lines: int = 30) -> PtyScreen:
    return PtyScreen([*COMMAND, "attach", "--socket", str(served.socket), *options], columns, lines)


async def terminals(served: Served, count: int) -> None:
    """Wait until so many terminals are attached."""
    async with asyncio.timeout(10):
        while f"ocpp_console_terminals {count}.0" not in await served.text("/metrics"):  # noqa: ASYNC110 - a figure
            await asyncio.sleep(0.05)


async def test_two_terminals_and_one_that_is_killed(folder: Path) -> None:
    """Both see the same depot in their own size; kill -9 of one leaves the other and every charger alone."""
    async with Served(folder) as served:
        async with undisturbed(served), attached(served) as first, attached(served, columns=80, lines=24) as second:
            await first.until("CHATTER", WAIT)
            await second.until("CHATTER", WAIT)
            await terminals(served, 2)
            async with ChargePoint("CP-7", served.url) as charger:
                await charger.until(lambda: charger.registered)
                charger.fault(1, "GroundFailure")
                await first.until("FLT", WAIT)
                await second.until("FLT", WAIT)
                first.kill(signal.SIGKILL)
                await first.wait_exit()
                await terminals(served, 1)
                charger.clear_fault(1)
                await second.until(lambda s: "FLT" not in s.text, WAIT)
            second.send("q")
            assert await second.wait_exit() == 0
            await terminals(served, 0)
        assert await served.terminate() == 0
    assert served.said == ""


async def test_read_only_terminal_sends_nothing(folder: Path) -> None:
    """The keys of operations are answered with a reason, no command is made, the charger hears nothing."""
    async with Served(folder) as served, ChargePoint("CP-7", served.url) as charger:
        await charger.until(lambda: charger.registered)
        async with attached(served, "--read-only") as screen:
            await screen.until("CP-7", WAIT)
            for key in "rcsx":
                screen.send(key)
                await screen.until("read-only", WAIT)
                screen.send("y")
            screen.send("6")
            await screen.until("6 Operations", WAIT)
            screen.send("q")
            assert await screen.wait_exit() == 0
        assert (await served.get("/api/commands"))["count"] == 0


async def test_server_that_stops_takes_leave_of_its_terminals(folder: Path) -> None:
    """SIGTERM: the terminal gets its screen back and a sentence, the client ends with 69, the server with 0."""
    async with Served(folder) as served, attached(served) as screen:
        await screen.until("6 Operations", WAIT)
        assert await served.terminate() == 0
        assert await screen.wait_exit() == wire.EXIT_UNREACHABLE
        await screen.until("the server has stopped")
        assert not screen.is_alternate
    assert served.said == ""


GARBAGE = [
    os.urandom(4000),
    b"\x00" * 4000,
    wire.MAGIC + os.urandom(4000),
    wire.MAGIC + wire.HELLO + b"\xff\xff\xff\xff" + b"x" * 1000,
    wire.MAGIC + wire.pack(wire.HELLO, b"[" * 60_000),
    wire.MAGIC + wire.pack(wire.HELLO, b'{"version":1,"columns":-1,"rows":1e99,"env":[],"flags":7}') + os.urandom(4000),
    wire.MAGIC + wire.pack(wire.HELLO, b'{"version":99}'),
    wire.MAGIC + wire.pack(wire.INPUT, b"q"),
    b"GET / HTTP/1.1\r\n" + b"A: b\r\n" * 5000 + b"\r\n",
    b"POST /api/chargers/x/operations/Reset HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999\r\n\r\n" + b"{" * 5000,
    b"\x16\x03\x01\x02\x00",
]


async def test_garbage_on_the_socket_is_sent_away(folder: Path) -> None:
    """What is no terminal and no program: cut, in at most a line of the log each, and no one else notices."""
    async with Served(folder) as served:
        async with undisturbed(served), attached(served) as screen:
            await screen.until("CHATTER", WAIT)
            await asyncio.gather(*(speak(served, said) for said in GARBAGE))
            await terminals(served, 1)
            screen.send("q")
            assert await screen.wait_exit() == 0
        assert await served.terminate() == 0
    assert served.said.count("\n") <= len(GARBAGE), served.said


async def speak(served: Served, said: bytes) -> None:
    """Say it, hear what comes, go."""
    reader, writer = await asyncio.open_unix_connection(served.socket)
    with contextlib.suppress(ConnectionError, TimeoutError):
        writer.write(said)
        async with asyncio.timeout(1):
            await reader.read(65_536)
    writer.transport.abort()


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
async def test_signal_stops_a_busy_server_in_order(folder: Path, number: signal.Signals) -> None:
    """Chargers, a terminal and half a request are there: exit code 0 within 5 s; SIGHUP before that changes nothing."""
    async with Served(folder) as served, attached(served) as screen:
        await screen.until("6 Operations", WAIT)
        async with undisturbed(served) as chatter:
            _, half = await asyncio.open_unix_connection(served.socket)
            half.write(b"GET /api/chargers HTTP/1.1\r\n")
            served.signal(signal.SIGHUP)
            await chatter.answers(5)
        served.signal(number)
        assert await served.ended(5) == 0
        half.transport.abort()
    assert served.said == ""
