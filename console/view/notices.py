"""What is noticed about all chargers, as one list: jobs, security events, quirks, plans, deviations. No textual."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from console.view.told import Told
from server.model.charger import Charger
from server.model.deviation import Deviation
from server.model.job import Job
from server.model.profile import InstalledProfile
from server.model.quirk import MatchedQuirk
from server.model.reservation import Reservation
from server.model.security_event import SecurityEvent


class NoticeKind(StrEnum):
    """In the order in which they stand in the list."""

    SECURITY = "security"
    JOB = "jobs"
    QUIRK = "quirks"
    PLAN = "plans"  #: reservations and charging profiles
    DEVIATION = "deviations"

    @property
    def things(self) -> str:
        """What its rows are, many of them."""
        return "security events" if self is NoticeKind.SECURITY else self.value

    def counted(self, count: int) -> str:
        return f"{count} {self.things if count != 1 else self.things.removesuffix('s')}"


Subject = SecurityEvent | Job | MatchedQuirk | Reservation | InstalledProfile | Deviation


@dataclass(frozen=True, slots=True)
class Notice:
    """One row. `first_at` decides its place, so that news of it move nothing; `key` is what the cursor stays on.

    Both times are 0 where nobody knows them.
    """

    key: Hashable
    kind: NoticeKind
    charger_id: str
    first_at: int
    last_at: int
    count: int
    subject: Subject


class Noticing(Protocol):
    """The part of the site that is asked."""

    @property
    def chargers(self) -> Mapping[str, Charger]: ...
    def deviations(self, charger_id: str = "", limit: int = 1_000) -> list[Deviation]: ...


def notices_of(site: Noticing, told: Told, kind: NoticeKind | None = None) -> list[Notice]:
    """All of them, or one kind: kind by kind, and the one that appeared last first."""
    found: list[Notice] = []
    for wanted in [kind] if kind is not None else list(NoticeKind):
        found += sorted(_of_kind(site, told, wanted), key=lambda n: (_is_advice(n), -n.first_at))
    return found if kind is not None else [n for n in found if not _is_advice(n)]


def _is_advice(notice: Notice) -> bool:
    """Nothing to decide, and the same for all chargers of a make: only among the quirks."""
    return isinstance(notice.subject, MatchedQuirk) and not notice.subject.profile.options


def _of_kind(site: Noticing, told: Told, kind: NoticeKind) -> Iterator[Notice]:
    match kind:
        case NoticeKind.SECURITY:
            for event in told.security():
                yield Notice(event, kind, event.charger_id, event.at, event.at, 1, event)
        case NoticeKind.JOB:
            for job in told.jobs():
                yield Notice(("job", job.job_id), kind, job.charger_id, job.opened_at, job.changed_at, 1, job)
        case NoticeKind.QUIRK:
            for charger in site.chargers.values():
                yield from _quirks(site, charger)
        case NoticeKind.PLAN:
            yield from _plans(site, told)
        case NoticeKind.DEVIATION:
            for line in site.deviations():
                key = (line.charger_id, line.rule, line.detail)
                yield Notice(key, kind, line.charger_id, line.first_at, line.last_at, line.count, line)


def _quirks(site: Noticing, charger: Charger) -> Iterator[Notice]:
    for quirk in charger.quirks:
        key = (charger.charger_id, quirk.profile.name)
        first_at, last_at = _seen(site, charger.charger_id, quirk.profile.rules)
        yield Notice(key, NoticeKind.QUIRK, charger.charger_id, first_at, last_at, 1, quirk)


def _seen(site: Noticing, charger_id: str, rules: Collection[str]) -> tuple[int, int]:
    """Since when a charger breaks all of `rules`, and when it did last; zeros when it does not, or there are none."""
    lines = [line for line in site.deviations(charger_id) if line.rule in rules] if rules else []
    first: dict[str, int] = {}
    for line in lines:
        first[line.rule] = min(line.first_at, first.get(line.rule, line.first_at))
    if not lines or len(first) < len(rules):
        return 0, 0
    return max(first.values()), max(line.last_at for line in lines)


def _plans(site: Noticing, told: Told) -> Iterator[Notice]:
    for r in told.reservations():
        key = (r.charger_id, r.reservation_id, r.made_at)
        yield Notice(key, NoticeKind.PLAN, r.charger_id, r.made_at, r.ended_at or r.made_at, 1, r)
    for charger in site.chargers.values():
        for slot, kept in charger.profiles.items():
            at, mine = kept.installed_at, charger.charger_id
            yield Notice((mine, slot), NoticeKind.PLAN, mine, at, at, 1, kept)


def next_kind(kind: NoticeKind | None, step: int) -> NoticeKind | None:
    """The next one to look at, None = all of them."""
    turn: Sequence[NoticeKind | None] = (None, *NoticeKind)
    return turn[(turn.index(kind) + step) % len(turn)]
