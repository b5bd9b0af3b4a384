"""The card of one notice: all that is known of it, the whole sample frame too."""

from __future__ import annotations

from collections.abc import Sequence

from textual.strip import Strip

from console.present.look import Look
from console.view.notices import Notice
from console.widgets.dossier import (
    draw_deviation,
    draw_job,
    draw_options,
    draw_profile,
    draw_quirk,
    draw_reservation,
    draw_security,
)
from console.widgets.pane import LinePane
from console.widgets.sections import Lines, Page
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import MOST_STEPS, Job
from server.model.profile import InstalledProfile
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation

WHOLE = 99  #: lines of a sample: more than it can have


class NoticeCard(LinePane):
    """The card in the whole pane, with a window when it is longer."""

    DEFAULT_CSS = "NoticeCard { width: 1fr; height: 1fr; display: none; }"

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._card: Sequence[Strip] = ()
        self._top = 0

    def show(self, notice: Notice, charger: Charger | None, now: int, has_file: bool) -> None:
        page = Page(self.look, self.size.width, now, "ground")
        self._card = [line.strip() for line in draw_notice(page, notice, charger, has_file)]
        self.scroll_rows(0)

    def scroll_rows(self, rows: int) -> None:
        self._top = max(0, min(self._top + rows, len(self._card) - self.size.height))
        self.update_lines()

    def show_end(self, row: int) -> None:
        """0 = the first row, -1 = the last."""
        self.scroll_rows(-len(self._card) if row == 0 else len(self._card))

    def position(self) -> str:
        height = self.size.height
        if len(self._card) <= height:
            return ""
        return f"{self._top + 1}-{min(self._top + height, len(self._card))} of {len(self._card)}"

    def draw_line(self, y: int) -> Strip:
        index = self._top + y
        if index < len(self._card) and self._card[index].cell_length == self.size.width:
            return self._card[index]
        return self.line().strip()


def draw_notice(page: Page, notice: Notice, charger: Charger | None, has_file: bool) -> Lines:
    """Whose it is, then the thing itself."""
    first = page.line().put(notice.charger_id, "strong").put("   ")
    if charger is not None:
        first.put(" ".join(filter(None, (charger.vendor, charger.model))), "text").put("   ")
        first.put(f"fw {charger.firmware}" if charger.firmware else "", "dim")
    return [page.line(), first, page.line(), *_body(page, notice, charger, has_file)]


def _body(page: Page, notice: Notice, charger: Charger | None, has_file: bool) -> Lines:
    match notice.subject:
        case Deviation() as line:
            return draw_deviation(page, line, WHOLE)
        case MatchedQuirk() as quirk:
            lines = draw_quirk(page, quirk)
            if charger is not None:
                lines += [page.line(), page.line().put("OPTIONS", "dim"), *draw_options(page, charger)]
            return lines
        case Job() as job:
            return draw_job(page, job, has_file, MOST_STEPS)
        case Reservation() as reservation:
            return draw_reservation(page, reservation)
        case InstalledProfile() as kept:
            return draw_profile(page, kept)
        case event:
            return draw_security(page, event)
