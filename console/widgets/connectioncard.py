"""The card of one try to connect: what was seen, and the whole sentence that fixes it."""

from __future__ import annotations

from console.present.connections import ended_in_words
from console.present.words import clock, day_and_clock
from console.widgets.sections import Lines, Page
from console.widgets.window import WindowPane
from server.model.connection import ConnectionAttempt, host_of

LABEL = 14  #: cells


class ConnectionCard(WindowPane):
    DEFAULT_CSS = "ConnectionCard { width: 1fr; }"

    def show(self, attempt: ConnectionAttempt | None, now: int, is_whole: bool = True) -> None:
        """The whole card, or what fits below the list."""
        lines: Lines = []
        if attempt is not None and is_whole:
            lines = draw(Page(self.look, self.size.width, now, "ground"), attempt)
        elif attempt is not None:
            lines = draw_brief(Page(self.look, self.size.width, now), attempt, self.size.height)
        self._page = [line.strip() for line in lines]
        self.scroll_rows(0)


def draw(page: Page, attempt: ConnectionAttempt) -> Lines:
    """Head, what to do, then the facts."""
    is_good = attempt.cause.is_connection
    head = page.line().put(attempt.cause.words, "sky" if is_good else "amber_strong")
    head.to(head.column + 3).left(attempt.charger_id or "no charger id", max(0, page.end - head.column), "strong")
    lines: Lines = [page.line(), head, page.line()]
    lines.append(page.line().put("WHAT TO DO", "dim"))
    lines += [page.line().put(part) for part in page.wrapped(attempt.fix or "Nothing: this is as it should be.")]
    lines.append(page.line())
    for label, value in _facts(page, attempt):
        for i, part in enumerate(page.wrapped(value, LABEL)):
            line = page.line().put(label if i == 0 else "", "muted").to(page.left + LABEL)
            lines.append(line.put(part))
    return lines


def draw_brief(page: Page, attempt: ConnectionAttempt, height: int) -> Lines:
    """Who, what to do, and what was seen, in `height` lines."""
    is_good = attempt.cause.is_connection
    head = page.line().put(attempt.cause.words, "sky" if is_good else "amber_strong")
    facts = [attempt.charger_id or "no charger id", host_of(attempt.peer)]
    if attempt.count > 1:
        facts.append(f"{attempt.count} times since {day_and_clock(attempt.at, page.now).strip()}")
    head.to(head.column + 3).left("   ".join(facts), max(0, page.end - head.column), "muted")
    fix = page.wrapped(attempt.fix or "Nothing: this is as it should be.")
    seen = page.wrapped(ended_in_words(attempt) or attempt.detail) if attempt.detail or attempt.ended_at else []
    lines: Lines = [page.line(), head, *(page.line().put(part, "strong") for part in fix)]
    lines += [page.line().put(part, "muted") for part in seen[: max(0, height - len(lines))]]
    lines += [page.line() for _ in range(height - len(lines))]
    return lines[:height]


def _facts(page: Page, attempt: ConnectionAttempt) -> list[tuple[str, str]]:
    last = day_and_clock(attempt.seen_at, page.now)
    first = day_and_clock(attempt.at, page.now)
    times = f"{attempt.count} times, first {first}, last {last}" if attempt.count > 1 else last
    facts = [("from", attempt.peer), ("when", times), ("seen", attempt.detail)]
    if attempt.cause.is_connection:
        facts.append(("profile", str(attempt.profile)))
    if attempt.ended_at:
        facts.append(("ended", f"{clock(attempt.ended_at)}, {ended_in_words(attempt)}"))
    return [(label, value) for label, value in facts if value]
