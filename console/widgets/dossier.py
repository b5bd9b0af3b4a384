"""What is known of a charger beyond its state, each thing a few lines: for the detail pane and the card of a notice."""

from __future__ import annotations

from console.present.peculiar import (
    job_in_words,
    job_state,
    options_in_force,
    options_in_words,
    profile_in_words,
    quirk_state,
    reservation_in_words,
    reservation_state,
    rule_of,
    schedule_in_words,
    security_in_words,
    security_role,
    times_of,
)
from console.present.safe import safe
from console.present.words import day_and_clock, span
from console.widgets.progress import chop
from console.widgets.sections import Lines, Page
from console.widgets.writer import LineWriter
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import Job
from server.model.profile import CompositeSchedule, InstalledProfile
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation
from server.model.rule_help import meaning_of
from server.model.security_event import SecurityEvent

INDENT = 2  #: cells before what belongs to a head
LABEL = 9  #: cells of "options", "because"
LONGEST = 1_000  #: characters of a sample


def head(page: Page, text: str, role: str, end: str, end_role: str = "muted") -> LineWriter:
    """What it is at the left, how it stands at the right."""
    line = page.line().left(text, max(0, page.room - len(end) - 2), role)
    return line.end_with(end, end_role, page.right)


def told(page: Page, text: str, role: str = "muted", label: str = "") -> Lines:
    """Words below a head, in as many lines as they take; `label` stands before the first."""
    indent = INDENT + (LABEL if label else 0)
    lines = []
    for i, part in enumerate(page.wrapped(text, indent) if text else ()):
        line = page.line().to(page.left + INDENT).put(label if i == 0 else "", "dim")
        lines.append(line.to(page.left + indent).put(part, role))
    return lines


def draw_deviation(page: Page, line: Deviation, most: int = 0) -> Lines:
    """Rule, how often and when, what it means, and the newest frame that showed it in at most `most` lines."""
    count = f"{line.count}x" if line.count > 1 else "once"
    lines = [head(page, rule_of(line), "strong", count, "text")]
    lines += told(page, meaning_of(line.rule), "text")
    lines += told(page, times_of(line, page.now))
    sample = safe(line.sample, LONGEST, page.look.ascii)
    shown = chop(sample, max(12, page.room - INDENT))
    for i, part in enumerate(shown[:most]):
        cut = page.look.glyphs.cut if i == most - 1 and len(shown) > most else ""
        lines.append(page.line().to(page.left + INDENT).put(part[: len(part) - len(cut)] + cut, "dim"))
    return lines


def draw_quirk(page: Page, quirk: MatchedQuirk) -> Lines:
    """Whose peculiarity it is, what to do about it, and what that sets."""
    state, role = quirk_state(quirk)
    lines = [head(page, f"{quirk.profile.title}", "strong", state, role)]
    lines += told(page, quirk.profile.why, "text")
    lines += told(page, f"{quirk.profile.name}, fits by {quirk.because}")
    if quirk.profile.options:
        verb = "sets" if quirk.applied else "would set"
        lines += told(page, options_in_words(dict(quirk.profile.options)), "text", verb)
    return lines


def draw_options(page: Page, charger: Charger) -> Lines:
    """Options that are not as usual, and who set them."""
    found = options_in_force(charger)
    if not found:
        return told(page, "All options are as usual.")
    lines = []
    for name, value, by in found:
        line = page.line().left(name, 18, "text").put(value, "strong")
        lines.append(line.end_with(by, "muted", page.right))
    return lines


def draw_job(page: Page, job: Job, has_file: bool, steps: int = 4) -> Lines:
    """Kind and state, since when, the file, and the last of its steps."""
    state, role = job_state(job, page.now)
    lines = [head(page, f"{job.kind.value} {job.job_id}", "strong", state, role)]
    since = f"since {day_and_clock(job.opened_at, page.now)}, last news {span(page.now - job.changed_at)} ago"
    lines += told(page, since)
    lines += told(page, job_in_words(job, page.now, has_file), "text")
    for step in job.history[-steps:] if steps else ():
        line = page.line().to(page.left + INDENT).put(day_and_clock(step.at, page.now), "dim").put("  ")
        lines.append(line.put(step.state, "muted"))
    return lines


def draw_security(page: Page, event: SecurityEvent) -> Lines:
    when = day_and_clock(event.at, page.now)
    mark = "critical" if event.is_critical else ""
    line = page.line().left(event.type, max(0, page.room - len(when) - 12), security_role(event))
    lines = [line.put(f" {mark}", security_role(event)).end_with(when, "muted", page.right)]
    lines += told(page, security_in_words(event), "text")
    if event.station_at is not None and abs(event.station_at - event.at) > 60_000:
        lines += told(page, f"by its own clock {day_and_clock(event.station_at, page.now)}")
    return lines


def draw_reservation(page: Page, reservation: Reservation) -> Lines:
    state, role = reservation_state(reservation, page.now)
    place = f"c{reservation.connector_id}" if reservation.connector_id else "any connector"
    lines = [head(page, f"{place} for {reservation.id_tag}", "strong", state, role)]
    made = f"reservation {reservation.reservation_id}, made {day_and_clock(reservation.made_at, page.now)}"
    return [*lines, *told(page, f"{made}, {reservation_in_words(reservation, page.now)}")]


def draw_profile(page: Page, kept: InstalledProfile) -> Lines:
    place = f"c{kept.connector_id}" if kept.connector_id else "whole charger"
    since = f"since {day_and_clock(kept.installed_at, page.now)}"
    lines = [head(page, f"{place} profile {kept.profile.profile_id}", "strong", since)]
    return [*lines, *told(page, profile_in_words(kept)), *told(page, schedule_in_words(kept.profile.schedule), "text")]


def draw_schedule(page: Page, answer: CompositeSchedule) -> Lines:
    place = f"c{answer.connector_id}" if answer.connector_id else "whole charger"
    lines = [
        head(page, f"{place}: what it says it will do", "strong", f"told {day_and_clock(answer.told_at, page.now)}")
    ]
    return [*lines, *told(page, schedule_in_words(answer.schedule), "text")]
