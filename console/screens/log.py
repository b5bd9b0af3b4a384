"""Screen 5: the log, as many lines as the terminal has."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.keys import Key
from console.present.look import Look
from console.screens.base import ConsoleScreen, Piece, Way, bindings_of
from console.widgets.logtail import LogTail

if TYPE_CHECKING:
    from server.site import Site


class LogScreen(ConsoleScreen):
    NAME = "log"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.tail = LogTail(site, look)

    def body(self) -> Iterable[Widget]:
        yield self.tail

    def pull(self, dirty: set[str]) -> None:
        if not self.is_mounted:
            return
        self.tail.pull()
        super().pull(dirty)

    def show_charger(self, charger_id: str) -> None:
        """Only what this charger says; esc shows all of them again."""
        self.tail.set_charger(charger_id)
        self.update_frame()

    # what the frame asks

    def filter_text(self) -> str:
        return self.tail.view.filter.text

    def filter_error(self) -> str:
        return self.tail.view.filter.error

    def set_filter(self, text: str) -> None:
        self.tail.set_filter(text)

    def message(self) -> list[Piece]:
        view = self.tail.view
        if view.following:
            count = len(view.lines)
            return [(f"{count} line{'' if count == 1 else 's'}", "muted")]
        return [("paused", "amber_strong"), ("the lines stand still: G or f follows", "muted")]

    def position(self) -> str:
        view = self.tail.view
        return "" if view.following else f"{view.cursor + 1} of {len(view.lines)}"

    def opened(self) -> Way | None:
        """The lines that stand still."""
        return Way("follow", self.tail.follow) if not self.tail.view.following else None

    def held(self) -> Way | None:
        """The one charger."""
        return Way("all chargers", lambda: self.tail.set_charger("")) if self.tail.view.charger_id else None

    def offers(self, key: Key) -> bool:
        """A stopped log is followed again by esc as well: once is enough."""
        return not (key.id == "follow" and not self.tail.view.following) and super().offers(key)

    # keys

    def action_move(self, count: int) -> None:
        self.tail.move(count)
        self.update_frame()

    def action_move_to(self, index: int) -> None:
        self.tail.move_to(index)
        self.update_frame()

    def action_page(self, pages: int) -> None:
        self.tail.page(pages)
        self.update_frame()

    def action_follow(self) -> None:
        self.tail.toggle_follow()
        self.update_frame()

    def action_level(self) -> None:
        self.tail.next_level()
        self.update_frame()

    def action_direction(self) -> None:
        self.tail.next_direction()
        self.update_frame()

    def action_open(self) -> None:
        """The whole line, and the frame that it tells of."""
        entry = self.tail.view.chosen()
        if entry is not None:
            from console.dialogs.entry import EntryDialog

            self.owner.push_screen(EntryDialog(self.site, self.look, entry))
