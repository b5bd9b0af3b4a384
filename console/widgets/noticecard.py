"""The card of one notice: all that is known of it, the whole sample frame too."""

from __future__ import annotations

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
from console.widgets.sections import Lines, Page
from console.widgets.window import WindowPane
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import MOST_STEPS, Job
from server.model.profile import InstalledProfile
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation

WHOLE = 99  #: lines of a sample: more than it can have


class NoticeCard(WindowPane):
    DEFAULT_CSS = "NoticeCard { width: 1fr; height: 1fr; display: none; }"

    def show(self, notice: Notice, charger: Charger | None, now: int, has_file: bool) -> None:
        page = Page(self.look, self.size.width, now, self.surface)
        self._page = [line.strip() for line in draw_notice(page, notice, charger, has_file)]
        self.scroll_rows(0)


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
