"""Screen 7: who tried to connect, who was not let in, and what to change at the charger."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.events import Resize
from textual.widget import Widget

from console.keys import Key
from console.present.connections import CAUSE_CELLS, cause_of, remedy_of, role_of
from console.present.look import Look
from console.present.words import day_and_clock
from console.screens.base import WIDE, Piece, Way, bindings_of
from console.screens.lists import ListScreen
from console.view.knocks import knocks
from console.widgets.connectioncard import ConnectionCard
from console.widgets.table import Column, TablePane
from server.model.connection import ConnectionAttempt

if TYPE_CHECKING:
    from server.site import Site

HISTORY = 500  #: rows asked of the database
PEER_CELLS = 21  #: 255.255.255.255:65535
TALL = 20  #: lines from which on what to do stands below the list


class ConnectionsScreen(ListScreen[ConnectionAttempt]):
    NAME = "connections"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)
    DEFAULT_CSS = """
    ConnectionsScreen {
        ConnectionCard { display: none; height: 7; }
        &.-tall ConnectionCard { display: block; }
        &.-card TablePane { display: none; }
        &.-card ConnectionCard { display: block; height: 1fr; }
    }
    """

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.table = TablePane(look, self._columns, lambda attempt: attempt.attempt_id, self._attention)
        self._to_repair: set[int] = set()
        self.card = ConnectionCard(look)

    def body(self) -> Iterable[Widget]:
        yield self.table
        yield self.card

    def _columns(self, width: int) -> list[Column[ConnectionAttempt]]:
        now = self.site.now()
        wide = width >= WIDE
        time = Column[ConnectionAttempt](
            "TIME",
            11 if wide else 8,
            lambda a: (day_and_clock(a.seen_at, now) if wide else day_and_clock(a.seen_at, now)[:8].strip(), "dim"),
        )
        count = Column[ConnectionAttempt](
            "COUNT", 5, lambda a: (str(a.count), "text" if a.count > 1 else "dim"), right=True
        )
        charger = Column[ConnectionAttempt](
            "CHARGER", self.charger_cells(), lambda a: (a.charger_id or "-", role_of(a)), is_name=True
        )
        cause = Column[ConnectionAttempt]("CAUSE", CAUSE_CELLS if width >= 70 else 0, cause_of)
        if width < 70:
            return [time, count, charger, cause]
        remedy = Column[ConnectionAttempt]("WHAT TO DO", 0, remedy_of)
        if not wide:
            return [time, count, charger, cause, remedy]
        peer = Column[ConnectionAttempt]("PEER", PEER_CELLS, lambda a: (a.peer, "muted"))
        return [time, count, peer, charger, cause, remedy]

    # what is shown

    async def load(self) -> list[ConnectionAttempt]:
        return await self.site.find_connections(limit=HISTORY)

    def wanted(self) -> list[ConnectionAttempt]:
        self.table.empty = "no connection matches" if self.filter.text else "nobody has tried to connect yet"
        live = self.site.connections
        first = knocks(live, self.site.find_charger, self.site.now())
        self._to_repair = {attempt.attempt_id for attempt in first}
        everyone = {attempt.attempt_id: attempt for attempt in (*first, *live)}
        for attempt in self.history:
            everyone.setdefault(attempt.attempt_id, attempt)
        return list(everyone.values())

    def ids(self) -> Iterable[str]:
        """Also of those that nobody knows."""
        return (*self.site.chargers, *(attempt.charger_id for attempt in self.site.connections))

    def _attention(self, attempt: ConnectionAttempt) -> Piece:
        """`!` for what the message line counts as to repair: no port scan, nothing that is over."""
        if attempt.is_open:
            return (">", "sky_strong") if not attempt.fix else ("~", "amber_strong")
        return ("!", "amber_strong") if attempt.attempt_id in self._to_repair else (" ", "dim")

    def haystack(self, item: ConnectionAttempt) -> str:
        return f"{item.charger_id} {item.peer} {item.cause.words} {item.detail} {item.fix} {item.ended}"

    def show_list(self) -> None:
        super().show_list()
        self._show_card()

    def message(self) -> list[Piece]:
        live = self.site.connections
        open_links = sum(attempt.is_open for attempt in live)
        refused = len(knocks(live, self.site.find_charger, self.site.now()))
        pieces: list[Piece] = [(f"{refused} to repair", "amber" if refused else "muted")]
        chosen = self.table.chosen
        if chosen is not None:
            pieces += self.whole_id(chosen.charger_id)
        if self.is_loading:
            pieces.append(("loading the history", "sky"))
        elif chosen is not None and not self.is_card and not self.is_wide:
            pieces.append((chosen.peer, "muted"))
        else:
            pieces.append((f"{open_links} link{' stands' if open_links == 1 else 's stand'}", "muted"))
        return pieces

    def position(self) -> str:
        return "" if self.is_card else super().position()

    # the card

    @property
    def is_card(self) -> bool:
        return self.has_class("-card")

    def _show_card(self) -> None:
        chosen = self.table.chosen
        if chosen is None:
            self.remove_class("-card")
        self.card.show(chosen, self.site.now(), is_whole=self.is_card)

    def opened(self) -> Way | None:
        return Way("close", self._turn_card) if self.is_card else None

    def _turn_card(self) -> None:
        self.toggle_class("-card")
        self.call_after_refresh(self.show_list)

    def hint_of(self, key: Key) -> str:
        return "list" if key.id == "open" and self.is_card else super().hint_of(key)

    # keys

    def action_open(self) -> None:
        """Enter: the whole sentence; again: back to the list."""
        if self.table.chosen is not None:
            self._turn_card()
            self.update_frame()

    def action_move(self, count: int) -> None:
        super().action_move(count)
        self._show_card()

    def action_move_to(self, index: int) -> None:
        super().action_move_to(index)
        self._show_card()

    def action_page(self, pages: int) -> None:
        super().action_page(pages)
        self._show_card()

    def on_resize(self, event: Resize) -> None:
        self.set_class(event.size.height >= TALL, "-tall")
        if self.is_composed:
            self.call_after_refresh(self.show_list)

    def action_log_of(self) -> None:
        chosen = self.table.chosen
        if chosen is not None and chosen.charger_id:
            self.owner.show_log_of(chosen.charger_id)
