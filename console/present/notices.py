"""A notice in the words of its row. Pure."""

from __future__ import annotations

from console.present.peculiar import (
    Piece,
    job_in_words,
    job_state,
    profile_in_words,
    quirk_state,
    reservation_in_words,
    reservation_state,
    rule_of,
    schedule_in_words,
    security_in_words,
    security_role,
)
from console.view.notices import Notice
from server.model.deviation import Deviation
from server.model.job import FAILED, Job
from server.model.profile import InstalledProfile
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation
from server.model.rule_help import meaning_of
from server.model.security_event import TAMPERED, SecurityEvent


def what_of(notice: Notice) -> Piece:
    match notice.subject:
        case SecurityEvent() as event:
            return event.type, security_role(event)
        case Job() as job:
            return f"{job.kind.value} {job.job_id}", "text"
        case MatchedQuirk() as quirk:
            return quirk.profile.name, "text"
        case Reservation() as r:
            return f"{f'c{r.connector_id}' if r.connector_id else 'any'} for {r.id_tag}", "text"
        case InstalledProfile() as kept:
            return f"{f'c{kept.connector_id}' if kept.connector_id else 'all'} {profile_in_words(kept)}", "text"
        case Deviation() as line:
            return rule_of(line), "text"


def state_of(notice: Notice, now: int) -> Piece:
    """How it stands; of a deviation how often it was seen."""
    match notice.subject:
        case SecurityEvent() as event:
            return ("critical", security_role(event)) if event.is_critical else ("", "dim")
        case Job() as job:
            return job_state(job, now)
        case MatchedQuirk() as quirk:
            return quirk_state(quirk)
        case Reservation() as r:
            return reservation_state(r, now)
        case InstalledProfile():
            return "installed", "purple"
        case Deviation() as line:
            return (f"{line.count}x", "text") if line.count > 1 else ("once", "dim")


def words_of(notice: Notice, now: int, has_file: bool = False) -> str:
    match notice.subject:
        case SecurityEvent() as event:
            return security_in_words(event)
        case Job() as job:
            return job_in_words(job, now, has_file)
        case MatchedQuirk() as quirk:
            return quirk.profile.why
        case Reservation() as r:
            return reservation_in_words(r, now)
        case InstalledProfile() as kept:
            return schedule_in_words(kept.profile.schedule)
        case Deviation() as line:
            return meaning_of(line.rule)


def attention_of(notice: Notice, now: int) -> Piece:
    """The glyph of column 2: critical, running, to be decided."""
    match notice.subject:
        case SecurityEvent(type=kind) as event if event.is_critical:
            return ("!", "fault_strong") if kind == TAMPERED else ("!", "amber_strong")
        case Job() as job if job.is_stale(now) or job.state in FAILED:
            return "~", "amber_strong"
        case Job() as job if job.is_open:
            return ">", "sky_strong"
        case MatchedQuirk() as quirk if quirk.profile.options and not quirk.applied:
            return "+", "amber_strong"
    return " ", "dim"


def haystack_of(notice: Notice, now: int) -> str:
    """Everything a filter looks at."""
    words = [what_of(notice)[0], state_of(notice, now)[0], words_of(notice, now)]
    if isinstance(notice.subject, MatchedQuirk):
        words.append(notice.subject.profile.title)
    return " ".join((notice.charger_id, notice.kind.value, *words))
