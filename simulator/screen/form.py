"""The values of one control: chosen or typed, then done. A refusal keeps the form open."""

from __future__ import annotations

from typing import TYPE_CHECKING

from simulator.controls import Control, Field
from simulator.screen.page import Page, Piece, Row, window
from simulator.showing import Tone

if TYPE_CHECKING:
    from simulator.screen.desk import Desk

_LABEL = 18
_LONGEST = 200


class Form(Page):
    """One field a line; below, what can be chosen for the one under the cursor."""

    typing = True

    def __init__(self, control: Control, desk: Desk) -> None:
        self.title = control.label
        self.control = control
        self.cursor = 0
        self.values = {field.name: _first(field, desk) for field in control.fields}

    def rows(self, desk: Desk, width: int, height: int) -> list[Row]:
        fields = [self._field(desk, number, field, width) for number, field in enumerate(self.control.fields)]
        if not fields:
            return [Row([("  enter does it", Tone.DIM)])]
        choices = self._choices(desk)
        room = height - len(fields)
        shown = window(fields, self.cursor, height)
        if not choices or room < 3:
            return shown
        current = next((n for n, row in enumerate(choices) if row.pieces[0][0].strip()), 0)
        return [*shown, Row([]), *window(choices, current, room - 1)]

    def _field(self, desk: Desk, number: int, field: Field, width: int) -> Row:
        lit = number == self.cursor
        glyphs = desk.look.glyphs
        value = desk.clean(self.values[field.name])
        room = max(4, width - _LABEL - 8)
        pieces: list[Piece] = [(f"{glyphs.cursor if lit else ' '} ", Tone.BUSY), (f"{field.label:{_LABEL}}", Tone.DIM)]
        if self._options(desk, field):
            left, right = glyphs.sides.split()
            sides = (f"{left} ", f" {right}") if lit else ("  ", "")
            return Row([*pieces, (sides[0], Tone.DIM), (value, Tone.STRONG), (sides[1], Tone.DIM)], lit)
        caret = "_" if lit else ""
        return Row([*pieces, ("  ", Tone.DIM), (f"{value[-room:]}{caret}" or "-", Tone.STRONG)], lit)

    def _choices(self, desk: Desk) -> list[Row]:
        """What the field under the cursor can be, when that is more than can be seen by turning it."""
        field = self.control.fields[self.cursor]
        options = self._options(desk, field)
        if field.name == "connector" or len(options) < 3:
            return []
        mark = desk.look.glyphs.cursor
        return [
            Row([(f"    {mark if option == self.values[field.name] else ' '} ", Tone.BUSY), (option, Tone.TEXT)])
            for option in options
        ]

    def _options(self, desk: Desk, field: Field) -> tuple[str, ...]:
        if field.name == "connector":
            return tuple(str(number) for number in range(len(desk.station.connectors) + 1))
        return field.choices

    def key(self, desk: Desk, key: str, character: str) -> bool:
        if key == "enter":
            if desk.act(self.control.name, self.values):
                desk.back()
            return True
        if not self.control.fields:
            return False
        if key in ("down", "up", "tab", "shift+tab"):
            step = 1 if key in ("down", "tab") else -1
            self.cursor = (self.cursor + step) % len(self.control.fields)
            return True
        field = self.control.fields[self.cursor]
        options = self._options(desk, field)
        return self._turn(desk, field, options, key, character) if options else self._type(field, key, character)

    def _turn(self, desk: Desk, field: Field, options: tuple[str, ...], key: str, character: str) -> bool:
        value = self.values[field.name]
        at = options.index(value) if value in options else 0
        if key in ("right", "space"):
            at = (at + 1) % len(options)
        elif key == "left":
            at = (at - 1) % len(options)
        elif character:
            later = [*range(at + 1, len(options)), *range(at + 1)]
            at = next((n for n in later if options[n].lower().startswith(character.lower())), at)
        else:
            return False
        self.values[field.name] = options[at]
        if field.name == "connector" and options[at] != "0":
            desk.chosen = int(options[at])
        return True

    def _type(self, field: Field, key: str, character: str) -> bool:
        value = self.values[field.name]
        if key == "backspace":
            self.values[field.name] = value[:-1]
        elif key == "ctrl+u":
            self.values[field.name] = ""
        elif character and character.isprintable() and len(value) < _LONGEST:
            self.values[field.name] = value + character
        else:
            return False
        return True

    def paste(self, text: str) -> None:
        """Text into the field under the cursor."""
        for character in text:
            if self.control.fields and not self.control.fields[self.cursor].choices:
                self._type(self.control.fields[self.cursor], "", character)

    def hints(self, desk: Desk) -> list[tuple[str, str]]:
        arrows = "↑↓" if not desk.look.ascii else "up/down"
        turn = "←→" if not desk.look.ascii else "left/right"
        return [("enter", "do it"), (arrows, "field"), (turn, "change"), ("esc", "back")]


def _first(field: Field, desk: Desk) -> str:
    """What stands in a field at first."""
    if field.name == "connector":
        return str(desk.chosen)
    if field.name == "tag":
        return desk.wanted.tag
    if field.default is not None:
        return field.default
    return field.choices[0] if field.choices else ""
