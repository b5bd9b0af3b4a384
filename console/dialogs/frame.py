"""The frame of a dialog: a raised surface with a sky line on top, or a box where the terminal has no surfaces.

A dialog is a list of rows made anew on each tick; rows that may be spared go first when the terminal is low.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import ClassVar, Generic, NamedTuple, Self, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.color import Color
from textual.geometry import Region
from textual.screen import ModalScreen
from textual.strip import Strip

from console.dialogs.backdrop import backdrop
from console.dialogs.fields import MARGIN, Button, Entry, Item
from console.present.look import Look
from console.terminal.painting import SteadyPaint
from console.widgets.pane import LinePane
from console.widgets.writer import LineWriter

Result = TypeVar("Result")

BOX = "┌─┐│└┘"
ASCII_BOX = "+-+|++"
LEAST_BESIDE = 6  #: cells of the screen below, at either side, that are worth seeing
SEEN_S = 0.3  #: what was painted so long ago may have been read
UNREAD = "Dropped: that was typed before this could be read."
DIMMED = Color.parse("#0F1318").with_alpha(0.55)


class Row(NamedTuple):
    """One line of a dialog. `spare` > 0: may be left out, the highest first. `on_click` is told the column."""

    draw: Callable[[LineWriter], object]
    spare: int = 0
    on_click: Callable[[int], None] | None = None


def gap(spare: int = 50) -> Row:
    return Row(lambda line: None, spare)


def squeezed(rows: Sequence[Row], height: int) -> list[Row]:
    """`rows` in at most `height` lines: the most dispensable go, of equals the lower one."""
    kept = list(rows)
    while len(kept) > height:
        i = max(range(len(kept)), key=lambda i: (kept[i].spare, i))
        if not kept[i].spare:
            return kept[: height - 1] + kept[-1:]
        del kept[i]
    return kept


class DialogPane(LinePane):
    """Paints the rows of its dialog inside the frame."""

    def __init__(self, look: Look, dialog: Dialog[Result]) -> None:
        super().__init__(look)
        self._dialog = dialog
        self.rows: list[Row] = []

    def draw_line(self, y: int) -> Strip:
        last = self.size.height - 1
        line = self.line("raised")
        boxed = not self.look.has_surfaces
        box = ASCII_BOX if self.look.ascii else BOX
        if y == 0 and not boxed:
            line.put(self.look.glyphs.top * line.width, "sky")
        elif boxed and y in (0, last):
            left, right = (box[0], box[2]) if y == 0 else (box[4], box[5])
            line.put(left + box[1] * (line.width - 2) + right, "sky" if y == 0 else "muted")
        elif 1 <= y <= len(self.rows):
            return self._draw_row(self.rows[y - 1], box[3] if boxed else "")
        return line.strip()

    def _draw_row(self, row: Row, side: str) -> Strip:
        if not side:
            line = self.line("raised")
            row.draw(line)
            return line.strip()
        inside = LineWriter(self.look, self.size.width - 1, "raised").put(side, "muted")
        row.draw(inside)
        return Strip.join([inside.strip(), LineWriter(self.look, 1, "raised").put(side, "muted").strip()])

    def on_click(self, event: events.Click) -> None:
        event.stop()
        if 1 <= event.y <= len(self.rows) and (clicked := self.rows[event.y - 1].on_click) is not None:
            clicked(event.x)
            self._dialog.update()


class Dialog(ModalScreen[Result], Generic[Result], inherit_bindings=False):
    """Base of all dialogs: its rows, its items with the focus among them, and the keys that every dialog has."""

    WIDTH: ClassVar[int] = 66
    DEFAULT_CSS = "Dialog { align: center middle; }"

    def __init__(self, look: Look) -> None:
        super().__init__()
        self.look = look
        self.focus_name = ""  #: name of the item with the focus
        self._pane = DialogPane(look, self)
        self._button_ends: list[tuple[int, str]] = []
        self._behind: list[Strip] = []  #: the screen below, until something changes there
        self._painted_at: float | None = None  #: what is asked is on the terminal since then

    # to be filled by each dialog

    def rows(self, width: int) -> list[Row]:
        """The dialog from top to bottom, without its frame."""
        return []

    def items(self) -> list[Item]:
        """What can have the focus, in the order of tab."""
        return []

    def handle(self, key: str, character: str | None) -> bool:
        """A key that the focused item left. True = taken."""
        return False

    def chosen(self, name: str) -> None:
        """Enter, or a click, on the item of that name."""

    def cancel(self) -> None:
        """esc."""
        self.dismiss(None)

    # what a person has had before the eyes

    @property
    def was_seen(self) -> bool:
        """Can what stands here have been read? Keys that were typed ahead of it confirm nothing that does harm."""
        return self._painted_at is not None and time.monotonic() - self._painted_at >= SEEN_S

    def ask_anew(self) -> None:
        """Something else is asked from now on: that must be seen too."""
        self._painted_at = None

    def _note_painted(self) -> None:
        if self._painted_at is None and isinstance(self.app, SteadyPaint) and self.app.is_shown:
            self._painted_at = time.monotonic()

    # painting

    def compose(self) -> ComposeResult:
        yield self._pane

    def on_mount(self) -> None:
        self.styles.background = DIMMED if self.look.has_surfaces else Color(0, 0, 0, 0)
        self.update()

    def pull(self, dirty: set[str]) -> None:
        """The tick."""
        self.update()

    def on_resize(self, event: events.Resize) -> None:
        self.update()

    def refresh(self, *regions: Region, repaint: bool = True, layout: bool = False, recompose: bool = False) -> Self:
        """Also called when something changes on the screen below."""
        self._behind = []
        return super().refresh(*regions, repaint=repaint, layout=layout, recompose=recompose)

    def render_lines(self, crop: Region) -> list[Strip]:
        if not self._behind:
            self._behind = backdrop(self)
        first, last = crop.column_span
        return [line.crop(first, last) for line in self._behind[crop.y : crop.bottom]]

    @property
    def most_rows(self) -> int:
        """Rows that there is room for on this terminal."""
        lines = self.app.size.height
        margin = 2 if lines >= 24 else 0
        return max(4, lines - margin - (1 if self.look.has_surfaces else 2))

    def _width_in(self, columns: int) -> int:
        """All of them where what is left at the sides would be scraps of lines."""
        return self.WIDTH if columns >= self.WIDTH + 2 * LEAST_BESIDE else columns

    def update(self) -> None:
        """Lay the rows out anew and repaint what differs."""
        if not self.is_attached:
            return
        width = self._width_in(self.app.size.width)
        frame = 1 if self.look.has_surfaces else 2
        rows = squeezed(self.rows(width), self.most_rows)
        pane = self._pane
        size = (width, len(rows) + frame)
        pane.rows = rows
        if size != (pane.styles.width and pane.styles.width.value, pane.styles.height and pane.styles.height.value):
            pane.styles.width, pane.styles.height = size
            pane.forget_lines()
        else:
            pane.update_lines()
        if self._painted_at is None:
            self.call_after_refresh(self._note_painted)

    # focus

    @property
    def focused_item(self) -> Item | None:
        items = self.items()
        return next((i for i in items if i.name == self.focus_name), items[0] if items else None)

    def focus_on(self, name: str) -> None:
        self.focus_name = name
        self.update()

    def move_focus(self, step: int) -> None:
        names = [item.name for item in self.items()]
        if names:
            here = names.index(self.focus_name) if self.focus_name in names else 0
            self.focus_name = names[(here + step) % len(names)]

    def item_rows(self, item: Item) -> list[Row]:
        """The rows of one field of the form."""

        def row(i: int) -> Row:
            return Row(
                lambda line: item.draw(line, i, self.focus_name == item.name),
                on_click=lambda x: self.focus_on(item.name),
            )

        return [row(i) for i in range(item.height())]

    def buttons_row(self, buttons: Sequence[Button]) -> Row:
        """All buttons in one line, at the right edge."""

        def draw(line: LineWriter) -> None:
            widths = [button.width(line) for button in buttons]
            line.to(line.width - MARGIN - sum(widths) - 3 * (len(buttons) - 1))
            self._button_ends = []
            for button in buttons:
                button.draw(line, 0, self.focus_name == button.name)
                self._button_ends.append((line.column, button.name))
                line.put("   ")

        def click(x: int) -> None:
            for end, name in self._button_ends:
                if x < end:
                    self.focus_name = name
                    self.chosen(name)
                    return

        return Row(draw, on_click=click)

    # keys

    def take_key(self, event: events.Key) -> bool:
        """All keys are the dialog's; see `console.terminal.typed`."""
        if event.key in ("ctrl+q", "ctrl+l"):
            return False
        self._take_key(event.key, event.character)
        self.update()
        return True

    def _take_key(self, key: str, character: str | None) -> None:
        item = self.focused_item
        if key == "escape":
            self.cancel()
        elif key in ("tab", "shift+tab"):
            self.move_focus(1 if key == "tab" else -1)
        elif item is not None and item.key(key, character):
            return
        elif key == "enter" and item is not None:
            self.chosen(item.name)
        elif self.handle(key, character):
            return
        elif key in ("down", "up") or (key in ("right", "left") and not isinstance(item, Entry)):
            self.move_focus(1 if key in ("down", "right") else -1)

    def take_paste(self, text: str) -> None:
        if (item := self.focused_item) is not None:
            item.paste(text)
            self.update()


def keys_row(keys: Sequence[tuple[str, str]], spare: int = 0) -> Row:
    """`y send   esc cancel`: what the keys do, those that do not fit are left out from the right."""

    def draw(line: LineWriter) -> None:
        line.to(MARGIN)
        for i, (key, text) in enumerate(keys):
            if len(key) + len(text) + 4 > line.room:
                return
            line.put("   " if i else "").put(key, "strong").put(" " + text, "muted")

    return Row(draw, spare)
