"""What the screen is about: the charge point, what happened, the open pages, the chosen connector. No Textual here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Coroutine
from typing import Any, NamedTuple, Protocol

from simulator.charge_point import ChargePoint
from simulator.clock import wall_ms
from simulator.connector import Connector, Refused
from simulator.controls import perform
from simulator.frames import FrameReader
from simulator.prompt.orders import with_tag
from simulator.scenario.seen import Seen
from simulator.screen.leave import Leave, question
from simulator.screen.look import Look
from simulator.screen.page import Page
from simulator.showing import Tone, clean, happening_words
from simulator.wanted import Level, Wanted, make_station
from simulator.watch import Happening

KEPT = 2000  #: events that can be looked at
MESSAGE_MS = 15_000


class Entry(NamedTuple):
    """One line of what happened. `raw` is the frame, empty when it is none; `way` "in" or "out" of one.

    `is_receipt`: an answer that says no more than that the call has come.
    """

    at: int
    text: str
    tone: Tone
    way: str = ""
    raw: str = ""
    is_receipt: bool = False


class Task(Protocol):
    """Something that goes on and can be ended."""

    def cancel(self) -> object: ...


class Desk:
    """`spawn` starts what takes time; who shows the desk sets it."""

    def __init__(self, wanted: Wanted, look: Look, home: Page) -> None:
        self.wanted, self.look = wanted, look
        self.seen: Seen | None = None  #: what a scenario that runs looks at
        self.station: ChargePoint = make_station(wanted, self._trace)
        self.station.listeners.append(self._notice)
        self.entries: deque[Entry] = deque(maxlen=KEPT)
        self.count = 0  #: of all entries there ever were
        self.shows_frames = True
        self.pages: list[Page] = [home]
        self.chosen = 1  #: the connector under the cursor
        self.leaves = False
        self.spawn: Callable[[Coroutine[Any, Any, None]], Task] | None = None
        self.heard: Callable[[], None] | None = None  #: called after everything that happened
        self._message = ("", Tone.TEXT, 0)
        self._frames = FrameReader()

    # what is known

    @property
    def page(self) -> Page:
        return self.pages[-1]

    @property
    def connector(self) -> Connector:
        return self.station.connectors.get(self.chosen, self.station.main)

    @property
    def message(self) -> tuple[str, Tone]:
        """What came of the last act, for a while."""
        text, tone, until = self._message
        return (text, tone) if wall_ms() < until else ("", Tone.TEXT)

    def say(self, text: str, tone: Tone = Tone.TEXT) -> None:
        self._message = (self.clean(text), tone, wall_ms() + MESSAGE_MS)

    def clean(self, text: str, limit: int = 400) -> str:
        return clean(text, self.look.ascii, limit)

    # what a person does

    def key(self, key: str, character: str = "") -> None:
        """A key of the page, else one of those that hold everywhere."""
        page = self.page
        if page.key(self, key, character):
            return
        if key == "escape" or (key in ("backspace", "minus") and not page.typing):
            self.back()
        elif key == "tab":
            self.choose(1)
        elif key == "shift+tab":
            self.choose(-1)
        elif key in ("ctrl+c", "ctrl+q") or (key == "q" and not page.typing):
            self.leave()

    def choose(self, step: int) -> None:
        """Another connector."""
        count = len(self.station.connectors)
        self.chosen = (self.chosen - 1 + step) % count + 1

    def open(self, page: Page) -> None:
        self.pages.append(page)

    def back(self) -> None:
        if len(self.pages) > 1:
            self.pages.pop().closed(self)

    def leave(self) -> None:
        """End it; asked twice while a transaction runs or something is not delivered."""
        if isinstance(self.page, Leave) or not question(self.station):
            self.leaves = True
        else:
            self.open(Leave())

    def tick(self) -> None:
        """Time has passed: what the person was asked may have settled itself."""
        if isinstance(self.page, Leave) and not question(self.station):
            self.leaves = True

    def act(self, name: str, values: dict[str, str]) -> bool:
        """Do it and say what came of it; False when it was refused."""
        try:
            said = perform(self.station, name, with_tag(name, values, self.wanted.tag))
        except Refused as refusal:
            self.say(str(refusal), Tone.BAD)
            self._note(Entry(wall_ms(), f"refused: {self.clean(str(refusal))}", Tone.BAD))
            return False
        self.say(f"{said[:1].upper()}{said[1:]}.", Tone.GOOD)
        return True

    # what happens by itself

    def _notice(self, happening: Happening) -> None:
        words, tone = happening_words(happening)
        self._note(Entry(happening.at, self.clean(words.replace("connector ", "c", 1)), tone))

    def _trace(self, direction: str, frame: str) -> None:
        if self.seen is not None:
            self.seen.trace(direction, frame)
        told = self._frames.read(direction, frame)
        words = frame if self.wanted.tells(Level.DEBUG) else told.text
        tone = told.tone if told.tone is Tone.BAD else Tone.DIM
        is_receipt = told.text.endswith(" ok")
        self._note(Entry(wall_ms(), self.clean(words), tone, direction, self.clean(frame, 4000), is_receipt))

    def _note(self, entry: Entry) -> None:
        self.entries.append(entry)
        self.count += 1
        if self.heard is not None:
            self.heard()
