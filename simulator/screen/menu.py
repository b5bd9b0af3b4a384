"""The menus: the main one, and one for each group of controls, made of the table of controls."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from simulator.controls import CONTROLS, Control, Group
from simulator.screen.form import Form
from simulator.screen.monitor import Monitor
from simulator.screen.page import Page, Row, moved, window
from simulator.screen.scenarios import Scenarios
from simulator.screen.views import Details, Statistics
from simulator.showing import Tone

if TYPE_CHECKING:
    from simulator.screen.desk import Desk

Choose = Callable[["Desk"], None]


class Item(NamedTuple):
    label: str
    choose: Choose
    hint: str = ""


class Menu(Page):
    """Items one below the other; a digit chooses one at once."""

    def __init__(self, title: str, items: list[Item]) -> None:
        self.title = title
        self.items = items
        self.cursor = 0

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        mark = desk.look.glyphs.cursor
        rows = []
        for number, item in enumerate(self.items):
            lit = number == self.cursor
            digit = str(number + 1) if number < 9 else " "
            rows.append(
                Row([(f"{mark if lit else ' '} ", Tone.BUSY), (f"{digit} ", Tone.DIM), (item.label, Tone.TEXT)], lit)
            )
        return window(rows, self.cursor, height)

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if (cursor := moved(self.cursor, key, len(self.items))) is not None:
            self.cursor = cursor
        elif key in ("enter", "space"):
            self.items[self.cursor].choose(desk)
        elif key in ("left", "h"):
            desk.choose(-1)
        elif key in ("right", "l"):
            desk.choose(1)
        elif character.isascii() and character.isdigit() and 0 < int(character) <= len(self.items):
            self.cursor = int(character) - 1
            self.items[self.cursor].choose(desk)
        else:
            return False
        return True

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        glyphs = desk.look.glyphs
        keys = [(glyphs.arrows, "choose"), ("enter", "open"), (glyphs.across, "connector")]
        return keys + ([("esc", "back")] if len(desk.pages) > 1 else []) + [("q", "exit")]


def main_menu() -> Menu:
    """Everything that can be done, in the order in which people need it."""
    groups = [Item(str(group), _open_group(group)) for group in Group]
    return Menu(
        "Menu",
        [
            Item("Status", lambda desk: desk.open(Details())),
            *groups,
            Item("Run scenario", lambda desk: desk.open(Scenarios())),
            Item("Statistics", lambda desk: desk.open(Statistics())),
            Item("Monitor events", lambda desk: desk.open(Monitor())),
            Item("Exit", lambda desk: desk.leave()),
        ],
    )


def _open_group(group: Group) -> Choose:
    def choose(desk: Desk) -> None:
        members = [control for control in CONTROLS.values() if control.group is group]
        desk.open(Menu(str(group), [Item(control.label, _open_form(control)) for control in members]))

    return choose


def _open_form(control: Control) -> Choose:
    def choose(desk: Desk) -> None:
        desk.open(Form(control, desk))

    return choose
