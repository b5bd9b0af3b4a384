"""One tile of the wall: what a connector does, line by line."""

from __future__ import annotations

from dataclasses import dataclass

from console.present.depot import (
    POWERED,
    connector_word,
    energy_of,
    open_for,
    session_of,
    share_of_rated,
    state_of,
)
from console.present.words import kw, kwh, span
from console.view.wall import SMALL, TileSize
from console.widgets.writer import LineWriter, cut_middle, width_of
from server.model.charger import Charger, Connector
from server.model.status import ConnectorStatus

#: States in which a tile has no surface: nothing to look for there.
_FLAT = (ConnectorStatus.UNAVAILABLE, ConnectorStatus.UNKNOWN)

PLACE_CELLS = len(" c1")


@dataclass(slots=True)
class TileArtist:
    """Draws tiles on one line of the wall, from left to right.

    `row` is the line of the tile: name, state, energy or word, tag, bar at the foot (small ones have no tag).
    """

    line: LineWriter
    size: TileSize
    row: int
    now: int
    charger: Charger
    connector: Connector | None  #: None: the charger has told of no connector yet
    chosen: bool
    marked: bool

    def draw(self) -> None:
        """Exactly `size.width` cells."""
        line, on = self.line, self.surface
        end = line.column + self.size.width
        connector = self.connector
        if connector is not None and self.row == self.size.height - 1 and self._has_bar:
            self._foot(connector)
            return
        line.put(line.look.glyphs.mark if self.marked and self.row == 0 else " ", "strong", on)
        if self.row == 0:
            self._name()
        elif connector is None:
            line.left("no connector" if self.row == 1 else "", self.inner, "dim", on)
        elif not self.charger.online:
            since = self._offline_since() if self.row == 1 and self.is_small else ""
            self._both("? OFF" if self.row == 1 else "", "dim", since, "dim")
        elif connector.is_faulted:
            self._fault(connector)
        else:
            self._normal(connector)
        line.to(end, "text", on)

    @property
    def is_small(self) -> bool:
        return self.size == SMALL

    @property
    def inner(self) -> int:
        return self.size.width - 2

    @property
    def surface(self) -> str:
        """Filled when faulted, flat when offline or out of service, lit when chosen."""
        connector, look = self.connector, self.line.look
        if connector is not None and self.charger.online and connector.is_faulted:
            return "fault"
        if self.chosen and look.colours != "none":
            return "select"
        if connector is None or not self.charger.online or connector.status in _FLAT or not look.has_surfaces:
            return "ground"
        return "surface"

    @property
    def _has_bar(self) -> bool:
        return self.charger.online and self.connector is not None and self.connector.status in POWERED

    def _both(self, left: str, left_role: str, right: str, right_role: str) -> None:
        """Two texts at the ends of the tile; the left one gives way."""
        cells = width_of(right, self.line.look)
        gap = 1 if right else 0
        self.line.left(left, self.inner - cells - gap, left_role, self.surface)
        self.line.put(" " * gap + right, right_role, self.surface)

    def _name(self) -> None:
        line, on, connector = self.line, self.surface, self.connector
        place = "" if connector is None else f" c{connector.connector_id}"
        cells = width_of(self.charger.charger_id, line.look)
        since = "" if self.is_small else self._since()
        if since and cells + len(place) + 1 + len(since) > self.inner:
            since = ""
        room = self.inner - len(place) - (len(since) + 1 if since else 0)
        name = cut_middle(self.charger.charger_id, room, line.look)
        role, place_role = self._name_roles(connector)
        line.put(name, role, on).put(place, place_role, on)
        line.right(since, self.inner - width_of(name, line.look) - len(place), "strong" if on == "fault" else "dim", on)

    def _name_roles(self, connector: Connector | None) -> tuple[str, str]:
        if self.surface == "fault":
            return "strong", "strong"
        if self.chosen:
            return "strong", "muted"
        if connector is None or not self.charger.online or connector.status in _FLAT:
            return "dim", "dim"
        return ("muted", "muted") if connector.status is ConnectorStatus.AVAILABLE else ("text", "muted")

    def _since(self) -> str:
        """How long it is so; nothing while it charges: there the session's time is told."""
        connector = self.connector
        if connector is None or not self.charger.online:
            return self._offline_since()
        if connector.is_faulted and connector.fault is not None:
            return open_for(connector.fault, self.now)
        if connector.status is ConnectorStatus.CHARGING or not connector.status_at:
            return ""
        return span(self.now - connector.status_at)

    def _offline_since(self) -> str:
        return span(self.now - self.charger.seen_at) if self.charger.seen_at else ""

    def _fault(self, connector: Connector) -> None:
        fault = connector.fault
        code = connector.error_code if fault is None else fault.error_code
        vendor = connector.vendor_error_code if fault is None else fault.vendor_error_code
        text, role = {1: ("! FLT", "strong"), 2: (code, "strong"), 3: (vendor, "text")}.get(self.row, ("", "text"))
        self._both(text, role, self._fault_time(connector) if self.row == 3 else "", "strong")

    def _fault_time(self, connector: Connector) -> str:
        if connector.fault is None or not self.is_small:
            return ""
        return open_for(connector.fault, self.now)

    def _normal(self, connector: Connector) -> None:
        now_in = session_of(connector)
        if self.row == 1:
            self._state(connector)
        elif self.row == 2 and now_in is not None:
            elapsed = (now_in.stopped_at or self.now) - now_in.started_at
            energy = f"{kwh(energy_of(connector) or 0)} kWh"
            self._both(energy, "text", "" if self.is_small else span(elapsed), "muted")
        elif self.row == 2:
            word = connector_word(connector)
            self._both(word.text, word.role, "", "dim")
        elif self.row == 3 and not self.is_small and now_in is not None:
            self._both(now_in.id_tag, "dim", f"#{now_in.transaction_id}", "dim")

    def _state(self, connector: Connector) -> None:
        line, on = self.line, self.surface
        glyph, code, role = state_of(self.charger, connector)
        start = line.column
        line.put(f"{glyph} {code}", role, on)
        if connector.warning is not None:
            line.put("~" if self.is_small else " ~", "amber_strong", on)
        room = start + self.inner - line.column
        if connector.status in POWERED:
            told = [kw(connector.power_w) + ("" if self.is_small else " kW"), f"{connector.power_w / 1000:.0f}"]
            right_role = "strong" if connector.power_w else "dim"
        else:
            told = [span(self.now - connector.status_at)] if self.is_small and connector.status_at else []
            right_role = "dim"
        line.right(
            next((text for text in told if len(text) < room), ""), room, right_role, on
        )  # with a blank before it

    def _foot(self, connector: Connector) -> None:
        """The bar at the foot: power as a share of what the connector can give."""
        cells, glyphs = self.size.width, self.line.look.glyphs
        filled = min(cells, max(round(share_of_rated(connector) * cells), 1 if connector.power_w else 0))
        self.line.put(glyphs.foot * filled, "sky", self.surface)
        self.line.put(glyphs.foot_rest * (cells - filled), "track", self.surface)
