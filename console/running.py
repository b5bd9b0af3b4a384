"""Three ways to start, one event loop: server alone, server with a console, demo.

Terminals die and servers do not: SIGHUP, a closed window or a lost line end only the console on it; SIGTERM and SIGINT
stop the server in order.
"""

from __future__ import annotations

import asyncio
import contextlib
import importlib
import os
import pkgutil
import signal
import sys
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from console import garbage
from console.headless import Stderr, news_on, say_goodbye
from console.terminal.environment import prepare
from server.config import Config
from server.site import CannotStart, News, TaskOwner, keep_off_the_terminal, log_to_stderr

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from console.terminal.hello import Hello
    from console.terminal.profile import TerminalProfile
    from server.site import Site
    from simulator import Depot

#: A demo whose last terminal has gone ends by itself: nobody looks at it and it costs a part of a core.
DEMO_ALONE_S = 600.0
SETTLED_S = 2.0  #: after the first screen; by then nothing more is loaded


@dataclass(frozen=True, slots=True)
class DemoPlan:
    """A depot that is not there: how many chargers, and which life they lead."""

    chargers: int = 14
    seed: int = 7
    elsewhere: Config | None = None  #: free places, for what nobody has named and another demo took a moment before
    port: int = 0  #: that it would have listened on; 0 = it was named


@dataclass(slots=True)
class Signals:
    """What the outside wants: `stop` the server, or only `hang_up` its own terminal."""

    stop: asyncio.Event = field(default_factory=asyncio.Event)
    hang_up: asyncio.Event = field(default_factory=asyncio.Event)

    def install(self) -> None:
        loop = asyncio.get_running_loop()
        loop.add_signal_handler(signal.SIGTERM, self.stop.set)
        loop.add_signal_handler(signal.SIGINT, self.stop.set)
        loop.add_signal_handler(signal.SIGHUP, self.hang_up.set)


class Terminals:
    """Opens a console for every terminal that attaches, and keeps the list of who looks on."""

    def __init__(self) -> None:
        self.site: Site | None = None
        self.all_gone = asyncio.Event()
        self.all_gone.set()

    async def welcome(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, peer: object) -> None:
        """One attached terminal, from its first byte to its end."""
        prepare()
        await asyncio.to_thread(_import_console)
        from console.terminal.host import host_terminal

        names: list[str] = []

        def make_app(profile: TerminalProfile, hello: Hello) -> ConsoleApp:
            from console.app import ConsoleApp

            names.append(profile.operator)
            self.came(profile.operator)
            return ConsoleApp(self.site, profile, attached=True, read_only=hello.read_only)

        try:
            await host_terminal(reader, writer, make_app)
        finally:
            for name in names:
                self.went(name)

    def came(self, name: str) -> None:
        if self.site is not None:
            self.site.health.terminals.append(name)
        self.all_gone.clear()

    def went(self, name: str) -> None:
        if self.site is not None:
            with contextlib.suppress(ValueError):
                self.site.health.terminals.remove(name)
            if not self.site.health.terminals:
                self.all_gone.set()


async def serve(config: Config) -> int:
    """Server alone: prints one line when it accepts chargers, ends with 0 after SIGTERM or SIGINT."""
    from server.site import open_site

    garbage.hold()
    log_to_stderr(config.log_level)
    signals, terminals = Signals(), Terminals()
    signals.install()
    async with open_site(config, terminals.welcome) as site:
        terminals.site = site
        be_quiet = site.listen(News(), *News.KINDS)
        _ready_line(site)
        prepare()
        tasks = TaskOwner("console")
        tasks.spawn(_warm_up(), "warm up")
        tasks.spawn(_reload(site, signals), "reload")
        await signals.stop.wait()
        be_quiet()  # that every link ends now is no news
        await tasks.close()
    return 0


async def _reload(site: Site, signals: Signals) -> None:
    """SIGHUP of a server without a terminal: the certificate is read anew. Runs until cancelled."""
    while True:
        await signals.hang_up.wait()
        signals.hang_up.clear()
        await site.reload_certificate()


async def _warm_up() -> None:
    """Load what the first terminal will need."""
    await asyncio.to_thread(_import_console)
    garbage.settle()


def _import_console() -> None:
    """The app with all its screens and dialogs: an import on a key would hold the loop for 20 ms."""
    importlib.import_module("console.app")
    for package in map(importlib.import_module, ("console.screens", "console.dialogs")):
        for module in pkgutil.iter_modules(package.__path__, f"{package.__name__}."):
            importlib.import_module(module.name)


def _ready_line(site: Site) -> None:
    health = site.health
    secure = f" ocpps={health.ocpps_url}" if health.ocpps_url else ""
    try:
        sys.stdout.write(f"ready ocpp={health.ocpp_url} api={health.api_url} socket={site.config.socket}{secure}\n")
        sys.stdout.flush()
    except OSError:  # who wanted to read it has gone: no reason not to serve
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


async def run_with_console(config: Config, profile: TerminalProfile, demo: DemoPlan | None = None) -> int:
    """Server and a console on this terminal; the server goes on when the terminal is gone."""
    garbage.hold()
    prepare()
    from console.app import ConsoleApp
    from console.terminal.host import run_local
    from console.terminal.painting import Ended

    kept, stderr = keep_off_the_terminal(), Stderr.of_process()
    signals, terminals, tasks = Signals(), Terminals(), TaskOwner("console")
    signals.install()
    app = ConsoleApp(None, profile, disposable=demo is not None, read_only=config.console.read_only)
    ui = tasks.spawn(run_local(app), "local terminal")
    tasks.spawn(_hang_up(app, signals), "hang up")
    try:
        async with AsyncExitStack() as stack:
            try:
                site = await stack.enter_async_context(_open(config, terminals, demo))
            except BaseException:
                app.exit()
                await asyncio.wait({ui}, timeout=2)
                raise
            terminals.site = site
            terminals.came(profile.operator)
            app.call_later(app.open_depot, site)  # in the context of the app: it pushes screens
            if told := _moved(site, demo):
                app.call_later(app.flash, told, "sky")
            asyncio.get_running_loop().call_later(SETTLED_S, garbage.settle)
            await _first(ui, signals.stop)
            if ui.done():
                terminals.went(profile.operator)
                ended = ui.result()
                goes_on = ended is not Ended.QUIT or app.keep_server
                if goes_on and not signals.stop.is_set():
                    if ended is Ended.LOST:
                        signals.hang_up.set()  # it may have gone without a signal
                    say_goodbye(kept.told(), signals.hang_up.is_set(), stderr)
                    with news_on(stderr, site, signals.hang_up, tasks):
                        await _wait_headless(signals, terminals, demo)
            else:
                app.exit()
                await asyncio.wait({ui}, timeout=2)
    finally:
        await tasks.close()
    return 0


async def _first(ui: asyncio.Task[object], stop: asyncio.Event) -> None:
    stopping = asyncio.ensure_future(stop.wait())  # noqa: TID251 - awaited and cancelled right here
    await asyncio.wait({ui, stopping}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


async def _wait_headless(signals: Signals, terminals: Terminals, demo: DemoPlan | None) -> None:
    """Until the server is to stop; a demo also when nobody has looked at it for a while."""
    if demo is None:
        await signals.stop.wait()
        return
    while not signals.stop.is_set():
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(DEMO_ALONE_S):
                await signals.stop.wait()
        if terminals.all_gone.is_set():
            return


async def _hang_up(app: ConsoleApp, signals: Signals) -> None:
    await signals.hang_up.wait()
    app.terminal_lost("hung up")


@asynccontextmanager
async def _open(config: Config, terminals: Terminals, demo: DemoPlan | None) -> AsyncIterator[Site]:
    """The site, and for a demo the depot that lives in it. Imports happen in a thread: the console paints meanwhile."""
    await asyncio.to_thread(_import_server)
    await asyncio.to_thread(_import_console)
    from server.site import open_site

    async with AsyncExitStack() as stack:
        try:
            site = await stack.enter_async_context(open_site(config, terminals.welcome))
        except CannotStart:
            if demo is None or demo.elsewhere is None:
                raise
            site = await stack.enter_async_context(open_site(demo.elsewhere, terminals.welcome))
        if demo is not None:
            await stack.enter_async_context(_simulated(site, demo))
        yield site


def _moved(site: Site, demo: DemoPlan | None) -> str:
    """Where a demo listens whose own port was taken."""
    port = site.health.ocpp_url.rsplit(":", 1)[1]
    is_moved = demo is not None and demo.port and str(demo.port) != port
    return f"port {demo.port} is taken: this demo listens on {port}" if demo is not None and is_moved else ""


def _import_server() -> None:
    for name in ("server.links.listener", "server.store.store", "server.operations.desk", "server.api.door"):
        importlib.import_module(name)


@asynccontextmanager
async def _simulated(site: Site, plan: DemoPlan) -> AsyncIterator[Depot]:
    from server.model.tag import IdTag

    await asyncio.to_thread(importlib.import_module, "simulator")
    from simulator import Depot

    port = site.health.ocpp_url.rsplit(":", 1)[1]
    depot = Depot(f"ws://127.0.0.1:{port}/ocpp", chargers=plan.chargers, seed=plan.seed)
    for id_tag in depot.id_tags:
        site.put_tag(IdTag(id_tag))
    async with depot:
        yield depot
