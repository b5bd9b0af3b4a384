"""More parts of a form: one of many values in one line, and text that is pasted rather than typed."""

from __future__ import annotations

from collections.abc import Sequence

from console.dialogs.fields import LABEL, MARGIN, Option
from console.widgets.writer import LineWriter

BEGIN, END = "-----BEGIN CERTIFICATE-----", "-----END CERTIFICATE-----"


class Picker:
    """`message   < StatusNotification >   6 of 6`: one of several that have no room beside each other.

    Left and right go through them, a letter goes to the next one that begins with it.
    """

    def __init__(self, name: str, label: str, options: Sequence[Option], chosen: int = 0) -> None:
        self.name = name
        self.label = label
        self.options = list(options)
        self.chosen = chosen

    @property
    def value(self) -> object:
        return self.options[self.chosen].value if self.options else None

    def height(self) -> int:
        return 1

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        line.to(MARGIN).put(self.label, "muted").to(LABEL)
        option = self.options[self.chosen]
        place = f"{self.chosen + 1} of {len(self.options)}"
        line.put("< ", "strong" if focused else "dim")
        line.left(option.text, min(len(option.text), line.room - MARGIN - 2), "strong", "focus" if focused else "")
        line.put(" >", "strong" if focused else "dim")
        if option.note and len(option.note) + len(place) + 5 <= line.room - MARGIN:
            line.put("  " + option.note, "dim")
        if len(place) + 2 <= line.room - MARGIN:
            line.end_with(place, "dim", MARGIN)

    def key(self, key: str, character: str | None) -> bool:
        step = {"right": 1, "left": -1, "space": 1}.get(key, 0)
        if step:
            self.chosen = (self.chosen + step) % len(self.options)
            return True
        if character is None or not character.isalnum():
            return False
        after = [*range(self.chosen + 1, len(self.options)), *range(self.chosen + 1)]
        wanted = character.casefold()
        found = next((i for i in after if self.options[i].text.casefold().startswith(wanted)), None)
        if found is not None:
            self.chosen = found
        return found is not None

    def paste(self, text: str) -> None:
        """A choice takes no text."""


class Pasted:
    """`root   1 certificate, 1,180 characters`: certificates, whole with their lines. ctrl+u takes them away."""

    def __init__(self, name: str, label: str, limit: int, hint: str) -> None:
        self.name = name
        self.label = label
        self.value = ""
        self.hint = hint
        self._limit = limit

    def height(self) -> int:
        return 1

    def draw(self, line: LineWriter, row: int, focused: bool) -> None:
        line.to(MARGIN).put(self.label, "muted").to(LABEL)
        room, surface = line.room - MARGIN, "focus" if focused else "button"
        line.left(self._told() or self.hint, room, "strong" if self.value else "dim", surface)

    def _told(self) -> str:
        if not self.value:
            return ""
        count = self.value.count(BEGIN)
        what = "no certificate" if not count else "1 certificate" if count == 1 else f"{count} certificates"
        return f"{what}, {len(self.value)} characters"

    def key(self, key: str, character: str | None) -> bool:
        if key in ("ctrl+u", "backspace", "delete"):
            self.value = ""
            return True
        if key == "enter" and self.value and not self.value.rstrip().endswith(END):
            character = "\n"  # a terminal that does not say that it pastes types it, line by line
        elif character is None or not character.isprintable():
            return False
        self.value = (self.value + character)[: self._limit]
        return True

    def paste(self, text: str) -> None:
        clean = "".join(c for c in text.replace("\r\n", "\n").replace("\r", "\n") if c == "\n" or c.isprintable())
        self.value = (self.value + clean)[: self._limit]
