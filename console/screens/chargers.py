"""Screen 1: the list of chargers, details beside it or in its place, the newest log lines below."""

from __future__ import annotations

from collections.abc import Iterable
from typing import ClassVar

from textual import events
from textual.binding import BindingType
from textual.containers import Horizontal
from textual.widget import Widget

from console.screens.base import ROOMY, WIDE, bindings_of
from console.screens.depot import DepotScreen
from console.widgets.detail import DetailPane
from console.widgets.grid import ChargerGrid
from console.widgets.logtail import LogTail


def log_lines(height: int) -> int:
    """Lines of the log strip below its rule, for a terminal of `height` lines: none below 20, 5 at 24, 13 at 48."""
    return 0 if height < 20 else min(20, 5 + max(0, height - 24) // 3)


def detail_cells(width: int) -> int:
    """Columns of the detail pane beside the list."""
    return 55 if width >= 146 else 44


class ChargersScreen(DepotScreen):
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
        yield Horizontal(
            ChargerGrid(self.site, self.view, self.look), DetailPane(self.site, self.view, self.look), id="panes"
        )
        yield LogTail(self.site, self.look, compact=True)

    def on_resize(self, event: events.Resize) -> None:
        width, height = event.size
        log, detail = self.query_one(LogTail), self.query_one(DetailPane)
        lines = log_lines(height)
        log.styles.height = lines + 1
        log.styles.margin = (1 if height >= ROOMY else 0, 0, 0, 0)
        log.display = bool(lines) and not self.is_detail
        detail.styles.width = detail_cells(width) if width >= WIDE and not self.is_detail else None

    @property
    def is_detail(self) -> bool:
        """Are the details in place of the list?"""
        return self.has_class("-detail")

    def pull(self, dirty: set[str]) -> None:
        if not self.is_mounted:
            return
        grid, detail = self.query_one(ChargerGrid), self.query_one(DetailPane)
        if self.is_detail:
            self.view.pull(dirty)
            detail.pull()
        else:
            grid.pull(dirty)
            if detail.display:
                detail.pull()
            log = self.query_one(LogTail)
            if log.display:
                log.pull()
        super().pull(dirty)

    def show_cursor(self) -> None:
        detail = self.query_one(DetailPane)
        if not self.is_detail:
            self.query_one(ChargerGrid).show_cursor()
        if detail.display:
            detail.pull()

    def position(self) -> str:
        return self.query_one(DetailPane).position() if self.is_detail else super().position()

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

    def on_charger_grid_opened(self, event: ChargerGrid.Opened) -> None:
        self._show_detail(True)

    def action_move(self, count: int) -> None:
        if self.is_detail:
            self.query_one(DetailPane).scroll_rows(count)
            self.update_frame()
        else:
            super().action_move(count)

    def _show_detail(self, shown: bool) -> None:
        self.set_class(shown, "-detail")
        detail, log = self.query_one(DetailPane), self.query_one(LogTail)
        detail.scrolls = shown
        log.display = not shown and bool(log_lines(self.size.height))
        detail.styles.width = None if shown or not self.is_wide else detail_cells(self.size.width)
        self.call_after_refresh(self.show_all)
