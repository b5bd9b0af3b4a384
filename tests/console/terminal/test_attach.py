"""Terminals attached over the unix socket: real server process, real thin clients, real ptys."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from console.terminal import wire
from tests.console.terminal.conftest import Depot
from tests.pty_screen import PtyScreen


@asynccontextmanager
async def running(depot: Depot, *options: str) -> AsyncIterator[PtyScreen]:
    """A server that accepts terminals."""
    async with depot.server(*options) as server:
        await depot.until(lambda report: "ready" in report)
        yield server


def is_newer(screen: PtyScreen, count: int) -> bool:
    """A whole picture of the wall, of turn `count` or later."""
    lines = [line for line in screen.text.splitlines() if line[2:4] == ": "]
    return len(lines) == screen.screen.lines - 4 and len({x[4:] for x in lines}) == 1 and int(lines[0][4:10]) >= count


async def test_a_client_paints_takes_keys_resizes_and_detaches(depot: Depot) -> None:
    """The everyday life of one attached terminal; exit code 0 and the terminal as it was."""
    async with running(depot), depot.client(100, 30) as screen:
        await screen.until("size=100x30")
        assert screen.is_alternate and screen.is_raw
        screen.send("j\x1b[A\u00e9\x1a")
        await screen.until("keys:j up \u00e9 ctrl+z")
        screen.resize(70, 20)
        await screen.until("size=70x20")
        screen.send("q")
        assert await screen.wait_exit() == 0
        assert not screen.is_alternate and not screen.is_raw
        assert screen.text.strip() == "ocpp-console: detached"


async def test_two_clients_of_different_sizes_and_colours_at_once(depot: Depot) -> None:
    """One process paints 24 bit colour, 256 colours, 16 colours and none at once, each client its own way.

    The same style in the same process: Rich keeps escape codes in it, so one client's colours could reach another.
    """
    true = {"COLORTERM": "truecolor"}
    async with (
        running(depot, "wall") as server,
        depot.client(160, 48, true) as large,
        depot.client(80, 24, {"TERM": "xterm-256color"}) as small,
        depot.client(60, 15, {"TERM": "screen"}) as few,
        depot.client(80, 24, {"NO_COLOR": "1", "TERM": "xterm-256color"}) as mono,
    ):
        for screen, colours in ((large, "true"), (small, "256"), (few, "16"), (mono, "none")):
            await screen.until(f"colours={colours} ")
            await screen.until(lambda s: is_newer(s, 3))
        assert large.cell(0, 5).fg == "d55e00"
        assert small.cell(0, 5).fg == "d75f00"
        assert few.cell(0, 5).fg in ("red", "brightred", "brown", "brightbrown")
        assert mono.cell(0, 5).fg == "default" and mono.cell(0, 5).bold
        assert (large.screen.columns, small.screen.columns) == (160, 80)
        assert b"38;2" not in small.raw + few.raw + mono.raw and b"38;5" not in few.raw + mono.raw
        assert not any(b"\x1b[%d" % colour in mono.raw for colour in range(30, 48))
        large.send("q")
        assert await large.wait_exit() == 0
        await small.until(lambda s: is_newer(s, 10))
        assert server.is_running
    assert depot.gaps == []


async def test_an_ascii_client_gets_ascii_only(depot: Depot) -> None:
    """No UTF-8 locale: not one byte above 127 is sent, in as many cells; the next client still gets its glyphs."""
    async with running(depot), depot.client(env={"LANG": "C"}) as plain, depot.client() as rich:
        await plain.until("| # caf? ?? .")
        await rich.until("\u2502 \u25cf caf\u00e9 \u6f22")
        assert plain.raw.isascii()


async def test_flags_of_the_command_line_reach_the_server(depot: Depot) -> None:
    """--ascii and --no-color of the client, whatever its environment says."""
    async with running(depot), depot.client(arguments="flags={'ascii': True, 'no_color': True}") as screen:
        await screen.until("colours=none ")
        await screen.until("caf?")


@pytest.mark.slow
async def test_a_frozen_client_does_not_stop_the_server_and_is_right_afterwards(depot: Depot) -> None:
    """Terminal of the client frozen for 4 s: no gap, another client unaffected, a fresh picture after the thaw."""
    async with running(depot, "wall") as server, depot.client(160, 48) as frozen, depot.client() as other:
        await frozen.until(lambda s: is_newer(s, 1))
        frozen.freeze()
        started = time.monotonic()
        await other.until(lambda s: is_newer(s, 38))
        assert time.monotonic() - started > 3
        frozen.send("kP")  # from now on nothing changes: only a repaint can put the picture right
        await asyncio.sleep(0.3)
        frozen.thaw()
        await frozen.until(lambda s: "keys:k P" in s.text and re.fullmatch(r"stands at \d{6}", s.line(1)) is not None)
        turn = int(frozen.line(1)[-6:])  # each UI counts for itself; an old picture has < 10
        assert turn >= 30
        await frozen.until(lambda s: is_newer(s, turn))
        server.kill(signal.SIGTERM)
        await server.wait_exit()
    assert depot.gaps == []
    unaffected, behind = sorted(json.loads(depot.told("stopped skipped=")))  # either may have been greeted first
    assert unaffected < 5 and behind > 20


async def test_a_stopped_client_that_goes_on_gets_the_whole_picture(depot: Depot) -> None:
    """SIGSTOP, a shell that uses the terminal, SIGCONT: raw mode and every line are back."""
    async with running(depot), depot.client() as screen:
        await screen.until("size=80x24")
        await asyncio.sleep(0.3)  # nothing more is under way
        screen.kill(signal.SIGSTOP)
        screen.screen.reset()
        screen.kill(signal.SIGCONT)
        await screen.until(lambda s: s.is_alternate and "size=80x24" in s.text and "keys:" in s.text)
        assert screen.is_raw


async def test_sigtstp_does_not_stop_a_client(depot: Depot) -> None:
    """The client relays on: a stopped one would leave a raw terminal to the shell."""
    async with running(depot), depot.client(shell=True) as screen:
        await screen.until("keys:")
        os.killpg(os.tcgetpgrp(screen.master), signal.SIGTSTP)
        screen.send("k")
        await screen.until("keys:k")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP, signal.SIGINT])
async def test_a_signal_ends_a_client_with_its_terminal_restored(depot: Depot, number: signal.Signals) -> None:
    """The terminal is given back whatever ends the client."""
    async with running(depot), depot.client() as screen:
        await screen.until("keys:")
        screen.kill(number)
        assert await screen.wait_exit() == 0
        assert not screen.is_alternate and not screen.is_raw


async def test_a_killed_client_and_a_closed_window_leave_the_server_alone(depot: Depot) -> None:
    """kill -9 of one client, the window of another closed: their UIs end, a third works on."""
    async with running(depot, "wall"), depot.client() as killed, depot.client() as closed, depot.client() as third:
        for screen in (killed, closed, third):
            await screen.until(lambda s: is_newer(s, 1))
        killed.kill(signal.SIGKILL)
        closed.close()
        assert await closed.wait_exit() == 0
        await depot.until(lambda report: report.count("hosted") == 2)
        third.send("k")
        await third.until("keys:k")
    assert depot.gaps == []


async def test_a_server_that_stops_says_so(depot: Depot) -> None:
    """SIGTERM of the server: exit code 69, the sentence on the restored terminal; the server is gone in time."""
    async with running(depot, "wall") as server, depot.client() as screen:
        await screen.until(lambda s: is_newer(s, 1))
        server.kill(signal.SIGTERM)
        assert await screen.wait_exit() == wire.EXIT_UNREACHABLE
        assert screen.text.strip() == "ocpp-console: the server has stopped"
        assert not screen.is_raw
        assert await server.wait_exit(3) == 0
    assert depot.told("stopped")


async def test_a_server_that_dies_leaves_no_client_behind(depot: Depot) -> None:
    """kill -9 of the server: the client ends with 69 and a restored terminal."""
    async with running(depot) as server, depot.client() as screen:
        await screen.until("keys:")
        server.kill(signal.SIGKILL)
        assert await screen.wait_exit() == wire.EXIT_UNREACHABLE
        assert screen.text.strip() == "ocpp-console: the server is gone"
        assert not screen.is_alternate and not screen.is_raw


async def test_no_server_is_a_clear_sentence(depot: Depot) -> None:
    """Exit code 69 and one sentence that names the socket."""
    async with depot.client(columns=200) as screen:
        assert await screen.wait_exit() == wire.EXIT_UNREACHABLE
        assert screen.text.strip().startswith(f"ocpp-console: no server answers at {depot.socket_path}: No such file")


async def test_a_ui_that_fails_ends_one_terminal(depot: Depot) -> None:
    """An exception in one UI: its client is told and exits with 1, the other works on."""
    async with running(depot), depot.client() as failing, depot.client() as other:
        await failing.until("keys:")
        await other.until("keys:")
        failing.send("E")
        assert await failing.wait_exit() == wire.EXIT_FAILED
        assert "the console failed" in failing.text
        other.send("k")
        await other.until("keys:k")
    assert depot.gaps == []


async def test_an_app_that_cannot_be_made_is_told_to_the_client(depot: Depot) -> None:
    """An error before the first frame: exit code 1, a sentence, and a server that goes on."""
    async with running(depot, "broken") as server, depot.client() as screen:
        assert await screen.wait_exit() == wire.EXIT_FAILED
        assert "the console failed" in screen.text
        assert server.is_running


async def ask(depot: Depot, said: bytes) -> bytes:
    """What the server answers to raw bytes, until it closes."""
    reader, writer = await asyncio.open_unix_connection(depot.socket_path)
    writer.write(said)
    async with asyncio.timeout(10):
        answer = await reader.read()
    writer.close()
    return answer


async def test_bad_greetings_are_refused(depot: Depot) -> None:
    """Another version, no JSON, a huge packet, the wrong packet: a sentence each, and the server goes on."""

    def hello(said: object) -> bytes:
        return wire.MAGIC + wire.pack(wire.HELLO, json.dumps(said).encode())

    async with running(depot), depot.client() as witness:
        await witness.until("keys:")
        answer = await ask(depot, hello({"version": 99}))
        assert b"speaks version 99 and the server version 1" in answer
        for said in (
            hello([1]),
            wire.MAGIC + wire.pack(wire.HELLO, b"[" * 60_000),
            wire.MAGIC + b"H\xff\xff\xff\xff",
            wire.MAGIC + wire.pack(wire.INPUT, b"q"),
            b"\x00nonsense-of-some-length",
        ):
            answer = await ask(depot, said)
            assert answer[:1] == wire.BYE and answer[wire.HEADER_BYTES] == wire.EXIT_FAILED
        witness.send("k")
        await witness.until("keys:k")


@pytest.mark.slow
async def test_a_client_that_says_nothing_is_sent_away(depot: Depot) -> None:
    """No hello within 5 s: the connection is closed."""
    async with running(depot):
        reader, writer = await asyncio.open_unix_connection(depot.socket_path)
        async with asyncio.timeout(10):
            assert (await reader.read())[:1] == wire.BYE
        writer.close()


async def test_a_hello_that_lies_about_its_size_is_cut(depot: Depot) -> None:
    """A screen of 65535x65535 cells is painted in part: the loop has no gap."""
    async with running(depot):
        reader, writer = await asyncio.open_unix_connection(depot.socket_path)
        said = {"version": 1, "columns": 65_535, "rows": 65_535, "env": {"TERM": "xterm", "LANG": "C.UTF-8"}}
        writer.write(wire.MAGIC + wire.pack(wire.HELLO, json.dumps(said).encode()))
        seen = b""
        async with asyncio.timeout(10):
            while b"size=500x160" not in seen:
                seen += await reader.read(65_536)
        writer.close()


async def test_first_paint_of_attach_is_quick(depot: Depot) -> None:
    """From the start of the client's process to the whole first picture; the bar is 150 ms on a quiet machine.

    A busy machine may be slower: twice the bar, or as many times the start of a bare Python as that is on a quiet one.
    """
    took, bare = [], []
    async with running(depot):
        for _ in range(5):
            started = time.monotonic()
            async with depot.client(160, 48) as screen:
                await screen.until("keys:")
                took.append(time.monotonic() - started)
            started = time.monotonic()
            await (await asyncio.create_subprocess_exec(sys.executable, "-c", "pass")).wait()
            bare.append(time.monotonic() - started)
    print(f"attach to first paint: {[round(t * 1000) for t in took]} ms")
    assert min(took) < max(0.3, 20 * min(bare))
