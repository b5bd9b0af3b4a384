"""Pictures of the simulator's screen: a charge point on the CSMS of the tests, at a time that stands still."""

from __future__ import annotations

from collections.abc import AsyncIterator, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import NamedTuple
from unittest.mock import patch

from rich.segment import Segment

from console.simulated import SimulatedTerminal
from console.terminal.profile import TerminalProfile
from simulator.wanted import Wanted
from tests.simulator.csms import csms

_NOON_MS = 1_795_257_726_000  #: 2026-11-21 10:42:06 UTC
_SHOWN_URL = "wss://csms.example.com/ocpp"
_KEY_MS = 2_300  #: between two keys of a person
_STILL = 0.01  #: no energy that would change the picture flows
_REGISTER_WH = 6_240.0


class SimulatedShot(NamedTuple):
    """One picture: the keys that lead to it, the size and the terminal."""

    name: str
    keys: tuple[str, ...]
    size: tuple[int, int]
    profile: TerminalProfile


def shots(
    true: TerminalProfile,
    mono: TerminalProfile,
    ascii_only: TerminalProfile,
    small: tuple[int, int],
    tiny: tuple[int, int],
) -> tuple[SimulatedShot, ...]:
    charging = ("2", "1", "enter", "escape", "3", "2", "enter", "escape")
    fault = (*charging, "right", "4", "1", "down", "G")
    broken = (*fault, "tab", *"ABB", "tab", *"E-113", "tab", *"RCD trip", "enter", "escape")
    return (
        SimulatedShot("simulator-80x24", charging, small, true),
        SimulatedShot("simulator-fault-80x24", fault, small, true),
        SimulatedShot("simulator-status-80x24", (*charging, "1"), small, true),
        SimulatedShot("simulator-refused-80x24", (*broken, "left", "2", "2", "enter"), small, true),
        SimulatedShot("simulator-monitor-80x24", (*charging, "8"), small, true),
        SimulatedShot("simulator-no-colour-80x24", broken, small, mono),
        SimulatedShot("simulator-ascii-60x15", broken, tiny, ascii_only),
    )


async def take(shot: SimulatedShot) -> list[Iterable[Segment]]:
    """The strips of the screen."""
    async with _screen(shot) as app:
        return [list(strip) for strip in app.screen._compositor.render_strips()]


@asynccontextmanager
async def _screen(shot: SimulatedShot) -> AsyncIterator[SimulatedTerminal]:
    now_ms = _NOON_MS
    with patch("time.time_ns", lambda: now_ms * 1_000_000):
        async with csms() as central:
            app = SimulatedTerminal(shot.profile, Wanted(url=central.url, charger_id="CP001", speed=_STILL))
            app.desk.wanted = replace(app.desk.wanted, url=_SHOWN_URL)
            station = app.desk.station
            async with app.run_test(size=shot.size) as pilot:
                await station.until(lambda: station.registered and station.outbox.next(1e12) is None)
                for key in shot.keys:
                    now_ms += _KEY_MS
                    await pilot.press(key)
                    await station.until(lambda: station.outbox.next(1e12) is None)
                    for connector in station.connectors.values():
                        if connector.session is not None:
                            connector.register_wh = connector.session.meter_start_wh + _REGISTER_WH
                await pilot.pause()
                app._picture.update()
                await pilot.pause()
                yield app
