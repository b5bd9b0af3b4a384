"""Keys that come faster than the screen: a paste, or a line that held them back."""

from __future__ import annotations

from pathlib import Path

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
            await screen.until("/ harry", 2)
            assert "confirm: level" not in screen.text


async def test_keys_typed_ahead_of_a_dialog_stay_away_from_the_screen_below(folder: Path) -> None:
    """`r`, then `q`, `2` and `p` in one go: the reset asks, and neither has the console been left nor paused."""
    async with Served(folder) as served, await RawClient.connect(served.port, "/HARRY-1") as charger:
        await charger.boot()
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("rq2p")
            await screen.until("Reset", 2)
            screen.send(b"\x1b")
            await screen.until(lambda s: "confirm: level" not in s.text, 2)
            assert screen.is_running and "PAUSED" not in screen.text and "HARRY-1" in screen.text
