"""The parts of a form: a choice, a line of text, a button. They know keys and lines, no widgets.

Drawn by ourselves because the widgets of the library draw borders that need Unicode, and in 16 colours or none they say
nothing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple, Protocol

from console.widgets.writer import LineWriter, width_of

LABEL = 13  #: column where what belongs to a label begins
MARGIN = 3


class Item(Protocol):
    """Something that can have the focus. `name` is stable."""

    name: str

    def height(self) -> int:
        """Lines it takes."""

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        """Draw line `row` of it."""

    def key(self, key: str, character: str | None) -> bool:
        """Take a key; False leaves it to the dialog."""

    def paste(self, text: str) -> None: ...


class Option(NamedTuple):
    """One choice. `note` stands behind it, dim."""

    value: object
    text: str
    note: str = ""


class Radio:
    """`type   (x) Soft   ( ) Hard`: one of several; `tall` gives each a line of its own."""

    def __init__(self, name: str, label: str, options: Sequence[Option], chosen: int = 0, tall: bool = False) -> None:
        self.name = name
        self.label = label
        self.options = list(options)
        self.chosen = chosen
        self.tall = tall

    @property
    def value(self) -> object:
        return self.options[self.chosen].value if self.options else None

    def height(self) -> int:
        return len(self.options) if self.tall else 1

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        line.to(MARGIN)
        if self.label:
            line.put(self.label if row == 0 else "", "muted").to(LABEL)
        shown = [row] if self.tall else range(len(self.options))
        for i in shown:
            option = self.options[i]
            chosen = i == self.chosen
            mark = "(x) " if chosen else "( ) "
            surface = "focus" if focused and chosen else ""
            line.put(mark + option.text, "strong" if chosen else "muted", surface)
            if option.note:
                line.put("  " + option.note, "muted" if chosen and self.tall else "dim")
            line.put("   ")

    def key(self, key: str, character: str | None) -> bool:
        forward, backward = ("down", "up") if self.tall else ("right", "left")
        step = {forward: 1, backward: -1, "space": 1}.get(key, 0)
        moved = self.chosen + step
        if not step or not self.options:
            return False
        if key == "space":
            moved %= len(self.options)
        if not 0 <= moved < len(self.options):
            return not self.tall  # a list lets the focus out at its ends
        self.chosen = moved
        return True

    def paste(self, text: str) -> None:
        """A choice takes no text."""


class Entry:
    """`key   HeartbeatInterval_`: a line of text, with suggestions that up and down go through."""

    def __init__(
        self,
        name: str,
        label: str,
        value: str = "",
        *,
        suggestions: Callable[[], Sequence[str]] = tuple,
        secret: bool = False,
        limit: int = 500,
        hint: str = "",
    ) -> None:
        self.name = name
        self.label = label
        self.value = value
        self.cursor = len(value)
        self.secret = secret
        self.hint = hint
        self._suggestions = suggestions
        self._limit = limit

    def height(self) -> int:
        return 1

    def set(self, value: str) -> None:
        self.value = value[: self._limit]
        self.cursor = len(self.value)

    @property
    def has_suggestions(self) -> bool:
        return bool(self._suggestions())

    def matching(self) -> list[str]:
        """Suggestions that begin with what is written, then those that contain it."""
        typed = self.value.casefold()
        known = [s for s in self._suggestions() if typed in s.casefold()]
        return sorted(known, key=lambda s: (not s.casefold().startswith(typed), s.casefold()))

    def ghost(self) -> str:
        """How the first suggestion goes on behind the cursor."""
        if not self.value or self.secret or self.cursor < len(self.value):
            return ""
        first = next(iter(self.matching()), "")
        return first[len(self.value) :] if first.casefold().startswith(self.value.casefold()) else ""

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        line.to(MARGIN).put(self.label, "muted").to(max(LABEL, line.column + 2))
        room = line.room - MARGIN
        bracket = not line.look.has_surfaces
        if bracket:
            line.put("[", "muted")
            room -= 2
        end = line.column + room
        star = "*" if line.look.ascii else "•"
        text = star * len(self.value) if self.secret else self.value
        first = max(0, width_of(text[: self.cursor], line.look) - room + 1)  # what is written scrolls under the cursor
        if focused:
            line.put(text[first : self.cursor], "strong", "button")
            line.put(text[self.cursor : self.cursor + 1] or " ", "strong", "focus")
            behind = text[self.cursor + 1 :] + self.ghost()[1:] if text[self.cursor :] else self.ghost()
            line.put(behind, "muted", "button")
            if not text and not behind:
                line.left(self.hint, min(room - 1, width_of(self.hint, line.look)), "dim", "button")
        elif text:
            line.left(text, min(room, width_of(text, line.look)), "strong", "button")
        else:
            line.left(self.hint, min(room, width_of(self.hint, line.look)), "dim", "button")
        line.to(end, "text", "button")
        if bracket:
            line.put("]", "muted")

    def key(self, key: str, character: str | None) -> bool:
        if key in ("up", "down"):
            return self._suggest(1 if key == "down" else -1)
        if key == "right" and self.cursor == len(self.value):
            self.set(self.value + self.ghost())
            return True
        if self._edit(key):
            return True
        if character is not None and character.isprintable():
            self._insert(character)
            return True
        return False

    def _edit(self, key: str) -> bool:
        before, after = self.value[: self.cursor], self.value[self.cursor :]
        match key:
            case "left":
                self.cursor = max(0, self.cursor - 1)
            case "right":
                self.cursor = min(len(self.value), self.cursor + 1)
            case "home" | "ctrl+a":
                self.cursor = 0
            case "end" | "ctrl+e":
                self.cursor = len(self.value)
            case "backspace" | "ctrl+h":
                self._put(before[:-1], after)
            case "delete":
                self._put(before, after[1:])
            case "ctrl+u":
                self._put("", after)
            case "ctrl+w":
                self._put(before.rstrip().rpartition(" ")[0], after)
            case _:
                return False
        return True

    def _put(self, before: str, after: str) -> None:
        self.value, self.cursor = before + after, len(before)

    def _insert(self, text: str) -> None:
        room = self._limit - len(self.value)
        self._put(self.value[: self.cursor] + text[:room], self.value[self.cursor :])

    def _suggest(self, step: int) -> bool:
        """The next of all suggestions; False when there are none, so that the focus moves on."""
        known = list(self._suggestions())
        if not known:
            return False
        if self.value in known:
            self.set(known[(known.index(self.value) + step) % len(known)])
        else:
            self.set(next(iter(self.matching()), known[0]))
        return True

    def paste(self, text: str) -> None:
        self._insert("".join(c for c in text.strip().partition("\n")[0] if c.isprintable()))


class Button:
    """`[ Cancel ]`. Buttons of one dialog stand in one line, drawn by `draw_buttons`."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        self.enabled = True

    def height(self) -> int:
        return 1

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        look = line.look
        if look.has_surfaces and not look.ascii:
            surface = "focus" if focused else "button" if self.enabled else "raised"
            line.put(look.glyphs.cursor if focused else " ", "strong", surface)
            line.put(f"  {self.text}  ", "strong" if focused else "text" if self.enabled else "dim", surface)
        else:
            role = "strong" if focused else "text" if self.enabled else "dim"
            line.put((">" if focused else " ") + f"[ {self.text} ]", role, "focus" if focused else "")

    def width(self, line: LineWriter) -> int:
        return len(self.text) + 5

    def key(self, key: str, character: str | None) -> bool:
        return False

    def paste(self, text: str) -> None:
        """A button takes no text."""
