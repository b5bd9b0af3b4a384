"""What the screens with one list have in common: moving, filter, and history that is loaded off the tick."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Generic, TypeVar

from console.screens.base import WIDE, ConsoleScreen, Piece
from console.view.textfilter import TextFilter
from console.widgets.table import TablePane

T = TypeVar("T")

LEAST_ID = 8  #: cells
MOST_ID = ((150, 24), (WIDE, 16), (0, 12))  #: from so many columns on, an id has at most so many cells
RELOAD_MS = 15_000  #: history on a screen that stays open is asked for again after this


class ListScreen(ConsoleScreen, Generic[T]):
    """Subclasses make `self.table` and say what is in it."""

    table: TablePane[T]

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.filter = TextFilter()
        self.history: list[T] = []
        self.is_loading = False
        self._loaded_at = 0
        self._rests = False  #: rows have just moved: they stand still for one tick, so that they can be read

    def charger_cells(self) -> int:
        """Cells for the ids of chargers: what the longest needs, as far as other columns keep theirs."""
        most = next(cells for columns, cells in MOST_ID if self.size.width >= columns)
        return max(LEAST_ID, min(most, max(map(len, self.ids()), default=LEAST_ID)))

    def ids(self) -> Iterable[str]:
        """The ids that decide how wide their column is."""
        return self.site.chargers

    def whole_id(self, charger_id: str) -> list[Piece]:
        """For the message line: an id that the list had to cut."""
        return [(charger_id, "strong")] if len(charger_id) > self.charger_cells() else []

    # to be filled by each screen

    def wanted(self) -> list[T]:
        """Live things first, then history."""
        return []

    def haystack(self, item: T) -> str:
        """The text that the filter looks at."""
        return ""

    async def load(self) -> list[T]:
        """Ask the database for the history."""
        return []

    # the tick

    def pull(self, dirty: set[str]) -> None:
        if not self.is_mounted:
            return
        now = self.site.now()
        if not self.is_loading and now - self._loaded_at >= RELOAD_MS:
            self.reload()
        if self._rests:
            self._rests = False
        else:
            before = self.table.rows.version
            self.show_list()
            self._rests = self.table.rows.version != before
        super().pull(dirty)

    def show_list(self) -> None:
        items = self.wanted()
        if not self.filter.is_empty:
            items = [item for item in items if self.filter.matches(self.haystack(item))]
        self.table.show(items)

    def show_all(self) -> None:
        self._loaded_at = 0
        self._rests = False
        super().show_all()

    def reload(self) -> None:
        """Load the history anew, beside the tick."""
        self.is_loading = True
        self._loaded_at = self.site.now()
        self.run_worker(self._reload(), name=f"{self.NAME} history", exclusive=True)

    async def _reload(self) -> None:
        try:
            self.history = await self.load()
        except Exception as error:  # noqa: BLE001 - a database in trouble must not end the console
            self.owner.flash(f"the history cannot be read: {error}", "amber")
        finally:
            self.is_loading = False
        if self.is_current:
            self.show_list()
            self.update_frame()

    # what the frame asks

    @property
    def has_row(self) -> bool:
        return self.table.chosen is not None

    def filter_text(self) -> str:
        return self.filter.text

    def filter_error(self) -> str:
        return self.filter.error

    def set_filter(self, text: str) -> None:
        self.filter = TextFilter.parse(text)
        self.show_list()

    def position(self) -> str:
        return self.table.rows.position()

    # keys

    def action_move(self, count: int) -> None:
        self.table.move(count)
        self.update_frame()

    def action_move_to(self, index: int) -> None:
        self.table.move_to(index)
        self.update_frame()

    def action_page(self, pages: int) -> None:
        self.table.page(pages)
        self.update_frame()

    def action_open(self) -> None:
        """Enter on a row."""

    def on_table_pane_opened(self, event: TablePane.Opened) -> None:
        self.action_open()
