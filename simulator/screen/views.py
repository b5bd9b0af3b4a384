"""Pages to look at: one connector in detail, and how the wire did."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.screen.page import Page, Piece, Row
from simulator.showing import Tone, details_of, icon_of, statistics_of

if TYPE_CHECKING:
    from simulator.screen.desk import Desk


class Details(Page):
    """Everything there is to know of one connector."""

    title = "Status"
    is_wide = True

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        connector = desk.connector
        tone = icon_of(connector.status)[1]
        rows = [
            ((label, Tone.DIM), (text, tone if label == "Status" else Tone.TEXT))
            for label, text in details_of(connector, desk.look.ascii)
        ]
        return in_columns(rows, width, height, desk.look.glyphs.cut)

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if key in ("right", "l", "down", "j"):
            desk.choose(1)
        elif key in ("left", "h", "up", "k"):
            desk.choose(-1)
        else:
            return False
        return True

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [(desk.look.glyphs.across, "connector"), ("esc", "back"), ("q", "exit")]


class Statistics(Page):
    """How the wire did so far."""

    title = "Statistics"
    is_wide = True

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        rows = [((label, Tone.DIM), (text, Tone.STRONG)) for label, text in statistics_of(desk.station)]
        return in_columns(rows, width, height, desk.look.glyphs.cut)

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [("esc", "back"), ("q", "exit")]


def in_columns(pairs: list[tuple[Piece, Piece]], width: int, height: int, cut: str) -> list[Row]:
    """Labels and texts, in as many columns as are needed to show all of them; `cut` ends a text that is too long."""
    columns = 1 if len(pairs) <= height or width < 56 else 2
    length = -(-len(pairs) // columns)
    cells = (width - 2) // columns
    rows = []
    for line in range(min(length, height)):
        pieces: list[Piece] = [("  ", Tone.DIM)]
        for (label, dim), (text, tone) in pairs[line::length]:
            pieces += [(f"{label:21}"[:21] if columns == 1 else f"{label:14}"[:20], dim)]
            room = cells - len(pieces[-1][0]) - 1
            shown = text if len(text) <= room else text[: room - len(cut)] + cut
            pieces += [(f"{shown:{room}} ", tone)]
        rows.append(Row(pieces))
    return rows
