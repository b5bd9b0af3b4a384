"""Terminals close and freeze; chargers do not notice."""

from __future__ import annotations

import asyncio
import signal
import time
from pathlib import Path

import pytest

from tests.journeys.neighbour import Chatter
from tests.journeys.product import COMMAND
from tests.journeys.test_operations import WAIT, console, free_port
from tests.pty_screen import PtyScreen


@pytest.mark.slow
async def test_closed_terminal_leaves_the_server_running(folder: Path) -> None:
    """SIGHUP: chargers are answered within 500 ms all the time, attach shows the depot again, SIGTERM ends with 0."""
    port = free_port()
    screen = console(folder, port)
    async with screen:
        await screen.until("6 Operations", WAIT)
        chatter = Chatter(port)
        task = asyncio.create_task(chatter.run())
        await screen.until("CHATTER", WAIT)
        await chatter.answers(10)
        screen.close()
        await chatter.answers(40)
        async with PtyScreen([*COMMAND, "attach", "--socket", str(folder / "s")], 80, 24) as attached:
            await attached.until("CHATTER", WAIT)
            attached.send("q")
            assert await attached.wait_exit() == 0
        await chatter.answers(10)
        assert not task.done()
        task.cancel()
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
    assert chatter.slowest < 0.5


@pytest.mark.slow
async def test_frozen_terminal_leaves_chargers_answered(folder: Path) -> None:
    """A terminal that reads nothing for 10 s: every answer within 500 ms, and the right screen after the thaw."""
    port = free_port()
    async with console(folder, port) as screen:
        await screen.until("6 Operations", WAIT)
        chatter = Chatter(port)
        task = asyncio.create_task(chatter.run())
        await screen.until("CHATTER", WAIT)
        screen.freeze()
        before = chatter.answered
        await asyncio.sleep(10)
        during = chatter.answered - before
        screen.thaw()
        await screen.until(lambda s: time.strftime("%H:%M") in s.line(0) and "CHATTER" in s.text, WAIT)
        assert not task.done()
        task.cancel()
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
    assert during > 100
    assert chatter.slowest < 0.5


@pytest.mark.slow
async def test_frozen_terminal_does_not_stop_the_stop(folder: Path) -> None:
    """SIGTERM while nobody reads the terminal still ends the server in time."""
    async with console(folder, free_port()) as screen:
        await screen.until("6 Operations", WAIT)
        screen.freeze()
        await asyncio.sleep(0.5)
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
