"""The screen of a simulated charge point on this terminal, by the drivers of the console: they never block the loop."""

from __future__ import annotations

import asyncio
import contextlib
import signal
from typing import Any

from console.terminal.environment import prepare, shell_environment

prepare()

from console.terminal.host import run_local  # noqa: E402 - textual is imported behind it
from console.terminal.painting import Ended, SteadyPaint  # noqa: E402
from console.terminal.profile import Flags, TerminalProfile, profile_of  # noqa: E402
from simulator.screen.app import SimulatorApp  # noqa: E402
from simulator.screen.look import Look  # noqa: E402
from simulator.wanted import Wanted  # noqa: E402

EXIT_FAILED = 1


class SimulatedTerminal(SteadyPaint, SimulatorApp):
    """Steady painting for the screen of the simulator."""

    def __init__(self, profile: TerminalProfile, wanted: Wanted, **arguments: Any) -> None:
        super().__init__(profile, wanted=wanted, look=Look(profile.colours, profile.ascii), **arguments)


async def run_screen(wanted: Wanted) -> int:
    """Until the person leaves, the terminal is gone or a signal comes. The exit code."""
    profile = profile_of(shell_environment(), Flags(ascii=wanted.ascii, no_color=wanted.no_color, mouse=False))
    app = SimulatedTerminal(profile, wanted)
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, app.exit)
    loop.add_signal_handler(signal.SIGHUP, app.terminal_lost, "hung up")
    with contextlib.suppress(asyncio.CancelledError):
        await run_local(app)
    return EXIT_FAILED if app.ended is Ended.FAILED else 0
