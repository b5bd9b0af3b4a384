"""The line in which a filter is typed, in place of the message line."""

from __future__ import annotations

from textual.strip import Strip

from console.dialogs.fields import Entry
from console.present.look import Look
from console.widgets.pane import LinePane
from console.widgets.writer import fitted, width_of

LONGEST = 200  #: characters of a filter


class FilterPrompt(LinePane):
    """`/` and a line of text. The screen hands it the keys: it has no focus that could come too late."""

    DEFAULT_CSS = "FilterPrompt { height: 1; }"

    def __init__(self, look: Look) -> None:
        super().__init__(look)
        self._entry = Entry("filter", "", limit=LONGEST)
        self._wrong = ""

    @property
    def value(self) -> str:
        return self._entry.value

    @value.setter
    def value(self, text: str) -> None:
        self._entry.set(text)
        self.update_lines()

    @property
    def wrong(self) -> str:
        """Why the text cannot be used; empty = it is in force."""
        return self._wrong

    @wrong.setter
    def wrong(self, words: str) -> None:
        self._wrong = words
        self.update_lines()

    def take_key(self, key: str, character: str | None) -> None:
        """A letter, or a key that edits; others do nothing."""
        self._entry.key(key, character)
        self.update_lines()

    def take_paste(self, text: str) -> None:
        """One printable line of what was pasted."""
        self._entry.paste(text)
        self.update_lines()

    def draw_line(self, y: int) -> Strip:
        text, cursor = self.value, self._entry.cursor
        line = self.line().to(1).put("/", "sky_strong").to(3)
        room = line.room - 1
        wrong = self._wrong
        if wrong:  # the text gives way to it, down to half of the line
            wrong = fitted(wrong, min(width_of(wrong, self.look), room // 2), self.look)
            room -= width_of(wrong, self.look) + 2
        first = 0
        while width_of(text[first:cursor], self.look) >= room:  # what is written scrolls under the cursor
            first += 1
        line.put(text[first:cursor], "strong").put(text[cursor : cursor + 1] or " ", "strong", "focus")
        line.put(text[cursor + 1 :][: max(0, room + 3 - line.column)], "strong")
        line.put("" if text else " words  !not  /regex/", "dim")
        return line.end_with(wrong, "amber").strip()
