"""Keys that come faster than the screen: a paste, or a line that held them back."""

from __future__ import annotations

import asyncio
from pathlib import Path

from console.dialogs.frame import SEEN_S
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen
from tests.raw_client import RawClient

WAIT = 10.0


async def test_words_typed_behind_the_filter_key_are_no_commands(folder: Path) -> None:
    """`/` and a word in one go: all of it is the filter, and no dialog of an operation opens."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/HARRY-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("/harry\r")
            await screen.until("/ harry", WAIT)
            assert "confirm: level" not in screen.text


async def test_keys_typed_ahead_of_a_dialog_stay_away_from_the_screen_below(folder: Path) -> None:
    """`r`, then `q`, `2` and `p` in one go: the reset asks, and neither has the console been left nor paused."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/HARRY-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("rq2p")
            await screen.until("confirm: level", WAIT)
            screen.send(b"\x1b")
            await screen.until(lambda s: "confirm: level" not in s.text and "HARRY-1" in s.text, WAIT)
            assert screen.is_running and "PAUSED" not in screen.text


async def test_escape_and_the_key_behind_it_are_two_keys(folder: Path) -> None:
    """Esc and `y` in one packet cancel a reset; Esc and `2` leave the dialog for another screen."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/HARRY-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 80, 24) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("r")
            await screen.until("confirm: level 2", WAIT)
            await asyncio.sleep(SEEN_S + 0.1)  # what is confirmed by now would be sent
            screen.send("\x1by")
            await screen.until(lambda s: "confirm: level" not in s.text, WAIT)
            screen.send("6")
            await screen.until("nothing was asked of a charger yet", WAIT)
            screen.send("1r")
            await screen.until("confirm: level 2", WAIT)
            screen.send("\x1b3")
            await screen.until("no fault, and none on record", WAIT)


async def test_a_reset_that_nobody_could_read_is_not_sent(folder: Path) -> None:
    """`ry` in one go opens the dialog and says why nothing was sent; once it has been seen `y` sends."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/HARRY-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 80, 24) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("sorry\x1b")  # `s` takes the rest as an id tag
            await screen.until(lambda s: "confirm: level" not in s.text, WAIT)
            screen.send("ry")
            await screen.until("typed before this could be read", WAIT)
            await asyncio.sleep(SEEN_S + 0.1)
            screen.send("y")
            call = await charger.receive()
            assert call[2:] == ["Reset", {"type": "Soft"}]
