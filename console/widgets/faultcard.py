"""The card of one fault: what it means, the danger, the first checks, what can be done, and its history."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from textual.strip import Strip

from console.present.depot import open_for
from console.present.look import Look
from console.present.words import age, clock, day_and_clock
from console.view.actions import Possible
from console.view.faultlist import day_slots
from console.widgets.logline import COMPACT_BELOW, charger_width, draw_entry
from console.widgets.sections import Lines, Page, draw_checks, draw_danger
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.fault import Fault
from server.model.fault_help import help_for
from server.model.log import LogLine
from server.model.status import Severity

TWO_COLUMNS = 100  #: from this width on, what can be done stands beside the text
SIDE_CELLS = 43
LEFT = 3
MINUTE = 60_000


class FaultStory(NamedTuple):
    """Everything the card tells."""

    fault: Fault
    charger: Charger | None
    times: Sequence[Fault]  #: the same cause before, newest first, this one included
    possible: Sequence[Possible]
    notes: dict[str, str]  #: kind of operation -> what it would touch
    around: Sequence[LogLine]
    loading: bool
    now: int


def draw_card(look: Look, story: FaultStory, width: int, roomy: bool) -> list[Strip]:
    """The whole card, as many lines as it takes."""
    strips = [line.strip() for line in _banner(look, story, width, roomy)]
    strips.append(LineWriter(look, width).strip())
    if width >= TWO_COLUMNS:
        left = _text(Page(look, width - SIDE_CELLS, story.now, "ground", LEFT, 2), story)
        side = _side(Page(look, SIDE_CELLS, story.now, _surface(look), LEFT, 2), story)
        blank = LineWriter(look, SIDE_CELLS, _surface(look)).strip()
        side = [blank, *(line.strip() for line in side), blank]  # type: ignore[list-item]
        strips += _beside([line.strip() for line in left], side, look, width)  # type: ignore[arg-type]
    else:
        page = Page(look, width, story.now, "ground", LEFT, 2)
        strips += [line.strip() for line in (*_text(page, story), page.line(), *_side(page, story))]
    strips += [line.strip() for line in _log(look, story, width)]
    return strips
