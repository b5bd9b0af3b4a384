"""Screen 2: every connector as a tile, so that a fault is seen across the room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.screens.base import bindings_of
from console.screens.depot import DepotScreen
from console.widgets.detail import DetailPane
from console.widgets.wall import ConnectorWall


class ConnectorsScreen(DepotScreen):
    NAME = "connectors"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)
    DEFAULT_CSS = """
    ConnectorsScreen {
        DetailPane { display: none; }
        &.-detail ConnectorWall { display: none; }
        &.-detail DetailPane { display: block; }
    }
    """

    def body(self) -> Iterable[Widget]:
        self.wall = ConnectorWall(self.site, self.view, self.look)
        self.detail = DetailPane(self.site, self.view, self.look, self.owner.heard)
        yield self.wall
        yield self.detail

    @property
    def is_detail(self) -> bool:
        """Are the details in place of the wall?"""
        return self.has_class("-detail")

    def pull(self, dirty: set[str]) -> None:
        if not self.is_composed:
            return
        if self.is_detail:
            self.view.pull(dirty, self.site.now())
            self.detail.pull(dirty)
        else:
            self.wall.pull(dirty)
        super().pull(dirty)

    def show_cursor(self) -> None:
        if self.is_detail:
            self.detail.pull()
        else:
            self.wall.show_cursor()

    def position(self) -> str:
        if self.is_detail:
            return self.detail.position()
        return self.wall.wall.position()

    def close_something(self) -> bool:
        if not self.is_detail:
            return False
        self._show_detail(False)
        return True

    # keys

    def action_open(self) -> None:
        self._show_detail(True)

    def action_detail(self) -> None:
        self._show_detail(not self.is_detail)

    def on_connector_wall_opened(self, event: ConnectorWall.Opened) -> None:
        self._show_detail(True)

    def action_section(self, step: int) -> None:
        if not self.is_detail:
            self._show_detail(True)
        self.detail.turn(step)
        self.update_frame()

    def action_move(self, count: int) -> None:
        if self.is_detail:
            self.detail.scroll_rows(count)
        else:
            self.wall.move(count, 0)
        self.update_frame()

    def action_move_side(self, count: int) -> None:
        if self.is_detail:
            super().action_move_side(count)
        else:
            self.wall.move(0, count)
            self.update_frame()

    def action_move_to(self, index: int) -> None:
        if self.is_detail:
            self.detail.show_end(index)
            self.update_frame()
        else:
            super().action_move_to(index)

    def action_page(self, pages: int) -> None:
        if self.is_detail:
            self.detail.scroll_pages(pages)
        else:
            self.wall.move(pages * self.wall.wall.height, 0)
        self.update_frame()

    def _show_detail(self, shown: bool) -> None:
        self.set_class(shown, "-detail")
        self.detail.scrolls = shown
        self.call_after_refresh(self.show_all)
