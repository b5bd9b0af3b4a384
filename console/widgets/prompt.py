"""The line in which a filter is typed, in place of the message line."""

from __future__ import annotations

from typing import ClassVar

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal
from textual.message import Message
from textual.strip import Strip
from textual.widgets import Input

from console.present.look import Look
from console.widgets.pane import LinePane


class FilterPrompt(Horizontal):
    """`/` and an input line. Tells every change, and when the person is done with it."""

    DEFAULT_CSS = """
    FilterPrompt { height: 1; background: $background; }
    FilterInput {
        border: none; height: 1; padding: 0 1; background: $background; color: $foreground;
        &:focus { border: none; background-tint: $foreground 0%; }
    }
    """

    class Changed(Message):
        def __init__(self, value: str) -> None:
            super().__init__()
            self.value = value

    class Submitted(Message):
        pass

    def __init__(self, look: Look) -> None:
        super().__init__()
        self._look = look
        self._input = FilterInput(look)

    def compose(self) -> ComposeResult:
        yield PromptMark(self._look)
        yield self._input

    @property
    def value(self) -> str:
        return self._input.value

    @value.setter
    def value(self, text: str) -> None:
        self._input.value = text
        self._input.cursor_position = len(text)

    def focus(self, scroll_visible: bool = True, from_app_focus: bool = False) -> FilterPrompt:
        self._input.focus()
        return self

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Changed(event.value))

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self.post_message(self.Submitted())


class PromptMark(LinePane):
    """The sign in front of the input line."""

    DEFAULT_CSS = "PromptMark { width: 2; height: 1; }"

    def draw_line(self, y: int) -> Strip:
        return self.line().to(1).put("/", "sky_strong").strip()


class FilterInput(Input):
    """Textual's input line without box, blinking and foreign control characters."""

    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape", "screen.back", show=False)]

    def __init__(self, look: Look) -> None:
        super().__init__(placeholder="words  !not  /regex/", max_length=200, compact=True, select_on_focus=False)
        self.cursor_blink = False

    def on_paste(self, event: events.Paste) -> None:
        """Keep one printable line of what was pasted."""
        event.text = "".join(c for c in event.text if c.isprintable())
