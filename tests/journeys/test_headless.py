"""A console is left, its server goes on: what happens in the depot is told where somebody still reads."""

from __future__ import annotations

import asyncio
import signal
from pathlib import Path

from tests.journeys.neighbour import Chatter
from tests.journeys.product import COMMAND
from tests.journeys.test_operations import WAIT, console, free_port
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient


async def visit(port: int, charger_id: str) -> None:
    """A charger comes and goes: that it is offline is news."""
    async with await RawClient.connect(port, f"/ocpp/{charger_id}") as client:
        await client.boot()


async def leave(screen: PtyScreen) -> None:
    """`q`, and the server is kept."""
    await screen.until("6 Operations", WAIT)
    screen.send("q")
    await screen.until("Keep the server running")
    screen.send("\r")
    await screen.until("The server goes on here")


async def test_news_come_to_the_terminal_that_the_console_has_left(folder: Path) -> None:
    """As with `serve`, below the sentence; nothing of it while the console was there; SIGTERM ends it with 0."""
    port = free_port()
    async with console(folder, port, 120, 30) as screen:
        await screen.until("6 Operations", WAIT)
        await visit(port, "CP-EARLY")
        await leave(screen)
        await visit(port, "CP-LATE")
        await screen.until("depot: CP-LATE offline")
        assert "depot: CP-EARLY" not in screen.text and not screen.is_alternate
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
        assert screen.text.count("CP-LATE") == 1


async def test_a_terminal_that_is_lost_later_is_written_to_no_more(folder: Path) -> None:
    """SIGHUP after the console has left: chargers are answered as before, and the server can be stopped."""
    port = free_port()
    async with console(folder, port, 120, 30) as screen:
        await leave(screen)
        chatter = Chatter(port)
        task = asyncio.create_task(chatter.run())
        await chatter.answers(5)
        screen.close()
        for number in range(20):
            await visit(port, f"CP-{number}")
        await chatter.answers(10)
        task.cancel()
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
    assert chatter.slowest < 0.5


async def test_news_go_to_a_file_even_when_the_terminal_is_lost(folder: Path) -> None:
    """`2>file`: the file is not the terminal; it has the news of both, whatever ends the console."""
    port = free_port()
    whole = console(folder, port, 120, 30)
    whole.command = ["sh", "-c", 'exec "$@" 2>"$0"', str(folder / "log"), *COMMAND]
    async with whole as screen:
        await screen.until("6 Operations", WAIT)
        screen.close()
        async with asyncio.timeout(WAIT):
            number = 0
            while "offline" not in (folder / "log").read_text():
                number += 1
                await visit(port, f"CP-{number}")
                await asyncio.sleep(0.1)
        screen.kill(signal.SIGTERM)
        assert await screen.wait_exit(5) == 0
    assert "Traceback" not in (folder / "log").read_text()
