"""What all screens have in common: header and tabs on top, message and keys below, bindings out of the keys table.

A screen says what its body is, what to do on a tick and what its keys do; the frame is the same everywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, ClassVar, NamedTuple, cast

from textual import events
from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.screen import Screen
from textual.widget import Widget

from console.keys import Key, is_acting, keys_of
from console.present.look import Look
from console.widgets.header import HeaderLine
from console.widgets.keyline import KeyLine
from console.widgets.message import MessageLine
from console.widgets.pane import LinePane
from console.widgets.prompt import FilterPrompt
from console.widgets.tabs import TabLine
from console.widgets.toosmall import TooSmall

if TYPE_CHECKING:
    from console.app import ConsoleApp
    from server.site import Site

WIDE = 120  #: columns from which on details stand beside the list
ROOMY = 40  #: lines from which on there is air between the parts

OF_A_ROW = ("move.down", "mark", "open", "menu", "log.of")  #: keys that do nothing in an empty list

Piece = tuple[str, str]  #: text and role


class Way(NamedTuple):
    """What esc does now. `hint` is its word on the key line; empty where the message line tells it."""

    hint: str
    go: Callable[[], object]


def bindings_of(name: str) -> list[BindingType]:
    """The bindings of a screen, from the keys table."""
    return [Binding(",".join(k.keys), k.action, k.hint, show=False, id=k.id) for k in keys_of(name)]


class ConsoleScreen(Screen[None], inherit_bindings=False):
    """Base of the screens. Subclasses set `NAME` (as in the keys table) and `BINDINGS = bindings_of(NAME)`."""

    NAME: ClassVar[str] = ""
    AUTO_FOCUS: ClassVar[str | None] = ""
    DEFAULT_CSS = """
    ConsoleScreen {
        layout: vertical;
        HeaderLine, TabLine, MessageLine, KeyLine { height: 1; }
        #body { height: 1fr; }
        FilterPrompt, TooSmall { display: none; }
        &.-roomy #body { margin: 1 0; }
        &.-roomy KeyLine { margin-top: 1; }
        &.-narrow > *, &.-low > * { display: none; }
        &.-narrow > TooSmall, &.-low > TooSmall { display: block; }
        &.-asking > MessageLine { display: none; }
        &.-asking > FilterPrompt { display: block; }
    }
    """

    def __init__(self, site: Site, look: Look) -> None:
        super().__init__()
        self.HORIZONTAL_BREAKPOINTS = [(0, "-narrow"), (60, "-fits"), (WIDE, "-wide")]
        self.VERTICAL_BREAKPOINTS = [(0, "-low"), (15, "-fine"), (ROOMY, "-roomy")]
        self.site = site
        self.look = look
        self._frame: tuple[LinePane, ...] = ()

    @property
    def owner(self) -> ConsoleApp:
        """The app, as what it is."""
        return cast("ConsoleApp", self.app)

    # to be filled by each screen

    def body(self) -> Iterable[Widget]:
        """The widgets between tabs and message line."""
        return ()

    def pull(self, dirty: set[str]) -> None:
        """The tick: bring the body up to date. `dirty` are the ids of chargers that changed. Call `super()` last."""
        self.update_frame()

    def show_all(self) -> None:
        """The screen comes to the front: whatever happened meanwhile, show it now."""
        self.pull(set(self.site.chargers))

    def message(self) -> list[Piece]:
        """What the message line says, in pieces of (text, role); three blanks are put between two pieces."""
        return []

    def position(self) -> str:
        """`1-13 of 24`, at the right end of the message line."""
        return ""

    def why_blocked(self, key: Key) -> str:
        """Why this key is not possible now, in the words of the guard; empty = it is."""
        return ""

    @property
    def has_row(self) -> bool:
        """Is there something under the cursor?"""
        return True

    def is_dim(self, key: Key) -> bool:
        """Does the key do nothing now?"""
        if key.id in OF_A_ROW and not self.has_row:
            return True
        return (self.owner.read_only and is_acting(key)) or bool(self.why_blocked(key))

    def hint_of(self, key: Key) -> str:
        """Its word on the key line."""
        if key.id == "back":
            way = self.way_back()
            return way.hint if way is not None else ""
        return "go on" if key.id == "pause" and self.owner.is_paused else key.hint

    def offers(self, key: Key) -> bool:
        """Does this key belong on the key line now? Help and binding do not ask."""
        return bool(self.hint_of(key))

    def filter_text(self) -> str:
        """The filter in force."""
        return ""

    def filter_error(self) -> str:
        """What is wrong with the filter; empty = it is in force."""
        return ""

    def set_filter(self, text: str) -> None:
        """Filter the body; see `filter_error`."""

    def state_words(self) -> list[str]:
        """What stands at the right end of the tabs: `sort power`."""
        return []

    def opened(self) -> Way | None:
        """How to close what lies over the list."""
        return None

    def held(self) -> Way | None:
        """How to let go of what was chosen: marks, one charger."""
        return None

    def way_back(self) -> Way | None:
        """The one rule of esc, from the top down: what is open, the filter, what is held, the way one came."""
        if (opened := self.opened()) is not None:
            return opened
        if self.filter_text():
            return Way("clear", lambda: self.set_filter(""))
        if (held := self.held()) is not None:
            return held
        came_from = self.owner.came_from
        return Way("", lambda: self.owner.show_screen(came_from)) if came_from else None

    # the frame

    def compose(self) -> ComposeResult:
        header, tabs, message, keys = HeaderLine(self), TabLine(self), MessageLine(self), KeyLine(self)
        yield header
        yield tabs
        yield Vertical(*self.body(), id="body")
        yield message
        yield FilterPrompt(self.look)
        yield keys
        yield TooSmall(self.look)
        self._frame = (header, tabs, message, keys)

    def update_frame(self) -> None:
        """Header, tabs, message and keys, each where it changed."""
        for line in self._frame:
            line.update_lines()

    @property
    def is_composed(self) -> bool:
        """Are the widgets there? The tick may come before."""
        return bool(self._frame)

    def on_screen_resume(self, event: events.ScreenResume) -> None:
        if self.is_composed:
            self.show_all()

    def on_screen_suspend(self, event: events.ScreenSuspend) -> None:
        self.update_frame()  # a dialog came over it: these keys are not to be had now

    @property
    def is_wide(self) -> bool:
        return self.size.width >= WIDE

    # keys that mean the same everywhere

    def action_screen(self, name: str) -> None:
        self.owner.show_screen(name)

    def action_back(self) -> None:
        if (way := self.way_back()) is not None:
            way.go()
        self.update_frame()

    def action_pause(self) -> None:
        self.owner.toggle_pause()

    def action_redraw(self) -> None:
        self.owner.repaint()

    def action_leave(self) -> None:
        self.owner.leave()

    def action_help(self) -> None:
        from console.screens.help import HelpScreen

        self.owner.push_screen(HelpScreen(self.NAME, self.look))

    # the filter

    def action_filter(self) -> None:
        prompt = self.query_one(FilterPrompt)
        prompt.value, prompt.wrong = self.filter_text(), self.filter_error()
        self.add_class("-asking")
        self.update_frame()

    @property
    def is_asking(self) -> bool:
        """Is a filter being typed?"""
        return self.has_class("-asking")

    def take_key(self, event: events.Key) -> bool:
        """While a filter is typed, keys are its letters."""
        if not self.is_asking or event.key in ("ctrl+q", "ctrl+l"):
            return False
        if event.key in ("escape", "enter"):
            self._close_prompt(clear=event.key == "escape")
            return True
        prompt = self.query_one(FilterPrompt)
        before = prompt.value
        prompt.take_key(event.key, event.character)
        self._filter_by(prompt.value, before)
        return True

    def take_paste(self, text: str) -> None:
        """Only a filter takes text; elsewhere its letters would be commands."""
        if self.is_asking:
            prompt = self.query_one(FilterPrompt)
            before = prompt.value
            prompt.take_paste(text)
            self._filter_by(prompt.value, before)

    def _filter_by(self, text: str, before: str) -> None:
        if text == before:
            return
        self.set_filter(text)
        self.query_one(FilterPrompt).wrong = self.filter_error()
        self.update_frame()

    def _close_prompt(self, *, clear: bool) -> None:
        self.remove_class("-asking")
        if clear:
            self.set_filter("")
        self.update_frame()
