"""Screen 8: what is noticed about chargers: security events, jobs, quirks, plans, and what they do otherwise."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, ClassVar

from textual.binding import BindingType
from textual.widget import Widget

from console.keys import Key
from console.present.look import Look
from console.present.notices import attention_of, haystack_of, state_of, what_of, words_of
from console.present.words import day_and_clock
from console.screens.base import WIDE, Piece, bindings_of
from console.screens.cards import CardScreen
from console.screens.deciding import toggle
from console.view.notices import Notice, NoticeKind, next_kind, notices_of
from console.widgets.noticecard import NoticeCard
from console.widgets.table import Column, TablePane
from server.model.deviation import Deviation
from server.model.job import Job
from server.model.quirk import MatchedQuirk

if TYPE_CHECKING:
    from server.site import Site

KIND_CELLS = max(len(kind) for kind in NoticeKind)
STATE_CELLS = 14


def _moment(at: int, now: int) -> str:
    """Blank for one that nobody knows."""
    return day_and_clock(at, now) if at else ""


def _is_suggested(notice: Notice) -> bool:
    """Does it wait for somebody to apply it?"""
    quirk = notice.subject
    return isinstance(quirk, MatchedQuirk) and bool(quirk.profile.options) and not quirk.applied


class NoticesScreen(CardScreen[Notice]):
    """Read once a second, or when something was told: rows stand in the order in which they appeared."""

    card: NoticeCard
    NAME = "notices"
    BINDINGS: ClassVar[list[BindingType]] = bindings_of(NAME)
    DEFAULT_CSS = """
    NoticesScreen {
        &.-card TablePane { display: none; }
        &.-card NoticeCard { display: block; }
    }
    """

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__(site, look)
        self.kind: NoticeKind | None = None  #: None = all
        self.table = TablePane(look, self._columns, lambda notice: (notice.kind, notice.key), self._attention)
        self.card = NoticeCard(look)
        self._found: list[Notice] = []
        self._read_at: object = None

    def body(self) -> Iterable[Widget]:
        yield self.table
        yield self.card

    def _columns(self, width: int) -> list[Column[Notice]]:
        wide, now = width >= WIDE, self.site.now()
        time = Column[Notice]("FIRST", 8, lambda n: (_moment(n.first_at, now).split(" ")[0], "dim"))
        if wide:
            time = Column[Notice]("FIRST", 11, lambda n: (_moment(n.first_at, now), "dim"))
        charger = Column[Notice]("CHARGER", self.charger_cells(), lambda n: (n.charger_id, "text"), is_name=True)
        state = Column[Notice]("STATE", STATE_CELLS if width >= 70 else 9, lambda n: state_of(n, now))
        if not wide:
            return [time, charger, Column("WHAT", 0, self._what), state]
        return [
            time,
            Column("LAST", 11, lambda n: (_moment(n.last_at, now), "muted")),
            charger,
            Column("KIND", KIND_CELLS, lambda n: (n.kind.value, "muted")),
            Column("WHAT", 34 if width >= 150 else 24, what_of),
            state,
            Column("WHAT IT MEANS", 0, lambda n: (words_of(n, now, self._has_file(n)), "muted")),
        ]

    def _what(self, notice: Notice) -> Piece:
        """Where there is no column for what it means, as much of that as there is room for."""
        what, role = what_of(notice)
        if not isinstance(notice.subject, Deviation | MatchedQuirk):
            return what, role
        return f"{what}: {words_of(notice, self.site.now())}", role

    def _attention(self, notice: Notice) -> Piece:
        return attention_of(notice, self.site.now())

    def _has_file(self, notice: Notice) -> bool:
        """Did the charger put the file of this job into the drop?"""
        job = notice.subject
        if not isinstance(job, Job) or job.command_id is None:
            return False
        return any(file.command_id == job.command_id and file.is_received for file in self.site.drop.files())

    # what is shown

    def wanted(self) -> list[Notice]:
        nothing = "nothing was noticed yet" if self.kind is None else f"no {self.kind.things}"
        self.table.empty = "nothing matches" if self.filter.text else nothing
        now = self.site.now()
        read_at = (now // 1000, self.owner.heard.version, self.kind)
        if read_at != self._read_at:
            self._read_at = read_at
            self._found = notices_of(self.site, self.owner.heard, self.kind)
        if self.kind in (None, NoticeKind.SECURITY):
            self.owner.heard.seen_at = now
        return self._found

    def haystack(self, item: Notice) -> str:
        return haystack_of(item, self.site.now())

    def show_all(self) -> None:
        self._read_at = None
        super().show_all()

    def state_words(self) -> list[str]:
        return [self.kind.value if self.kind is not None else "all kinds"]

    def message(self) -> list[Piece]:
        chosen, now = self.table.chosen, self.site.now()
        count = len(self.table.items)
        pieces: list[Piece] = [(f"{count} noticed" if self.kind is None else self.kind.counted(count), "muted")]
        if suggested := sum(_is_suggested(n) for n in self.table.items):
            key = ": Q" if chosen is not None and _is_suggested(chosen) and not self.owner.read_only else ""
            pieces.append((f"{NoticeKind.QUIRK.counted(suggested)} to apply{key}", "amber"))
        if chosen is not None and not self.is_wide and not self.is_card:
            pieces += self.whole_id(chosen.charger_id)
            pieces.append((words_of(chosen, now, self._has_file(chosen)), "muted"))
        return pieces

    def why_blocked(self, key: Key) -> str:
        if key.id == "quirk":
            subject = self.table.chosen.subject if self.table.chosen is not None else None
            return "" if isinstance(subject, MatchedQuirk) and subject.profile.options else "no quirk is chosen"
        return ""

    def hint_of(self, key: Key) -> str:
        if key.id == "quirk":
            subject = self.table.chosen.subject if self.table.chosen is not None else None
            return "take back" if isinstance(subject, MatchedQuirk) and subject.applied else key.hint
        if key.id == "open" and self.is_card:
            return "charger"
        return "next kind" if key.id == "section.next" else super().hint_of(key)

    def offers(self, key: Key) -> bool:
        if key.id == "open":
            return True  # also over the card: it leads on to the charger
        return not (key.id == "quirk" and self.why_blocked(key)) and super().offers(key)

    def show_card(self) -> None:
        if (chosen := self.table.chosen) is not None:
            self.card.show(chosen, self.site.chargers.get(chosen.charger_id), self.site.now(), self._has_file(chosen))

    # keys

    def action_open(self) -> None:
        """Enter: the card; once more: the charger it is about."""
        chosen = self.table.chosen
        if chosen is None or not self.is_card:
            super().action_open()
        elif self.owner.depot_view.select(chosen.charger_id):
            self.owner.show_screen("chargers")
        else:
            self.owner.flash(f"{chosen.charger_id} is hidden by the filter of the chargers", "muted")

    def action_section(self, step: int) -> None:
        self.kind = next_kind(self.kind, step)
        self.table.move_to(0)
        self.show_list()
        self.update_frame()

    def action_quirk(self) -> None:
        chosen = self.table.chosen
        if chosen is not None and isinstance(chosen.subject, MatchedQuirk):
            charger = self.site.chargers.get(chosen.charger_id)
            if charger is not None:
                toggle(self.owner, charger, chosen.subject)
            self._read_at = None
            self.show_list()

    def action_log_of(self) -> None:
        if (chosen := self.table.chosen) is not None:
            self.owner.show_log_of(chosen.charger_id)
