"""Small programs that the tests of this folder start: `python -m tests.console.terminal.programs NAME ARGUMENTS`.

Each is a little product: one loop with a heartbeat as the server, and UIs beside it. Every beat that comes late is
written to the file REPORT: `gap 0.31`; time in which a busy machine let nothing of the process run does not count.
Other lines there tell what happened.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sys
import time
from pathlib import Path

from console.terminal.environment import prepare, shell_environment

prepare()

from rich.segment import Segment  # noqa: E402 - textual reads its settings when it is imported
from rich.style import Style  # noqa: E402
from textual import events  # noqa: E402
from textual.app import ComposeResult  # noqa: E402
from textual.strip import Strip  # noqa: E402
from textual.widget import Widget  # noqa: E402
from textual.widgets import Static  # noqa: E402

from console.terminal.hello import Hello  # noqa: E402
from console.terminal.host import host_terminal, run_local  # noqa: E402
from console.terminal.painting import SteadyPaint  # noqa: E402
from console.terminal.profile import TerminalProfile, profile_of  # noqa: E402
from tests.machine import Machine  # noqa: E402

GAP_SECONDS = 0.25


class Wall(Widget):
    """A screen full of text that changes ten times a second. Line n shows `nn: COUNT xxx...`."""

    count = 0

    def on_mount(self) -> None:
        self.timer = self.set_interval(0.1, self.turn)

    def turn(self) -> None:
        self.count += 1
        self.refresh()

    def render_line(self, y: int) -> Strip:
        text = f"{y:02}: {self.count:06} ".ljust(self.size.width, "abcdefghij"[self.count % 10])
        return Strip([Segment(text, Style(color="#d55e00", bold=True))])


class Board(SteadyPaint):
    """Shows its size, its profile, the keys it got, and on request a wall of changing text."""

    CSS = "Static { height: 1; } Wall { height: 1fr; }"

    def __init__(self, profile: TerminalProfile, wall: bool = False) -> None:
        super().__init__(profile)
        self._wall = wall
        self._keys: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("", id="size", markup=False)
        yield Static(f"colours={self.profile.colours} who={self.profile.operator}", id="who", markup=False)
        yield Static("keys:", id="keys", markup=False)
        yield Static("\u2502 \u25cf caf\u00e9 \u6f22 \u2026", id="glyphs", markup=False)
        if self._wall:
            yield Wall()

    def on_resize(self, event: events.Resize) -> None:
        self.query_one("#size", Static).update(f"size={event.size.width}x{event.size.height}")

    async def on_key(self, event: events.Key) -> None:
        if event.key == "q":
            self.exit()
        elif event.key == "P":
            wall = self.query_one(Wall)
            wall.timer.pause()
            self.query_one("#who", Static).update(f"stands at {wall.count:06}")
        elif event.key == "E":
            raise RuntimeError("an error in the UI")
        elif event.key == "S":  # a UI that hangs: it waits in its own message loop
            await asyncio.sleep(3600)
        self._keys.append(event.key)
        self.query_one("#keys", Static).update("keys:" + " ".join(self._keys))


class Report:
    def __init__(self, path: str) -> None:
        self._file = Path(path).open("a", buffering=1)  # noqa: SIM115 - open as long as the program

    def __call__(self, line: str) -> None:
        self._file.write(line + "\n")

    async def heartbeat(self) -> None:
        """The server: reports every gap."""
        with Machine() as machine:
            last = time.monotonic()
            while True:
                await asyncio.sleep(0.02)
                now = time.monotonic()
                if (gap := now - last - machine.withheld(last, now)) > GAP_SECONDS:
                    self(f"gap {gap:.3f}")
                last = now


async def local(report_path: str, *options: str) -> None:
    """A server with a UI on its own terminal. Once the UI has ended it goes on for a second.

    Options: `wall`; `hup` handles SIGHUP as the product does.
    """
    report, loop = Report(report_path), asyncio.get_running_loop()
    app = Board(profile_of(shell_environment()), wall="wall" in options)
    report(f"pid {os.getpid()}")
    stop = asyncio.Event()

    def stopping() -> None:
        stop.set()
        app.exit()

    loop.add_signal_handler(signal.SIGTERM, stopping)
    if "hup" in options:
        loop.add_signal_handler(signal.SIGHUP, app.terminal_lost, "hang-up")
    beat = asyncio.create_task(report.heartbeat())
    before = sys.stdout, sys.stderr
    report(f"ended {await run_local(app)} {app.lost_reason} skipped={app.frames_skipped}")
    report(f"streams {(sys.stdout, sys.stderr) == before}")
    started = time.process_time()
    await asyncio.wait([asyncio.create_task(stop.wait())], timeout=1.0)
    report(f"alive cpu={time.process_time() - started:.2f}")
    beat.cancel()


async def serve(report_path: str, socket_path: str, *options: str) -> None:
    """A headless server that hosts terminals on a unix socket, until SIGTERM. Options: `wall`, `broken`."""
    report, loop, stop = Report(report_path), asyncio.get_running_loop(), asyncio.Event()
    loop.add_signal_handler(signal.SIGTERM, stop.set)
    tasks: set[asyncio.Task[None]] = set()
    apps: list[Board] = []

    def make_app(profile: TerminalProfile, hello: Hello) -> Board:
        if "broken" in options:
            raise ValueError("an app that cannot be made")
        apps.append(Board(profile, wall="wall" in options))
        return apps[-1]

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.create_task(host_terminal(reader, writer, make_app))
        tasks.add(task)
        try:
            await task
            report("hosted")
        finally:
            tasks.discard(task)

    server = await asyncio.start_unix_server(connected, socket_path)
    beat = asyncio.create_task(report.heartbeat())
    report("ready")
    await stop.wait()
    server.close()
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks, return_exceptions=True)
    beat.cancel()
    report(f"stopped skipped={[app.frames_skipped for app in apps]}")


if __name__ == "__main__":
    asyncio.run(local(*sys.argv[2:]) if sys.argv[1] == "local" else serve(*sys.argv[2:]))
