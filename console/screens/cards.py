"""Lists with a card: enter shows the row under the cursor whole, in the place of the list."""

from __future__ import annotations

from console.keys import Key
from console.screens.base import Way
from console.screens.lists import ListScreen, T
from console.widgets.window import WindowPane

OF_THE_LIST = ("open", "filter")  #: keys that are not offered over the card


class CardScreen(ListScreen[T]):
    """Subclasses make `self.card`, show it by the class `-card`, and fill it in `show_card`."""

    card: WindowPane

    @property
    def is_card(self) -> bool:
        """Is the card in place of the list?"""
        return self.has_class("-card")

    def show_card(self) -> None:
        """Bring the card up to date; only called while it is shown."""

    def open_card(self, shown: bool) -> None:
        self.set_class(shown, "-card")
        self.card.show_end(0)
        self.call_after_refresh(self.show_list)

    def show_list(self) -> None:
        super().show_list()
        if self.is_card and self.table.chosen is None:
            self.open_card(False)
        elif self.is_card:
            self.show_card()

    def position(self) -> str:
        return self.card.position() if self.is_card else super().position()

    def opened(self) -> Way | None:
        return Way("close", lambda: self.open_card(False)) if self.is_card else None

    def offers(self, key: Key) -> bool:
        return not (self.is_card and key.id in OF_THE_LIST) and super().offers(key)

    # keys

    def action_open(self) -> None:
        if self.table.chosen is not None and not self.is_card:
            self.open_card(True)

    def action_move(self, count: int) -> None:
        if self.is_card:
            self.card.scroll_rows(count)
            self.update_frame()
        else:
            super().action_move(count)

    def action_move_to(self, index: int) -> None:
        if self.is_card:
            self.card.show_end(index)
            self.update_frame()
        else:
            super().action_move_to(index)

    def action_page(self, pages: int) -> None:
        if self.is_card:
            self.card.scroll_pages(pages)
            self.update_frame()
        else:
            super().action_page(pages)
