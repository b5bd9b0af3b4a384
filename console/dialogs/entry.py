"""One line of the log in full, with the raw frame that it tells of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from console.dialogs.fields import MARGIN
from console.dialogs.frame import Dialog, Row, gap, keys_row
from console.dialogs.scroll import Scroll
from console.present.look import Look
from console.present.safe import safe
from console.present.words import clock
from console.widgets.progress import chop, wrap
from server.model.log import Frame, FrameQuery, LogLine

if TYPE_CHECKING:
    from server.site import Site

NEAR_MS = 2_000  #: a frame this far from its line is another one
LONGEST = 16_000  #: characters of a frame that are shown
LABEL = 14
_DIRECTIONS = {"in": "from the charger", "out": "to the charger"}


class EntryDialog(Dialog[None]):
    """j, k and the page keys scroll a long frame."""

    WIDTH = 76

    def __init__(self, site: Site, look: Look, entry: LogLine) -> None:
        super().__init__(look)
        self.site = site
        self.entry = entry
        self._frame: Frame | None = None
        self._looking = bool(entry.charger_id and entry.direction)
        self._trouble = ""
        self._scroll = Scroll()

    def on_mount(self) -> None:
        if self._looking:
            self.run_worker(self._find_frame(), name="frame of a log line")

    async def _find_frame(self) -> None:
        entry = self.entry
        try:
            wanted = FrameQuery(
                charger_id=entry.charger_id,
                action=entry.action,
                direction=entry.direction,
                since=entry.at - NEAR_MS,
                until=entry.at + NEAR_MS,
            )
            near = [frame for _, frame in await self.site.find_frames(wanted)]
            self._frame = min(near, key=lambda frame: abs(frame.at - entry.at), default=None)
        except Exception as error:  # noqa: BLE001 - a database in trouble must not end the console
            self._trouble = f"the frame cannot be read: {error}"
        finally:
            self._looking = False
        self.update()

    def _raw(self) -> str:
        if self._frame is None:
            return "looking for it" if self._looking else self._trouble
        raw = self._frame.raw
        text = raw if isinstance(raw, str) else raw.decode("utf-8", "replace")
        return safe(text, LONGEST, self.look.ascii)

    def rows(self, width: int) -> list[Row]:
        entry, room = self.entry, width - LABEL - MARGIN
        facts = [
            ("time", [clock(entry.at) + f".{entry.at % 1000:03}"], "text"),
            ("level", [entry.level.name.lower()], "text"),
            ("charger", [entry.charger_id or "-"], "strong"),
            ("direction", [_DIRECTIONS.get(entry.direction, "our own")], "text"),
            ("action", [entry.action or "-"], "strong"),
            ("text", wrap(safe(entry.text, LONGEST, self.look.ascii) or "-", room), "text"),
        ]
        if self._frame is not None and self._frame.deviations:
            facts.append(("deviations", wrap(self._frame.deviations, room), "amber"))
        if self._raw():
            facts.append(("frame", chop(self._raw(), room), "muted"))
        body = [
            _fact(label if i == 0 else "", text, role) for label, texts, role in facts for i, text in enumerate(texts)
        ]
        shown = self._scroll.window(body, max(3, self.app.size.height - 8))
        return [gap(60), *shown, gap(55), keys_row([("esc", "close"), *self._scroll.keys]), gap(61)]

    def handle(self, key: str, character: str | None) -> bool:
        if key == "enter":
            self.cancel()
        return self._scroll.take(key)


def _fact(label: str, text: str, role: str) -> Row:
    return Row(lambda line: line.to(MARGIN).put(label, "muted").to(LABEL).put(text, role))
