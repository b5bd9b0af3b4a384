"""Screen 2: every connector as a tile, so that a fault is seen across the room."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.screens.base import bindings_of
from console.screens.detailed import DetailedScreen
from console.widgets.detail import DetailPane
from console.widgets.wall import ConnectorWall


class ConnectorsScreen(DetailedScreen):
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

    def cuts(self, charger_id: str) -> bool:
        return not self.is_wide and not self.is_detail and self.wall.cuts(charger_id)

    def position(self) -> str:
        """With the order of the tiles: they have no heading that could tell."""
        if self.is_detail:
            return super().position()
        order = f"by {self.view.sort}" if self.view.sort != "id" else ""
        return "  ".join(filter(None, (order, self.wall.wall.position())))

    # keys

    def on_connector_wall_opened(self, event: ConnectorWall.Opened) -> None:
        self.show_detail(True)

    def action_move(self, count: int) -> None:
        if self.is_detail:
            super().action_move(count)
        else:
            self._move_on_wall(count, 0)

    def action_move_side(self, count: int) -> None:
        if self.is_detail:
            super().action_move_side(count)
        else:
            self._move_on_wall(0, count)

    def action_page(self, pages: int) -> None:
        if self.is_detail:
            super().action_page(pages)
        else:
            self._move_on_wall(pages * self.wall.wall.height, 0)

    def _move_on_wall(self, rows: int, columns: int) -> None:
        self.wall.move(rows, columns)
        self.update_frame()
