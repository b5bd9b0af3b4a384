"""The pages of the detail pane beside the state of the charger: what it does otherwise, and what it told."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from console.view.quirks import decidable
from console.view.told import Told
from console.widgets.dossier import (
    draw_deviation,
    draw_job,
    draw_options,
    draw_profile,
    draw_quirk,
    draw_reservation,
    draw_schedule,
    draw_security,
    told,
)
from console.widgets.sections import Lines, Page
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.job import Job

if TYPE_CHECKING:
    from server.site import Site

SAMPLE_LINES = 3
MOST = 60  #: things on a page; the screen of the notices has all of them
AT_LEAST_WIDE = 70  #: cells for long titles


class Part(StrEnum):
    """Pages of the details, in the order of tab."""

    STATE = "State"
    DEVIATIONS = "Deviations"
    QUIRKS = "Quirks"
    JOBS = "Jobs"
    SECURITY = "Security"
    PLANS = "Plans"


_SHORT = {Part.DEVIATIONS: "Dev", Part.SECURITY: "Sec"}


def counts_of(site: Site, heard: Told, charger: Charger) -> dict[Part, int]:
    """How much there is on each page; what is over is not counted."""
    now, mine = site.now(), charger.charger_id
    holding = [r for r in heard.reservations(mine) if r.holds(now)]
    return {
        Part.DEVIATIONS: len(site.deviations(mine)),
        Part.QUIRKS: len(charger.quirks),
        Part.JOBS: sum(job.is_open for job in heard.jobs(mine)),
        Part.SECURITY: len(heard.security(mine)),
        Part.PLANS: len(holding) + len(charger.profiles),
    }


def draw_tabs(page: Page, chosen: Part, counts: dict[Part, int]) -> LineWriter:
    """The names of the pages, the one that is shown in bold."""
    line = LineWriter(page.look, page.width, page.on).to(page.left - 1)
    wide = page.width >= AT_LEAST_WIDE
    titles = {part: part.value if wide else _SHORT.get(part, part.value) for part in Part}
    numbers = {part: f" {counts[part]}" for part in Part if counts.get(part)}
    if sum(len(title) + 2 for title in titles.values()) + sum(map(len, numbers.values())) > line.room:
        numbers = {chosen: numbers.get(chosen, "")}
    for part, title in titles.items():
        on = "tab" if part is chosen else page.on
        line.put(f" {title}", "tab_active" if part is chosen else "muted", on)
        line.put(numbers.get(part, ""), "text", on).put(" ", "text", on)
    return line.end_with("tab", "dim", page.right) if wide else line


def draw_noticed(page: Page, charger: Charger, heard: Told, counts: dict[Part, int]) -> Lines:
    """One line for what the other pages hold; what asks for a decision first. Nothing when there is nothing."""
    words: list[tuple[str, str]] = []
    suggested = [q for q in decidable(charger) if not q.applied]
    if suggested:
        words.append((f"{len(suggested)} quirk to apply" if len(suggested) == 1 else "quirks to apply", "amber"))
    critical = [e for e in heard.alerts(page.now) if e.charger_id == charger.charger_id]
    if critical:
        words.append((critical[0].type, "fault_text"))
    words += [(f"{job.kind.value} {job.state}", "sky") for job in heard.jobs(charger.charger_id) if job.is_open]
    if count := counts[Part.DEVIATIONS]:
        words.append((f"{count} deviation{'s' if count != 1 else ''}", "muted"))
    if count := counts[Part.PLANS]:
        words.append((f"{count} plan{'s' if count != 1 else ''}", "muted"))
    if not words:
        return []
    line = page.line().put("tab", "strong").put("  ")
    for text, role in words:
        if line.column + len(text) > page.end:
            break
        line.put(text, role).put("  ")
    return [line]


def pages_of(page: Page, part: Part, site: Site, heard: Told, charger: Charger) -> list[Lines]:
    """The sections of one page from top to bottom."""
    mine = charger.charger_id
    match part:
        case Part.DEVIATIONS:
            lines = sorted(site.deviations(mine), key=lambda line: (-line.first_at, line.rule, line.detail))
            sections = [draw_deviation(page, line, SAMPLE_LINES) for line in lines[:MOST]]
            return sections or [told(page, "It keeps to the protocol: nothing was noted.")]
        case Part.QUIRKS:
            quirks = sorted(charger.quirks, key=lambda quirk: not quirk.profile.options)
            sections = [draw_quirk(page, quirk) for quirk in quirks]
            options = [page.line().put("OPTIONS", "dim"), *draw_options(page, charger)]
            return [options, *(sections or [told(page, "No shipped profile fits it.")])]
        case Part.JOBS:
            sections = [draw_job(page, job, _has_file(site, job)) for job in heard.jobs(mine)[:MOST]]
            return sections or [told(page, "No firmware, diagnostics or log job is known of it.")]
        case Part.SECURITY:
            sections = [draw_security(page, event) for event in heard.security(mine)[:MOST]]
            return sections or [told(page, "It has told no security event.")]
        case Part.PLANS:
            sections = [draw_reservation(page, r) for r in heard.reservations(mine)[:MOST]]
            sections += [draw_profile(page, kept) for _, kept in sorted(charger.profiles.items())]
            sections += [draw_schedule(page, answer) for _, answer in sorted(charger.schedules.items())]
            return sections or [told(page, "No reservation and no charging profile.")]
    return []


def _has_file(site: Site, job: Job) -> bool:
    """Did the charger put its file into the drop?"""
    if job.command_id is None:
        return False
    return any(file.command_id == job.command_id and file.is_received for file in site.drop.files())
