"""What all terminals of the console have in common: keys in, frames out, and never a moment of waiting.

Textual's own driver for Linux blocks the event loop when the terminal stops reading, and spins when it is gone; with
the server on the same loop that would silence every charger. These drivers skip frames instead and report the loss.
"""

from __future__ import annotations

import asyncio
import logging
from abc import abstractmethod
from codecs import getincrementaldecoder
from typing import Any, ClassVar, Protocol, cast

from textual import constants, events
from textual.app import App
from textual.driver import Driver
from textual.geometry import Size
from textual.message import Message

from console.terminal.keyboard import KeyboardParser
from console.terminal.modes import enter
from console.terminal.profile import TerminalProfile

log = logging.getLogger("ocpp_console.terminal")


class TerminalUser(Protocol):
    """What a driver tells its App; `painting.SteadyPaint` is the one that listens."""

    profile: TerminalProfile

    def terminal_lost(self, reason: str) -> None:
        """The terminal is gone; the UI shall end."""

    def terminal_caught_up(self) -> None:
        """The terminal has taken everything: frames that were skipped can be made good."""

    def repaint(self) -> None:
        """The terminal may show anything by now: paint all of it."""


class TerminalDriver(Driver):
    """Base of the two drivers. Everything but the constructor runs on the loop, in no particular task."""

    owns_terminal: ClassVar[bool] = False  #: paints on the process's own terminal

    def __init__(
        self, app: App[Any], *, debug: bool = False, mouse: bool = True, size: tuple[int, int] | None = None
    ) -> None:
        super().__init__(app, debug=debug, mouse=mouse, size=size)
        self._user = cast(TerminalUser, app)
        self._decode = getincrementaldecoder("utf-8")(errors="replace").decode
        self._parser = KeyboardParser()
        self._escape_timer: asyncio.TimerHandle | None = None
        self._is_lost = False

    @property
    @abstractmethod
    def is_behind(self) -> bool:
        """More is unsent than the terminal takes in a moment: paint nothing until `terminal_caught_up`."""

    @property
    def can_suspend(self) -> bool:
        return False  # suspending the process would suspend the server

    def send_message(self, message: Message) -> None:
        self._app.post_message(message)

    def open_url(self, url: str, new_tab: bool = True) -> None:
        """Nothing: the browser would open on the server, and a text browser would take the loop."""

    def feed(self, data: bytes) -> None:
        """Take bytes from the keyboard. Hand over a few hundred at a time: each may become an event."""
        self._parse(self._decode(data))
        if self._escape_timer is not None:
            self._escape_timer.cancel()
        # A lone ESC is the escape key once no more of a sequence follows it.
        self._escape_timer = self._loop.call_later(constants.ESCAPE_DELAY + 0.01, self._escape_timeout)

    def resized(self, columns: int, rows: int) -> None:
        self._size = (columns, rows)
        size = Size(columns, rows)
        self.process_message(events.Resize(size, size))

    def lost(self, reason: str) -> None:
        """The terminal is gone. Told to the App once."""
        if not self._is_lost:
            self._is_lost = True
            self._user.terminal_lost(reason)

    def _take_over(self) -> None:
        self.write(enter(self._user.profile.term, mouse=self._mouse))

    def _stop_input(self) -> None:
        if self._escape_timer is not None:
            self._escape_timer.cancel()
            self._escape_timer = None

    def _parse(self, text: str) -> None:
        if not text:
            return
        try:
            for message in self._parser.feed(text):
                self.process_message(message)
        except Exception as error:  # noqa: BLE001 - a sequence that no keyboard sends must not end the console
            log.debug("input not understood: %r", error)
            self._parser = KeyboardParser()

    def _escape_timeout(self) -> None:
        self._escape_timer = None
        for message in self._parser.tick():
            self.process_message(message)
