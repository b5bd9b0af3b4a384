"""The console on one terminal: screens by name, one tick, one theme. Screens own what they show and what keys do there.

Nothing of the server is imported at the top: the first frame is painted before the server is loaded.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from textual.screen import Screen

from console.keys import READ_ONLY
from console.present.look import Look
from console.screens.start import StartScreen
from console.terminal.painting import SteadyPaint
from console.terminal.profile import TerminalProfile
from console.terminal.typed import TypedInOrder
from console.theme import THEME

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen
    from console.view.depot import DepotView
    from console.view.told import Told
    from server.model.event import Event
    from server.model.health import Totals
    from server.site import Site

FLASH_SECONDS = 5.0
REMEMBER_S = 0.3  #: after the first frame, before the history is asked for


class ExitReason(StrEnum):
    """What the person wanted when leaving."""

    DETACH = "detach"  #: this terminal only; it was attached to a server that goes on
    KEEP_SERVER = "keep"  #: close this terminal, the server of this process goes on headless
    STOP_SERVER = "stop"  #: end the server too


@runtime_checkable
class Pulling(Protocol):
    """A screen or dialog that wants the tick."""

    def pull(self, dirty: set[str]) -> None:
        """Bring the screen up to date; `dirty` are the chargers that changed since the last call."""


@runtime_checkable
class LogOfCharger(Protocol):
    """A screen that can show the log of one charger alone."""

    def show_charger(self, charger_id: str) -> None: ...


class ConsoleApp(TypedInOrder, SteadyPaint):
    """One terminal's console. `site` None: it shows a start screen until `open_depot` is called.

    `attached`: the server goes on without it; else the server runs for this console, and leaving asks what becomes
    of it (`keep_server`). `disposable`: a demo, leaving ends it.
    """

    ENABLE_COMMAND_PALETTE = False
    CSS = """
    Screen { background: $background; color: $foreground; }
    """

    def __init__(
        self,
        site: Site | None,
        profile: TerminalProfile,
        *,
        attached: bool = False,
        disposable: bool = False,
        read_only: bool = False,
        **arguments: Any,
    ) -> None:
        super().__init__(profile, **arguments)
        self.look = Look(profile.colours, profile.ascii)
        self.attached = attached
        self.disposable = disposable
        self.read_only = read_only
        self.exit_reason = ExitReason.DETACH
        self.is_paused = False
        self._way: list[str] = []  #: the screens that led to this one, each once
        self._site = site
        self._depot_view: DepotView | None = None
        self._heard: Told | None = None
        self._totals: Totals | None = None  #: None: not summed up since something changed
        self._second = 0  #: of the clock, at the last tick
        self._dirty: set[str] = set()
        self._unlisten: Callable[[], None] | None = None
        self._flash = ("", "", 0.0)
        self._flash_holds: Callable[[], bool] = lambda: True
        if self.look.has_surfaces:
            self.register_theme(THEME)
            self.theme = THEME.name

    # life

    def get_default_screen(self) -> Screen[None]:
        return StartScreen(self.look)

    def on_mount(self) -> None:
        self.set_interval(1 / self.profile.rate_hz, self._tick, name="tick")
        if self._site is not None:
            self.open_depot(self._site)

    def on_unmount(self) -> None:
        if self._unlisten is not None:
            self._unlisten()

    def open_depot(self, site: Site) -> None:
        """Show the depot: the main screen replaces the start screen."""
        from console.view.depot import DepotView
        from console.view.told import Told

        self._site = site
        self._heard = Told()
        self._depot_view = DepotView(site.chargers)
        self._unlisten = site.listen(self._mark)
        self.push_screen(self._screen_named("chargers"))
        self.set_timer(REMEMBER_S, self._recall, name="what was told before")

    def _recall(self) -> None:
        self.run_worker(self._remember(), name="what was told before")  # beside the keys: a database may take long

    async def _remember(self) -> None:
        """Take in what chargers told before this terminal came, behind the first frames."""
        try:
            await self.heard.load(self.site)
        except Exception as error:  # noqa: BLE001 - a database in trouble must not end the console
            self.flash(f"the history cannot be read: {error}", "amber")

    @property
    def site(self) -> Site:
        assert self._site is not None, "no screen of the depot is shown before there is one"
        return self._site

    @property
    def depot_view(self) -> DepotView:
        """Filter, marks and selection, shared by the screens that show chargers."""
        assert self._depot_view is not None, "no screen of the depot is shown before there is one"
        return self._depot_view

    @property
    def heard(self) -> Told:
        """Jobs, security events and reservations, as they were told."""
        assert self._heard is not None, "no screen of the depot is shown before there is one"
        return self._heard

    @property
    def totals(self) -> Totals:
        """Those of the depot, summed up at most once between two ticks, and only when something may have changed."""
        if self._totals is None:
            self._totals = self.site.totals
        return self._totals

    @property
    def operator(self) -> str:
        return self.profile.operator

    @property
    def keep_server(self) -> bool:
        """What becomes of the server now that this console has ended."""
        return self.exit_reason is not ExitReason.STOP_SERVER

    # the tick: the only place where the server's changes reach the screen

    def _mark(self, event: Event) -> None:
        if event.charger_id:
            self._dirty.add(event.charger_id)
        if self._heard is not None:
            self._heard.hear(event)

    def _tick(self) -> None:
        second = int(self._now())
        if self._dirty or second != self._second:
            self._totals, self._second = None, second
        if self._site is None:
            return
        if not self.is_paused:
            self._pull_screen()
        dialog = self._top_screen
        if isinstance(dialog, Pulling) and self.console_screen is None:  # it goes on while the screens are paused
            dialog.pull(set())

    def _pull_screen(self) -> None:
        """The screen on top, or the one that is seen behind a dialog."""
        screen = next((s for s in reversed(self._screen_stack) if not s.is_modal), None)
        if isinstance(screen, Pulling):
            dirty, self._dirty = self._dirty, set()
            screen.pull(dirty)

    # screens

    def show_screen(self, name: str) -> None:
        """Switch to the screen of that name; it is made when it is asked for the first time."""
        current = self.console_screen
        if current is None or name == current.NAME:
            return
        way = [*self._way, current.NAME]
        self._way = way[: way.index(name)] if name in way else way
        self._flash = ("", "", 0.0)  # it was said of what is left behind
        self.switch_screen(self._screen_named(name))

    @property
    def came_from(self) -> str:
        """Where esc leads when nothing is open: each step is a shorter way, the first screen has none."""
        return self._way[-1] if self._way else ""

    def show_log_of(self, charger_id: str) -> None:
        """The log screen, only with what this charger says."""
        self.show_screen("log")
        if isinstance(screen := self.get_screen("log"), LogOfCharger):
            screen.show_charger(charger_id)

    @property
    def console_screen(self) -> ConsoleScreen | None:
        """The screen that is shown now, or None under a dialog and before the depot is there."""
        from console.screens.base import ConsoleScreen

        screen = self._top_screen
        return screen if isinstance(screen, ConsoleScreen) else None

    @property
    def _top_screen(self) -> Screen[Any] | None:
        """The screen or dialog on top; None while the app ends: its screens go before its timers."""
        return self._screen_stack[-1] if self._screen_stack else None

    def _screen_named(self, name: str) -> str:
        from console.screens import make_screen

        if name not in self._installed_screens:
            self.install_screen(make_screen(name, self.site, self.look), name)
        return name

    # what screens ask for

    def flash(self, text: str, role: str = "text", while_true: Callable[[], bool] = lambda: True) -> None:
        """Say something in the message line for a few seconds: on this screen, and only `while_true`."""
        self._flash = (text, role, self._now() + FLASH_SECONDS)
        self._flash_holds = while_true
        if (screen := self.console_screen) is not None:
            screen.update_frame()

    @property
    def flash_message(self) -> tuple[str, str]:
        """Text and role of what is being said, empty when its time is over."""
        text, role, until = self._flash
        return (text, role) if text and self._now() < until and self._flash_holds() else ("", "")

    def operate(
        self, kind: str, charger_id: str, connector_id: int, also: Sequence[str] = (), left_out: int = 0
    ) -> None:
        """Open the dialog of an operation: one of `console.dialogs.KINDS`, or its OCPP name; see `open_dialog`."""
        if self.read_only:
            self.flash(READ_ONLY, "amber")
            return
        from console.dialogs import open_dialog

        open_dialog(self, self.site, self.look, kind, charger_id, connector_id, self.operator, also, left_out)

    def open_menu(self, charger_id: str, connector_id: int, marked: Sequence[str] = (), hidden: int = 0) -> None:
        """The menu of all operations; what is chosen there goes to the marked chargers where it can."""
        if self.read_only:
            self.flash(READ_ONLY, "amber")
            return
        from console.dialogs.menu import MenuDialog
        from console.view.actions import is_for_many

        def chosen(kind: str | None) -> None:
            if kind is not None and marked and is_for_many(kind):
                first = charger_id if charger_id in marked else marked[0]
                self.operate(kind, first, connector_id, marked, hidden)
            elif kind is not None:
                self.operate(kind, charger_id, connector_id, (), hidden + len(marked))

        self.push_screen(MenuDialog(self.site, self.look, charger_id, connector_id, len(marked)), chosen)

    def toggle_pause(self) -> None:
        """Stop painting, or go on; the server does not notice."""
        self.is_paused = not self.is_paused
        if (screen := self.console_screen) is not None:
            screen.update_frame()

    def leave(self) -> None:
        """The person wants to go: an attached terminal detaches, else a dialog asks what becomes of the server."""
        if self.attached:
            self.leave_as(ExitReason.DETACH)
            return
        if self._site is None or self.disposable:  # nothing runs that could be kept
            self.leave_as(ExitReason.STOP_SERVER)
            return
        from console.dialogs.quit import QuitDialog

        self.push_screen(QuitDialog(self.look), self._left)

    def _left(self, reason: ExitReason | None) -> None:
        if reason is not None:
            self.leave_as(reason)

    def leave_as(self, reason: ExitReason) -> None:
        self.exit_reason = reason
        self.exit()

    def action_help_quit(self) -> None:
        """ctrl+c: nothing ends by it."""
        self.flash("q detaches, the server goes on" if self.attached else "q leaves", "muted")

    async def action_quit(self) -> None:
        self.leave()

    def _now(self) -> float:
        return self._site.now() / 1000 if self._site is not None else 0.0
