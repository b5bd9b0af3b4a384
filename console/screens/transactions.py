"""Screen 4: the sessions that run, then those that ended."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.keys import READ_ONLY, Key
from console.present.look import Look
from console.present.words import day_and_clock, kw, kwh, span
from console.screens.base import WIDE, Piece, bindings_of
from console.screens.lists import ListScreen
from console.widgets.table import Column, TablePane
from server.model.charger import Connector
from server.model.command import RemoteStop
from server.model.status import TransactionState
from server.model.transaction import Transaction

if TYPE_CHECKING:
    from server.site import Site

STATE_CELLS = len("interrupted")
HISTORY = 500  #: transactions asked of the database
_TROUBLE = (TransactionState.ORPHANED, TransactionState.GHOST, TransactionState.TERMINATED)


class TransactionsScreen(ListScreen[Transaction]):
    NAME = "transactions"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.table = TablePane(look, self._columns, lambda t: t.transaction_id, _attention)

    def body(self) -> Iterable[Widget]:
        yield self.table

    def _columns(self, width: int) -> list[Column[Transaction]]:
        wide = width >= WIDE
        columns: list[Column[Transaction]] = [
            Column(
                "TX",
                7 if wide else 6,
                lambda t: (str(t.transaction_id), "strong" if t.is_open else "muted"),
                right=True,
            ),
            Column("CHARGER", self.charger_cells(), lambda t: (t.charger_id, _role(t, "text")), is_name=True),
            Column(
                "C", 3 if wide else 2, lambda t: (f"c{t.connector_id}" if t.connector_id else "-", _role(t, "muted"))
            ),
        ]
        if width >= 70:
            cells = (20 if width >= 150 else 14) if wide else 0
            columns.append(Column("TAG", cells, lambda t: (t.id_tag or "-", _role(t, "muted"))))
        columns += [
            Column("START", 11 if wide else 8, lambda t: (self._start(t, wide), _role(t, "muted"))),
            Column("TIME", 5 if wide else 4, self._lasted, right=True),
            Column("kWh", 7 if wide else 5, _energy, right=True),
        ]
        if width >= 70:
            columns.append(Column("kW", 6 if wide else 5, self._power, right=True))
        if wide:
            columns += [
                Column("STATE", STATE_CELLS, self._state),
                Column("REASON", 0, lambda t: (_reason(t), _role(t, "muted"))),
            ]
        elif width >= 70:
            columns.append(Column("STATE", STATE_CELLS, self._state))
        return columns

    def _connector(self, t: Transaction) -> Connector | None:
        charger = self.site.chargers.get(t.charger_id)
        return charger.connector(t.connector_id) if charger is not None else None

    def _start(self, t: Transaction, wide: bool) -> str:
        """Where there is little room the day alone, unless it is today; the message line has the rest."""
        start = day_and_clock(t.started_at, self.site.now())
        return start if wide else start.split(" ")[0]

    def _lasted(self, t: Transaction) -> Piece:
        return span((t.stopped_at or self.site.now()) - t.started_at), _role(t, "text")

    def _power(self, t: Transaction) -> Piece:
        connector = self._connector(t) if t.is_open else None
        if connector is None or connector.transaction is not t:
            return "-", "dim"
        return kw(connector.power_w), "strong" if connector.power_w else "dim"

    def _state(self, t: Transaction) -> Piece:
        if t.interrupted and t.is_open:
            return "interrupted", "amber"
        if t.is_open:
            connector = self._connector(t)
            is_drawing = connector is not None and connector.power_w > 0
            return ("charging", "sky") if is_drawing else ("ongoing", "text")
        return t.state.value, "amber" if t.state in _TROUBLE else "dim"

    # what is shown

    async def load(self) -> list[Transaction]:
        return await self.site.find_transactions(limit=HISTORY)

    def wanted(self) -> list[Transaction]:
        self.table.empty = "no session matches" if self.filter.text else "no session yet"
        if self.is_loading and not self.history:
            self.table.empty = "loading the history"
        live = sorted(self._live(), key=lambda t: t.started_at, reverse=True)
        known = {t.transaction_id for t in live}
        return [*live, *(t for t in self.history if t.transaction_id not in known)]

    def _live(self) -> list[Transaction]:
        return [t for charger in self.site.chargers.values() for t in charger.open_transactions()]

    def haystack(self, item: Transaction) -> str:
        return (
            f"{item.transaction_id} {item.charger_id} c{item.connector_id} {item.id_tag} {self._state(item)[0]} "
            f"{item.stop_reason} {item.estimated}"
        )

    def message(self) -> list[Piece]:
        live = self._live()
        pieces: list[Piece] = [(f"{len(live)} running", "strong" if live else "muted")]
        chosen = self.table.chosen
        if chosen is not None:
            pieces += self.whole_id(chosen.charger_id)
        if self.is_loading:
            pieces.append(("loading the history", "sky"))
        elif chosen is not None and chosen.estimated:
            pieces.append((f"tx {chosen.transaction_id}: {chosen.estimated}", "amber"))
        elif chosen is not None and not self.is_wide and not chosen.is_open:
            began = day_and_clock(chosen.started_at, self.site.now())
            pieces.append((f"tx {chosen.transaction_id} ended: {_reason(chosen)}", "muted"))
            pieces.append((f"began {began}", "dim"))
        return pieces

    def why_blocked(self, key: Key) -> str:
        return self._why_not_stop() if key.id == "stop" else ""

    def _why_not_stop(self) -> str:
        chosen = self.table.chosen
        if chosen is None or not chosen.is_open:
            return "this session has ended"
        if self.owner.read_only:
            return READ_ONLY
        if chosen.charger_id not in self.site.chargers:
            return "this charger is not known any more"
        return self.site.why_not(chosen.charger_id, RemoteStop(chosen.transaction_id)) or ""

    # keys

    def action_open(self) -> None:
        """To the charger of the session."""
        chosen = self.table.chosen
        if chosen is None:
            return
        if self.owner.depot_view.select(chosen.charger_id, chosen.connector_id):
            self.owner.show_screen("chargers")
        else:
            self.owner.flash(f"{chosen.charger_id} is hidden by the filter of the chargers", "muted")

    def action_operate(self, kind: str) -> None:
        chosen = self.table.chosen
        if chosen is None:
            return
        reason = self._why_not_stop()
        if reason:
            self.owner.flash(f"tx {chosen.transaction_id}: {reason}", "amber", lambda: self._why_not_stop() == reason)
        else:
            self.owner.operate(kind, chosen.charger_id, chosen.connector_id)

    def action_menu(self) -> None:
        chosen = self.table.chosen
        if chosen is not None and chosen.charger_id in self.site.chargers:
            self.owner.open_menu(chosen.charger_id, chosen.connector_id)

    def action_log_of(self) -> None:
        if (chosen := self.table.chosen) is not None:
            self.owner.show_log_of(chosen.charger_id)


def _role(t: Transaction, when_open: str) -> str:
    return when_open if t.is_open else "dim"


def _attention(t: Transaction) -> Piece:
    if t.is_open:
        return (">", "sky_strong") if not t.interrupted else ("?", "amber_strong")
    return ("~", "amber_strong") if t.state in _TROUBLE or t.estimated else (" ", "dim")


def _energy(t: Transaction) -> Piece:
    return kwh(t.energy_wh), "text" if t.is_open and t.energy_wh else "dim"


def _reason(t: Transaction) -> str:
    return " ".join(filter(None, (t.stop_reason, f"({t.estimated})" if t.estimated else "")))
