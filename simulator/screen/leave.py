"""Before the end: what would be left open or lost, and the two ways out. No Textual here."""

from __future__ import annotations

from textwrap import wrap
from typing import TYPE_CHECKING

from simulator.screen.page import Page, Row, text
from simulator.showing import Tone

if TYPE_CHECKING:
    from simulator.charge_point import ChargePoint
    from simulator.screen.desk import Desk


class Leave(Page):
    """The question. It is as true as the moment: what is delivered meanwhile is not counted any more."""

    title = "Exit"
    is_wide = True

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        lines = wrap(question(desk.station), width - 4)
        return [text(f"  {line}", Tone.WAIT) for line in lines][: max(0, height)]

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if key == "enter":
            desk.leaves = True
        return key == "enter"

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        return [("enter", "leave"), ("esc", "stay")]


def question(station: ChargePoint) -> str:
    """Empty when nothing is left open and nothing would be lost."""
    waiting = station.outbox.waiting
    running = any(connector.session is not None for connector in station.connectors.values())
    if not waiting:
        return "A transaction is running: Enter leaves it open, Esc stays." if running else ""
    told = "1 message is" if waiting == 1 else f"{waiting} messages are"
    began = "A transaction is running and " if running else ""
    return f"{began}{told} not delivered: Enter leaves and loses {'it' if waiting == 1 else 'them'}, Esc stays."
