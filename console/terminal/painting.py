"""The base class of our App: paints at the pace of its terminal, and shares the process with the server and other UIs.

Private points of Textual 8.2 that are used here, all guarded by tests: `App._display`, `App._handle_exception`,
`App._fatal_error`, `App._capture_stdout` and `_capture_stderr`, `App._filters`.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Sequence
from enum import StrEnum
from typing import Any

from rich.console import Console, RenderableType
from textual.app import App
from textual.filter import LineFilter, Monochrome, NoColor
from textual.screen import Screen

from console.terminal.driver import TerminalDriver
from console.terminal.exact import exact
from console.terminal.output_filter import TerminalFilter
from console.terminal.profile import TerminalProfile
from console.terminal.streams import STDERR, STDOUT, shared_streams

log = logging.getLogger("ocpp_console.terminal")

_EXIT_SECONDS = 5.0  #: a UI that has not ended so long after the loss of its terminal is cancelled


class Ended(StrEnum):
    """Why a UI ended."""

    QUIT = "quit"  #: the person, or the server, wanted it
    LOST = "lost"  #: its terminal is gone
    FAILED = "failed"  #: an error in the UI; it is in the log


class _Nowhere:
    """A file that keeps nothing."""

    encoding = "utf-8"

    def write(self, text: str) -> int:
        return len(text)

    def flush(self) -> None: ...


def app_arguments(profile: TerminalProfile) -> dict[str, Any]:
    """Arguments for `App.__init__`: with few colours the terminal's own are used, never blends of them."""
    return {"ansi_color": True} if profile.colours in ("none", "16") else {}


class SteadyPaint(App[None]):
    """An App on one terminal, described by `profile`; subclass it: `class ConsoleApp(SteadyPaint)`.

    - A partial frame sends the cells that changed, and no others.
    - Frames are skipped while the terminal is behind, and made good by one full repaint.
    - Colours and characters follow the profile, never the environment of the process.
    - An error in the UI is logged once and ends this UI only.
    """

    def __init__(self, profile: TerminalProfile, **arguments: Any) -> None:
        super().__init__(**{**app_arguments(profile), **arguments})
        self.profile = profile
        self.lost_reason = ""  #: why the terminal is gone, empty while it is there
        self.frames_skipped = 0
        self._frame_owed = False
        self._ui_task: asyncio.Task[Any] | None = None
        self._task_factory: Any = None
        self._terminal_filter = TerminalFilter(profile)
        self._forget_environment()
        if profile.colours in ("none", "16"):
            self.theme = "ansi-dark"

    def _forget_environment(self) -> None:
        """Undo what Textual read from the process: NO_COLOR, COLORTERM, and its standard streams."""
        self.no_color = self.profile.colours == "none"
        self._filters = [f for f in self._filters if not isinstance(f, NoColor | Monochrome)]
        self.animation_level = "none"
        self.console = _console()
        self.error_console = _console()  # an error is in the log; the terminal may be the server's journal
        self._capture_stdout = STDOUT  # type: ignore[assignment]
        self._capture_stderr = STDERR  # type: ignore[assignment]

    @property
    def terminal(self) -> TerminalDriver | None:
        """The driver, once there is one."""
        return self._driver if isinstance(self._driver, TerminalDriver) else None

    @property
    def is_shown(self) -> bool:
        """Has the terminal taken the last frame?"""
        return not self._frame_owed

    @property
    def ended(self) -> Ended:
        """Why it ended; only meaningful once it has."""
        if self.lost_reason:
            return Ended.LOST
        return Ended.FAILED if self.return_code else Ended.QUIT

    async def run_async(self, **arguments: Any) -> None:
        """As in Textual, with the loop and the standard streams left as they were found."""
        self._ui_task = asyncio.current_task()
        self._task_factory = asyncio.get_running_loop().get_task_factory()
        driver_class = self.driver_class
        owns_terminal = issubclass(driver_class, TerminalDriver) and driver_class.owns_terminal
        with shared_streams(owns_terminal):
            await super().run_async(**arguments)

    def on_load(self) -> None:
        # Python >= 3.12: Textual has just made all tasks of the loop eager, the server's too. Nothing ran since.
        asyncio.get_running_loop().set_task_factory(self._task_factory)

    def get_line_filters(self) -> Sequence[LineFilter]:
        return [*super().get_line_filters(), self._terminal_filter]

    def terminal_lost(self, reason: str) -> None:
        """End this UI, its terminal is gone. For the driver, and for whoever handles SIGHUP."""
        if self.lost_reason:
            return
        self.lost_reason = reason
        self.exit()
        if self._ui_task is not None:
            asyncio.get_running_loop().call_later(_EXIT_SECONDS, self._ui_task.cancel)

    def terminal_caught_up(self) -> None:
        if self._frame_owed:
            self.repaint()

    def repaint(self) -> None:
        """Paint every cell again, once the terminal takes it."""
        self._frame_owed = False
        self.call_later(self.refresh)  # by way of the App's own task: drivers call from anywhere

    def _display(self, screen: Screen[Any], renderable: RenderableType | None) -> None:
        terminal = self.terminal
        if renderable is not None and terminal is not None and terminal.is_behind:
            self._frame_owed = True
            self.frames_skipped += 1
            return
        super()._display(screen, exact(renderable))

    def _handle_exception(self, error: Exception) -> None:
        if self._exception is None:
            log.error("the console of %s failed: %r", self.profile.operator, error, exc_info=error)
        super()._handle_exception(error)

    def _fatal_error(self) -> None:
        # Textual would render a traceback with all locals here: seconds of work on the server's loop.
        self._close_messages_no_wait()


def _console() -> Console:
    """A Rich console that depends on nothing around it, in full colour: `TerminalFilter` reduces."""
    return Console(
        color_system="truecolor",
        file=_Nowhere(),  # type: ignore[arg-type]
        force_terminal=True,
        legacy_windows=False,
        highlight=False,
        emoji=False,
        safe_box=False,
        soft_wrap=False,
        _environ={},
    )
