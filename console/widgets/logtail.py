"""The log tail: fixed size, own offset, one cached strip a line. It costs what its visible rows cost."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from textual import events
from textual.strip import Strip

from console.present.look import Look
from console.view.logview import LogView
from console.widgets.logline import COMPACT_BELOW, charger_width, draw_entry, draw_rule
from console.widgets.pane import LinePane
from server.model.log import LogLine

if TYPE_CHECKING:
    from server.site import Site


RUSH = 6  #: lines in one tick that nobody reads one by one


class LogTail(LinePane):
    """A rule with the state of the view, and as many lines as fit below. The app's tick calls `pull`.

    `compact`: a strip under another pane, without a cursor.
    """

    DEFAULT_CSS = "LogTail { width: 1fr; height: 1fr; }"

    def __init__(self, site: Site, look: Look, *, compact: bool = False) -> None:
        super().__init__(look)
        self.view = LogView(site.log)
        self.view.pull()
        self._compact = compact
        self._shown: Sequence[LogLine] = ()
        self._painted: dict[tuple[int, bool], Strip] = {}
        self._owed = False  #: lines were taken in that are not painted yet
        self._rushes = False  #: more moved by with the last paint than can be read
        self._layout = (0, 0)  #: width of the pane, of the column of chargers

    def pull(self) -> None:
        """Take in what the log got since the last tick, and repaint what differs.

        Lines that rush by are painted on every second tick: all of them move, and nobody can read them as they do.
        """
        if not self.view.pull() and not self._owed:
            return
        self._owed = self.view.following and self._rushes
        if self._owed:
            self._rushes = False
        else:
            self.show()

    def show(self) -> None:
        """Bring the screen up to date with the view."""
        before, self._shown = self._shown, self.view.window(self.rows)
        self._rushes = bool(before) and len(self._shown) > RUSH and before[-1] not in self._shown[-RUSH:]
        self._owed = False
        layout = (self.size.width, max(self._layout[1], charger_width(self._shown)))
        if layout != self._layout or len(self._painted) > 8 * self.rows + 64:
            self._layout = layout
            self._painted.clear()
        self.update_lines()

    @property
    def rows(self) -> int:
        """Rows for lines, without the rule."""
        return max(1, self.size.height - 1)

    # what keys ask for

    def follow(self) -> None:
        self.view.follow()
        self._rescan()

    def pause(self) -> None:
        self.view.stand_still(self.rows)
        self.show()

    def toggle_follow(self) -> None:
        if self.view.following:
            self.pause()
        else:
            self.follow()

    def move(self, rows: int) -> None:
        self.view.move(rows, self.rows)
        self.show()

    def scroll_by(self, rows: int) -> None:
        self.view.scroll(rows, self.rows)
        self.show()

    def page(self, pages: int) -> None:
        self.scroll_by(pages * max(1, self.rows - 1))

    def move_to(self, end: int) -> None:
        """0 = the oldest line, -1 = the newest: follow again."""
        if end < 0:
            self.follow()
        else:
            self.view.to_first(self.rows)
            self.show()

    def next_level(self) -> None:
        self.view.next_level()
        self._rescan()

    def next_direction(self) -> None:
        self.view.next_direction()
        self._rescan()

    def set_filter(self, text: str) -> None:
        self.view.set_filter(text)
        self._rescan()

    def set_charger(self, charger_id: str) -> None:
        self.view.set_charger(charger_id)
        self._rescan()

    def _rescan(self) -> None:
        """Look through the ring slice by slice, each in a turn of the loop of its own."""
        more = self.view.scan()
        self.show()
        if more and self.is_attached:
            self.set_timer(0.002, self._rescan, name="log filter")

    # painting

    def draw_line(self, y: int) -> Strip:
        compact = self.size.width < COMPACT_BELOW
        if y == 0:
            return draw_rule(self.line(), self.view, compact).strip()
        if y > len(self._shown):
            return self.line().strip()
        entry = self._shown[y - 1]
        chosen = not self._compact and not self.view.following and entry is self.view.chosen()
        strip = self._painted.get((entry.seq, chosen))
        if strip is None:
            line = self.line("select" if chosen else "ground")
            strip = draw_entry(line, entry, self._layout[1], compact, chosen).strip()
            self._painted[entry.seq, chosen] = strip
        return strip

    def on_resize(self, event: events.Resize) -> None:
        self.show()

    # mouse

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self.scroll_by(-3)

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self.scroll_by(3)

    def on_click(self, event: events.Click) -> None:
        if event.y > 0 and not self._compact:
            self.view.point_at(event.y - 1, self.rows)
            self.show()
