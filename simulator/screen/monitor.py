"""What happens, as it happens: frames and events, followed or held still."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.screen.page import Page, Piece, Row
from simulator.showing import Tone, clock_of

if TYPE_CHECKING:
    from simulator.screen.desk import Desk, Entry


class Monitor(Page):
    """The events over the whole width; going up holds them still, `end` follows again."""

    title = "Monitor events"
    is_wide = True

    def __init__(self) -> None:
        self._held: int | None = None  #: count of entries when it was held; None: follows
        self._up = 0
        self._raw = False

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        entries = shown(desk)
        new = 0 if self._held is None else desk.count - self._held
        if new:  # those that came since stay below the edge
            newest = len([entry for entry in list(desk.entries)[-new:] if desk.shows_frames or not entry.way])
            entries = entries[: max(0, len(entries) - newest)]
        self._up = min(self._up, max(0, len(entries) - height))
        end = len(entries) - self._up
        rows = [entry_row(desk, entry, self._raw) for entry in entries[max(0, end - height) : end]]
        return [Row([(" ", Tone.DIM), *row.pieces]) for row in rows]

    def key(self, desk: Desk, key: str, character: str) -> bool:
        steps = {"up": 1, "k": 1, "pageup": 10, "down": -1, "j": -1, "pagedown": -10}
        if key in steps:
            self._held = desk.count if self._held is None else self._held
            self._up = max(0, self._up + steps[key])
        elif key in ("end", "G"):
            self._held, self._up = None, 0
        elif key == "f":
            desk.shows_frames = not desk.shows_frames
        elif key == "r":
            self._raw = not self._raw
        else:
            return False
        return True

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        frames = "hide frames" if desk.shows_frames else "show frames"
        follow = [("end", "follow")] if self._held is not None else []
        raw = "in short" if self._raw else "raw frames"
        return [(desk.look.glyphs.arrows, "scroll"), *follow, ("f", frames), ("r", raw), ("esc", "back")]


def shown(desk: Desk) -> list[Entry]:
    return [entry for entry in desk.entries if desk.shows_frames or not entry.way]


def tail(desk: Desk, height: int) -> list[Row]:
    """The newest events, receipts left out."""
    newest = [entry for entry in shown(desk)[-4 * max(1, height) :] if not entry.is_receipt]
    return [entry_row(desk, entry) for entry in newest[-height:]] if height > 0 else []


def entry_row(desk: Desk, entry: Entry, raw: bool = False) -> Row:
    glyphs = desk.look.glyphs
    way = {"out": glyphs.out, "in": glyphs.into}.get(entry.way, " " * len(glyphs.out))
    pieces: list[Piece] = [(f"{clock_of(entry.at)} ", Tone.DIM), (f"{way} ", Tone.BUSY if entry.way else Tone.DIM)]
    return Row([*pieces, (entry.raw if raw and entry.raw else entry.text, entry.tone)])
