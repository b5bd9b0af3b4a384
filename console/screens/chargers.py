"""Screen 1: the list of chargers, details beside it or in its place, the newest log lines below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.geometry import Size
from textual.widget import Widget

from console.screens.base import ROOMY, WIDE, bindings_of
from console.screens.detailed import DetailedScreen
from console.widgets.detail import DetailPane
from console.widgets.grid import ChargerGrid
from console.widgets.logtail import LogTail


def log_lines(height: int) -> int:
    """Lines of the log strip below its rule, for a terminal of `height` lines: none below 20, 5 at 24, 13 at 48."""
    return 0 if height < 20 else min(20, 5 + max(0, height - 36) * 2 // 3)


def detail_cells(width: int) -> int:
    """Columns of the detail pane beside the list."""
    return 55 if width >= 146 else 44


class ChargersScreen(DetailedScreen):
    NAME = "chargers"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)
    DEFAULT_CSS = """
    ChargersScreen {
        #panes { height: 1fr; }
        DetailPane { display: none; margin-left: 1; }
        LogTail { height: 6; }
        &.-wide DetailPane { display: block; width: 44; }
        &.-detail ChargerGrid, &.-detail LogTail { display: none; }
        &.-detail DetailPane { display: block; width: 1fr; margin-left: 0; }
    }
    """

    def body(self) -> Iterable[Widget]:
        self.grid = ChargerGrid(self.site, self.view, self.look)
        self.detail = DetailPane(self.site, self.view, self.look, self.owner.heard)
        self.log_strip = LogTail(self.site, self.look, compact=True)
        yield Horizontal(self.grid, self.detail, id="panes")
        yield self.log_strip

    def on_resize(self, event: events.Resize) -> None:
        self.log_strip.styles.height = log_lines(event.size.height) + 1
        self.log_strip.styles.margin = (1 if event.size.height >= ROOMY else 0, 0, 0, 0)
        self._place(event.size)

    def _place(self, size: Size) -> None:
        """Show details beside the list where there is room, and the log strip unless details take all."""
        self.log_strip.display = not self.is_detail and bool(log_lines(size.height))
        beside = size.width >= WIDE and not self.is_detail
        self.detail.styles.width = detail_cells(size.width) if beside else None

    def pull(self, dirty: set[str]) -> None:
        if not self.is_composed:
            return
        if self.is_detail:
            self.view.pull(dirty, self.site.now())
        else:
            self.grid.pull(dirty)
            if self.log_strip.display:
                self.log_strip.pull()
        if self.detail.display:
            self.detail.pull(dirty)
        super().pull(dirty)

    def show_cursor(self) -> None:
        if not self.is_detail:
            self.grid.show_cursor()
        if self.detail.display:
            self.detail.pull()

    def cuts(self, charger_id: str) -> bool:
        return not self.is_wide and not self.is_detail and self.grid.cuts(charger_id)

    def show_detail(self, shown: bool) -> None:
        super().show_detail(shown)
        self._place(self.size)

    def on_charger_grid_opened(self, event: ChargerGrid.Opened) -> None:
        self.show_detail(True)
