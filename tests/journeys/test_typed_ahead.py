"""Keys that come faster than the screen: a paste, or a line that held them back."""

from __future__ import annotations

from pathlib import Path

import pytest

from simulator import ChargePoint
from tests.journeys.product import COMMAND, Served
from tests.pty_screen import PtyScreen

WAIT = 10.0


@pytest.mark.xfail(reason="the prompt takes keys only once it is painted; those before it are commands", strict=True)
async def test_words_typed_behind_the_filter_key_are_no_commands(folder: Path) -> None:
    """`/` and a word in one go: all of it is the filter, and no dialog of an operation opens."""
    async with Served(folder) as served, ChargePoint("HARRY-1", served.url) as charger:
        await charger.until(lambda: charger.registered)
        async with PtyScreen([*COMMAND, "attach", "--socket", str(served.socket)], 120, 30) as screen:
            await screen.until("HARRY-1", WAIT)
            screen.send("/harry\r")
            await screen.until("/ harry", 2)
            assert "confirm: level" not in screen.text
