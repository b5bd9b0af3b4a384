"""What the two screens of the depot have in common: selection, marks, filter, and the operations on the selection."""

from __future__ import annotations

from functools import partial

from console.keys import READ_ONLY, Key
from console.present.depot import energy_of, open_for
from console.present.words import clock, kw, kwh, span
from console.screens.base import ConsoleScreen, Piece, Way
from console.screens.deciding import decide, why_no_decision
from console.view.actions import is_for_many, why_not
from console.view.depot import DepotView
from console.view.knocks import refusals
from console.view.quirks import decidable
from server.model.charger import Charger, Connector
from server.model.connection import ConnectionAttempt
from server.model.status import Registration

#: key id -> kind of operation
OPERATIONS = {
    "start": "start",
    "stop": "stop",
    "reset": "reset",
    "config.get": "get_configuration",
    "config.change": "change_configuration",
    "availability": "ChangeAvailability",
    "unlock": "UnlockConnector",
    "trigger": "TriggerMessage",
    "diagnostics": "GetDiagnostics",
}


class DepotScreen(ConsoleScreen):
    """Subclasses show `self.view` and implement `show_cursor`."""

    @property
    def view(self) -> DepotView:
        return self.owner.depot_view

    def show_cursor(self) -> None:
        """The selection has changed: bring it to the screen at once, not on the next tick."""

    def cuts(self, charger_id: str) -> bool:
        """Is there less than the whole id in the body?"""
        return False

    # what the frame asks

    @property
    def has_row(self) -> bool:
        return self.view.charger is not None

    def filter_text(self) -> str:
        return self.view.filter_text

    def filter_error(self) -> str:
        return self.view.filter_error

    def set_filter(self, text: str) -> None:
        self.view.set_filter(text)
        self.show_all()

    def state_words(self) -> list[str]:
        return [f"sort {self.view.sort}"]

    def position(self) -> str:
        return self.view.rows.position()

    def why_blocked(self, key: Key) -> str:
        charger = self.view.charger
        if self.owner.read_only and key.id in ("adopt", "acknowledge"):
            return READ_ONLY
        if key.id == "adopt":
            return "" if self._new_ones() else "this charger is known already"
        if key.id == "quirk":
            return why_no_decision(charger)
        if key.id == "acknowledge":
            waits = charger is not None and any(not fault.acknowledged_by for fault in charger.open_faults())
            return "" if waits else "nothing here waits for an acknowledgement"
        if key.id not in OPERATIONS and key.id != "menu":
            return ""
        if charger is None:
            return "no charger is selected"
        if self.owner.read_only:
            return READ_ONLY
        return "" if key.id == "menu" else self._why_not(OPERATIONS[key.id], charger)

    def _why_not(self, kind: str, charger: Charger) -> str:
        """Why it is not possible: for all that are marked, where it goes to them."""
        chargers = [self.view.chargers[c] for c in self.view.marked()] if is_for_many(kind) else []
        reasons = [why_not(self.site, kind, c, self.view.connector_id) for c in chargers or [charger]]
        return reasons[0] if all(reasons) else ""

    def offers(self, key: Key) -> bool:
        if key.id == "quirk":
            charger = self.view.charger
            return charger is not None and any(not quirk.applied for quirk in decidable(charger))
        if key.id in ("adopt", "acknowledge"):
            return not self.why_blocked(key)
        return super().offers(key)

    def message(self) -> list[Piece]:
        pieces: list[Piece] = []
        marked = self.view.marked()
        if marked:
            pieces += [(f"{len(marked)} marked", "strong"), ("esc clears", "muted")]
            if self.is_wide:
                pieces.append((", ".join(marked[:4]) + (self.look.glyphs.cut if len(marked) > 4 else ""), "muted"))
        charger = self.view.charger
        if charger is not None:
            pieces += self._facts(charger, self.view.connector)
        return pieces

    def _facts(self, charger: Charger, connector: Connector | None) -> list[Piece]:
        """Why something is not possible, else the session of the connector."""
        place = charger.charger_id if connector is None else f"{charger.charger_id} c{connector.connector_id}"
        if connector is not None and self.size.width < 78 and not self.cuts(charger.charger_id):
            place = f"c{connector.connector_id}"
        if not charger.online:
            refused = self._refusal_of(charger)
            if refused is not None:
                ago = span(self.site.now() - refused.seen_at)
                return [(f"{place}: refused {ago} ago, {refused.cause.words}: 7 says what to do", "amber")]
            return [(f"{place}: charger is offline, nothing can be sent", "muted")]
        if charger.registration is Registration.PENDING:
            return [(f"{place}: new, + lets it in", "sky")]
        reason = why_not(self.site, "start", charger, self.view.connector_id)
        if connector is None or connector.transaction is None:
            if reason:
                return [(f"{place}: {reason}, start is blocked", "muted")]
            return [(place, "strong")] if self.cuts(charger.charger_id) else []
        if self.is_wide:  # the details beside the list tell it
            return []
        transaction = connector.transaction
        facts: list[Piece] = [(place, "strong")]
        if connector.is_faulted and connector.fault is not None:
            facts.append((f"{connector.fault.error_code} {open_for(connector.fault, self.site.now())}", "fault_text"))
        return [
            *facts,
            (f"{kw(connector.power_w)} kW", "text"),
            (f"{kwh(energy_of(connector) or 0, 2)} kWh", "text"),
            (f"tx {transaction.transaction_id}", "muted"),
            (f"tag {transaction.id_tag}", "muted"),
            (f"since {clock(transaction.started_at)[:5]}", "muted"),
        ]

    def _refusal_of(self, charger: Charger) -> ConnectionAttempt | None:
        """Its last try, when it knocked of late and was not let in."""
        wanted = charger.charger_id.casefold()
        found = refusals(self.site.connections, self.site.find_charger, self.site.now())
        return next((attempt for attempt in found if attempt.charger_id.casefold() == wanted), None)

    # keys

    def action_move(self, count: int) -> None:
        self.view.move(count)
        self._moved()

    def action_move_to(self, index: int) -> None:
        self.view.move_to(index)
        self._moved()

    def action_move_side(self, count: int) -> None:
        self.view.move_side(count)
        self._moved()

    def action_page(self, pages: int) -> None:
        self.view.move(pages * self.view.rows.height)
        self._moved()

    def action_next_fault(self, direction: int) -> None:
        if not self.view.next_fault(direction):
            self.owner.flash("no charger shown has an open fault", "muted")
        self._moved()

    def _moved(self) -> None:
        self.show_cursor()
        self.update_frame()

    def action_mark(self) -> None:
        self.view.toggle_mark()
        self.view.move(1)
        self._moved()

    def action_sort(self) -> None:
        self.owner.flash(f"sorted by {self.view.next_sort()}", "muted")
        self.show_all()

    def action_operate(self, kind: str) -> None:
        charger = self.view.charger
        if charger is None:
            return
        marked = self.view.marked() if is_for_many(kind) else []
        first = charger.charger_id if charger.charger_id in marked or not marked else marked[0]
        reason = self._why_not(kind, charger)
        if reason:
            holds = partial(self._still_not, kind, charger, reason)
            self.owner.flash(f"{first}: {reason}", "amber", holds)
            return
        self.owner.operate(kind, first, self.view.connector_id, marked, len(self.view.marks) - len(marked))

    def _still_not(self, kind: str, charger: Charger, reason: str) -> bool:
        return self._why_not(kind, charger) == reason

    def action_menu(self) -> None:
        charger, marked = self.view.charger, self.view.marked()
        if charger is not None:
            hidden = len(self.view.marks) - len(marked)
            self.owner.open_menu(charger.charger_id, self.view.connector_id, marked, hidden)

    def action_adopt(self) -> None:
        """Let in the charger under the cursor, or all new ones among the marked."""
        new, charger = self._new_ones(), self.view.charger
        if charger is None or self._refused():
            return
        if not new:
            marked = self.view.marked()
            told = "those that are marked are known already" if marked else f"{charger.charger_id} is known already"
            self.owner.flash(told, "muted")
            return
        for charger_id in new:
            self.site.adopt(charger_id, self.owner.operator)
        told = f"{new[0]} is let in; it is" if len(new) == 1 else f"{len(new)} chargers are let in; each is"
        self.owner.flash(f"{told} accepted at its next boot", "sky")

    def _new_ones(self) -> list[str]:
        """Chargers that `+` lets in."""
        marked, cursor = self.view.marked(), self.view.rows.cursor
        wanted = marked or ([cursor] if cursor is not None else [])
        return [c for c in wanted if self.view.chargers[c].registration is Registration.PENDING]

    def held(self) -> Way | None:
        """The marks; the message line says that esc takes them away."""
        return Way("", self.view.clear_marks) if self.view.marks else None

    def action_quirk(self) -> None:
        if (charger := self.view.charger) is not None:
            decide(self.owner, charger)

    def action_acknowledge(self) -> None:
        charger = self.view.charger
        if charger is None or self._refused():
            return
        faults = [f for f in charger.open_faults() if not f.acknowledged_by]
        if not faults:
            self.owner.flash("nothing here waits for an acknowledgement", "muted")
            return
        for fault in faults:
            self.site.acknowledge(fault.fault_id, self.owner.operator)
        codes = ", ".join(f.error_code for f in faults)
        self.owner.flash(f"{charger.charger_id}: {codes} acknowledged", "muted")

    def action_log_of(self) -> None:
        """The log screen, only with what the selected charger says."""
        charger = self.view.charger
        if charger is not None:
            self.owner.show_log_of(charger.charger_id)

    def _refused(self) -> bool:
        if self.owner.read_only:
            self.owner.flash(READ_ONLY, "amber")
        return self.owner.read_only
