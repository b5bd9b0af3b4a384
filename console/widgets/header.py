"""The top line: is anything wrong, how much power, who is there. Reads the totals, keeps nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from textual.strip import Strip

from console.present.words import clock, grouped
from console.view.knocks import refusals
from console.widgets.pane import LinePane
from console.widgets.writer import LineWriter, fitted, width_of
from server.model.health import Health, Totals

if TYPE_CHECKING:
    from console.screens.base import ConsoleScreen

FULL = 150  #: columns for the long form
MEDIUM = 110
NAME_CELLS = 20
SLOW_LOOP_MS = 50
SLOW_COMMIT_MS = 500
LIMIT_NEAR = 0.9  #: share of the site's limit from which on its power is amber


class HeaderLine(LinePane):
    """One line on a surface of its own; drops what matters least as the terminal gets narrow."""

    def __init__(self, screen: ConsoleScreen) -> None:
        super().__init__(screen.look)
        self._screen = screen

    def draw_line(self, y: int) -> Strip:
        width, site = self.size.width, self._screen.site
        totals, health = self._screen.owner.totals, site.health
        line = self.line("surface").to(1)
        line.put(fitted(site.config.site.name, min(NAME_CELLS, width // 6), self.look).rstrip(), "strong")
        self._fault_badge(line, totals, 4 if width >= MEDIUM else 3)
        if health.degraded:
            self._degraded(line, health.degraded)
        limit_w = int(site.config.site.power_limit_kw * 1000)
        if width >= MEDIUM:
            self._long(line, totals, limit_w)
            self._server(line, health, width)
        else:
            self._short(line, totals, limit_w)
            self._refused(line, width)
        return line.end_with(self._clock(), "text").strip()

    def _clock(self) -> str:
        return clock(self._screen.site.now())

    def _fault_badge(self, line: LineWriter, totals: Totals, gap: int) -> None:
        owner = self._screen.owner
        if owner.is_paused:
            line.to(line.column + gap).put(" PAUSED ", "amber_strong", "amber_ground")
            gap = 1
        if totals.faults:
            words = f" ! {totals.faults} fault{'s' if totals.faults != 1 else ''} "
            line.to(line.column + gap - 1).put(words, "fault")
        elif totals.warnings:
            line.to(line.column + gap).put(
                f"~ {totals.warnings} warning{'s' if totals.warnings != 1 else ''}", "amber_strong"
            )

    def _refused(self, line: LineWriter, width: int) -> None:
        """Somebody knocks and is not let in; the number in brackets is the key that tells more."""
        words = self._refused_words()
        if words and line.column + len(words) + len(self._clock()) + 5 <= width:
            line.to(line.column + 2).put(words, "amber_strong")

    def _refused_words(self) -> str:
        site = self._screen.site
        refused = refusals(site.connections, site.find_charger, site.now())
        return f"{len(refused)} refused (7)" if refused else ""

    def _degraded(self, line: LineWriter, reasons: list[str]) -> None:
        """What is wrong with the server itself; on every terminal, and all that follows gives way to it."""
        more = f" +{len(reasons) - 1}" if len(reasons) > 1 else ""
        line.to(line.column + 2)
        room = max(0, line.room - len(more) - 1)
        text = reasons[0] if width_of(reasons[0], self.look) <= room else fitted(reasons[0], room, self.look)
        line.put(text + more, "amber_strong")

    def _add(self, line: LineWriter, gap: int, group: LineWriter) -> None:
        """Things that belong together, `gap` cells on: all of them, or none where they would push out the clock."""
        if line.column + gap + group.column + len(self._clock()) + 3 <= line.width:
            line.to(line.column + gap).add(group)

    def _long(self, line: LineWriter, totals: Totals, limit_w: int) -> None:
        gap = self.look.glyphs.thin_gap
        power = self.line("surface").put(grouped(totals.power_w / 1000, gap, 1), "strong")
        if limit_w:
            share = totals.power_w / limit_w
            role = "amber" if share >= LIMIT_NEAR else "sky"
            power.put(f" of {grouped(limit_w / 1000, gap)} kW", "muted").to(power.column + 2)
            power.bar(share, 16 if line.width >= FULL else 10, role).put(f"{share * 100:3.0f} %", "muted")
        else:
            power.put(" kW", "muted")
        self._add(line, 3, power)
        self._add(line, 3, self.line("surface").put(str(totals.charging), "strong").put(" charging", "muted"))
        online = self.line("surface").put(str(totals.online), "strong")
        self._add(line, 3, online.put(f"/{totals.chargers} online", "muted"))
        if line.width >= FULL:
            energy = self.line("surface").put(grouped(totals.energy_today_wh / 1000, gap), "strong")
            self._add(line, 3, energy.put(" kWh today", "muted"))

    def _server(self, line: LineWriter, health: Health, width: int) -> None:
        """Disk, loop and terminals, at the right before the clock; only what is wrong where there is little room."""
        slow_disk, slow_loop = health.commit_ms > SLOW_COMMIT_MS, health.loop_lag_ms > SLOW_LOOP_MS
        pieces: list[tuple[str, str]] = []
        if refused := self._refused_words():
            pieces.append((refused, "amber_strong"))
        if width >= FULL or slow_disk:
            pieces.append((f"db {health.commit_ms:.0f} ms", "amber" if slow_disk else "dim"))
        if width >= FULL or slow_loop:
            pieces.append((f"loop {health.loop_lag_ms:.0f} ms", "amber" if slow_loop else "dim"))
        if width >= FULL and health.terminals:
            pieces.append((", ".join(health.terminals), "dim"))
        room = width - line.column - len(self._clock()) - 8
        while pieces and self._cells(pieces) > room:
            pieces.pop()
        line.to(width - len(self._clock()) - 5 - self._cells(pieces))
        for text, role in pieces:
            line.put(text, role).to(line.column + 3)

    def _cells(self, pieces: list[tuple[str, str]]) -> int:
        return sum(width_of(text, self.look) + 3 for text, _ in pieces) - 3

    def _short(self, line: LineWriter, totals: Totals, limit_w: int) -> None:
        roomy = line.width >= 78
        power = self.line("surface").put(f"{totals.power_w / 1000:.1f}", "strong")
        power.put(f"/{limit_w / 1000:.0f} kW" if limit_w else " kW", "muted")
        if limit_w and roomy:
            share = totals.power_w / limit_w
            power.put(" ").bar(share, 8, "amber" if share >= LIMIT_NEAR else "sky")
        self._add(line, 2, power)
        if roomy:
            self._add(line, 2, self.line("surface").put(str(totals.charging), "strong").put(" chg", "muted"))
        online = self.line("surface").put(str(totals.online), "strong")
        self._add(line, 2, online.put(f"/{totals.chargers} up", "muted"))
