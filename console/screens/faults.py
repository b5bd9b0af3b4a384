"""Screen 3: what is wrong now, what was, and the card of one fault."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import TYPE_CHECKING, ClassVar

from textual import events
from textual.binding import BindingType
from textual.widget import Widget

from console.keys import READ_ONLY, Key
from console.present.depot import open_for
from console.present.look import Look
from console.present.words import day_and_clock, kwh, span
from console.screens.base import WIDE, Piece, bindings_of
from console.screens.cards import CardScreen
from console.screens.depot import OPERATIONS
from console.view.actions import Possible, possibilities, stop_target, why_not
from console.view.faultlist import NEAR_MS, haystack_of, lines_around, merged, same_cause
from console.widgets.faultcard import FaultCard, FaultStory
from console.widgets.table import Column, TablePane
from server.model.charger import Charger
from server.model.fault import Fault
from server.model.log import LogLine
from server.model.status import Severity

if TYPE_CHECKING:
    from server.site import Site

HISTORY = 500  #: faults asked of the database
SPACIOUS = 140  #: columns; the glyph in column 2 tells the severity too


class FaultsScreen(CardScreen[Fault]):
    card: FaultCard
    NAME = "faults"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)
    DEFAULT_CSS = """
    FaultsScreen {
        &.-card TablePane { display: none; }
        &.-card FaultCard { display: block; }
    }
    """

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.table = TablePane(look, self._columns, lambda fault: fault.fault_id, _attention)
        self.card = FaultCard(look)
        self._around: list[LogLine] = []  #: what was said when the fault on the card opened
        self._around_of = (0, 0)  #: fault id and second of which they are

    def body(self) -> Iterable[Widget]:
        yield self.table
        yield self.card

    def _columns(self, width: int) -> list[Column[Fault]]:
        wide = width >= WIDE
        columns: list[Column[Fault]] = [
            Column("SINCE", 11 if wide else 8, lambda f: (self._since(f, wide), _role(f, "text", "dim"))),
            Column("OPEN", 4, self._open, right=True),
            Column(
                "CHARGER", self.charger_cells(), lambda f: (f.charger_id, _role(f, "strong", "muted")), is_name=True
            ),
            Column("C", 3 if wide else 2, lambda f: (f"c{f.connector_id}" if f.connector_id else "-", "muted")),
            Column("CODE", 22 if wide else 20, _code),
        ]
        if wide:
            columns += [
                Column("VENDOR CODE", 12, lambda f: (f.vendor_error_code, _role(f, "text", "dim"))),
                Column("COUNT", 5, lambda f: (str(f.count), "text" if f.count > 1 else "dim"), right=True),
                Column("ACKNOWLEDGED", 12, lambda f: (f.acknowledged_by or "-", _role(f, "muted", "dim"))),
                Column("INFO", 0, lambda f: (" ".join(filter(None, (f.info, f.note))), _role(f, "muted", "dim"))),
            ]
            if width >= SPACIOUS:
                columns.insert(-2, Column("SEVERITY", 8, lambda f: (f.severity, _role(f, "muted", "dim"))))
        elif width >= 70:
            columns += [
                Column("VENDOR", 7, lambda f: (f.vendor_error_code, _role(f, "text", "dim"))),
                Column("INFO", 0, lambda f: (f"ack {f.acknowledged_by}" if f.acknowledged_by else f.info, "muted")),
            ]
        return columns

    def _since(self, fault: Fault, wide: bool) -> str:
        """Where there is little room the day alone, unless it is today."""
        since = day_and_clock(fault.opened_at, self.site.now())
        return since if wide else since.split(" ")[0]

    def _open(self, fault: Fault) -> Piece:
        if fault.is_open:
            role = "fault_text" if fault.severity is Severity.FAULT else "amber"
            return open_for(fault, self.site.now()), role
        return span(fault.cleared_at - fault.opened_at), "dim"

    # what is shown

    async def load(self) -> list[Fault]:
        return await self.site.find_faults(limit=HISTORY)

    def wanted(self) -> list[Fault]:
        self.table.empty = "no fault matches" if self.filter.text else "no fault, and none on record"
        if self.is_loading and not self.history:
            self.table.empty = "loading the history"
        return merged(self.site.open_faults(), self.history)

    def haystack(self, item: Fault) -> str:
        return haystack_of(item)

    @property
    def _place(self) -> tuple[Charger, int] | None:
        """Charger and connector of the fault under the cursor."""
        fault = self.table.chosen
        charger = self.site.chargers.get(fault.charger_id) if fault is not None else None
        return None if fault is None or charger is None else (charger, fault.connector_id)

    def show_card(self) -> None:
        fault = self.table.chosen
        if fault is None:
            return
        self._look_around(fault)
        place = self._place
        possible: list[Possible] = []
        notes: dict[str, str] = {}
        if place is not None:
            possible = possibilities(self.site, *place)
            notes = _notes(*place)
        times = same_cause(fault, merged(self.site.open_faults(), self.history))
        story = FaultStory(
            fault,
            place[0] if place else None,
            times or [fault],
            possible,
            notes,
            self._around,
            self.is_loading and not self.history,
            self.site.now(),
        )
        self.card.show(story)

    def _look_around(self, fault: Fault) -> None:
        """The log of that time, looked for once; while more of it is still to come, once a second."""
        now = self.site.now()
        age_s = (now - fault.opened_at) // 1000
        wanted = (fault.fault_id, age_s if age_s <= NEAR_MS // 1000 else 0)
        if wanted == self._around_of:
            return
        if wanted[0] != self._around_of[0]:
            self.card.show_end(0)
        self._around_of = wanted
        self._around = lines_around(self.site.log.since(0), fault)

    def open_card(self, shown: bool) -> None:
        self._around_of = (0, 0)
        super().open_card(shown)

    # what the frame asks

    def message(self) -> list[Piece]:
        if self.owner.is_paused:
            return []
        open_faults = self.site.open_faults()
        waiting = sum(not fault.acknowledged_by for fault in open_faults)
        pieces: list[Piece] = [(f"{len(open_faults)} open", "strong" if open_faults else "muted")]
        if (chosen := self.table.chosen) is not None and not self.is_card:
            pieces += self.whole_id(chosen.charger_id)
        if waiting:
            pieces.append((f"{waiting} not acknowledged", "muted"))
        history = len(self.table.items) - len(open_faults)
        pieces.append(("loading the history", "sky") if self.is_loading else (f"{max(0, history)} before", "dim"))
        if alerts := self.owner.heard.alerts(self.site.now()):
            pieces.append((f"8: {alerts[0].type}", "fault_text"))
        return pieces

    def why_blocked(self, key: Key) -> str:
        fault, place = self.table.chosen, self._place
        if key.id == "acknowledge" and self.owner.read_only:
            return READ_ONLY
        if key.id == "acknowledge":
            return "" if fault is not None and fault.is_open and not fault.acknowledged_by else "nothing to acknowledge"
        if key.id not in OPERATIONS and key.id != "menu":
            return ""
        if place is None:
            return "this charger is not known any more"
        if self.owner.read_only:
            return READ_ONLY
        return "" if key.id == "menu" else why_not(self.site, OPERATIONS[key.id], *place)

    # keys

    def action_next_fault(self, direction: int) -> None:
        self.table.move(direction)
        self.show_list()
        self.update_frame()

    def action_acknowledge(self) -> None:
        fault = self.table.chosen
        if fault is None or not fault.is_open:
            self.owner.flash("only an open fault can be acknowledged", "muted")
        elif fault.acknowledged_by:
            self.owner.flash(f"acknowledged by {fault.acknowledged_by} already", "muted")
        elif self.owner.read_only:
            self.owner.flash(READ_ONLY, "amber")
        else:
            self.site.acknowledge(fault.fault_id, self.owner.operator)
            self.owner.flash(f"{fault.charger_id}: {fault.error_code} acknowledged", "muted")
            self.show_list()

    def action_operate(self, kind: str) -> None:
        place = self._place
        if place is None:
            return
        reason = why_not(self.site, kind, *place)
        if reason:
            holds = partial(self._still_not, kind, place, reason)
            self.owner.flash(f"{place[0].charger_id}: {reason}", "amber", holds)
        else:
            self.owner.operate(kind, place[0].charger_id, place[1])

    def _still_not(self, kind: str, place: tuple[Charger, int], reason: str) -> bool:
        return why_not(self.site, kind, *place) == reason

    def action_menu(self) -> None:
        if (place := self._place) is not None:
            self.owner.open_menu(place[0].charger_id, place[1])

    def action_log_of(self) -> None:
        if (fault := self.table.chosen) is not None:
            self.owner.show_log_of(fault.charger_id)

    def on_resize(self, event: events.Resize) -> None:
        self.call_after_refresh(self.show_list)


def _role(fault: Fault, when_open: str, when_cleared: str) -> str:
    return when_open if fault.is_open else when_cleared


def _attention(fault: Fault) -> Piece:
    if not fault.is_open:
        return " ", "dim"
    return ("!", "fault_strong") if fault.severity is Severity.FAULT else ("~", "amber_strong")


def _code(fault: Fault) -> Piece:
    if not fault.is_open:
        return fault.error_code, "muted"
    return fault.error_code, "fault_strong" if fault.severity is Severity.FAULT else "amber_strong"


def _notes(charger: Charger, connector_id: int) -> dict[str, str]:
    """What operations would touch: a reset stops every session, a stop ends this one."""
    running = charger.open_transactions()
    notes = {}
    if running:
        ids = " ".join(str(t.transaction_id) for t in running)
        notes["reset"] = f"stops tx {ids} on c{running[0].connector_id}" if len(running) == 1 else f"stops tx {ids}"
    target = stop_target(charger, connector_id)
    if target is not None:
        notes["stop"] = f"c{target.connector_id}, {kwh(target.energy_wh)} kWh"
    return notes
