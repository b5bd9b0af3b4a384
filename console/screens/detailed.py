"""What the two screens of the depot do with the details of the selected charger: shown in their place, and turned."""

from __future__ import annotations

from console.keys import Key
from console.screens.base import Way
from console.screens.depot import DepotScreen
from console.widgets.detail import DetailPane

OF_THE_LIST = ("open", "mark", "filter", "sort")  #: keys that are not offered over the details


class DetailedScreen(DepotScreen):
    """Subclasses make `self.detail` and show it by the class `-detail`."""

    detail: DetailPane

    @property
    def is_detail(self) -> bool:
        """Are the details in place of the chargers?"""
        return self.has_class("-detail")

    def show_detail(self, shown: bool) -> None:
        self.set_class(shown, "-detail")
        self.detail.scrolls = shown
        self.call_after_refresh(self.show_all)

    def position(self) -> str:
        return self.detail.position() if self.is_detail else super().position()

    def opened(self) -> Way | None:
        return Way("close", lambda: self.show_detail(False)) if self.is_detail else None

    def offers(self, key: Key) -> bool:
        return not (self.is_detail and key.id in OF_THE_LIST) and super().offers(key)

    # keys

    def action_open(self) -> None:
        self.show_detail(True)

    def action_detail(self) -> None:
        self.show_detail(not self.is_detail)

    def action_section(self, step: int) -> None:
        if not self.detail.display:
            self.show_detail(True)
        self.detail.turn(step)
        self.update_frame()

    def action_move(self, count: int) -> None:
        if self.is_detail:
            self.detail.scroll_rows(count)
            self.update_frame()
        else:
            super().action_move(count)

    def action_move_to(self, index: int) -> None:
        if self.is_detail:
            self.detail.show_end(index)
            self.update_frame()
        else:
            super().action_move_to(index)

    def action_page(self, pages: int) -> None:
        if self.is_detail:
            self.detail.scroll_pages(pages)
            self.update_frame()
        else:
            super().action_page(pages)
