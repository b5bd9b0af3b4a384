"""The window on the log: follow, stand still, filter, and what the ring forgot."""

from __future__ import annotations

import time

from console.view.logview import SLICE_LINES, LogView
from server.core.logring import LogRing
from server.model.log import Level


def add(ring: LogRing, count: int, charger: str = "CP-1", level: Level = Level.INFO, direction: str = "in") -> None:
    for _ in range(count):
        ring.add(ring.seq, level, charger, direction, "MeterValues", "line %d of %s", (ring.seq + 1, charger))


def shown(view: LogView, height: int = 10) -> list[int]:
    return [line.seq for line in view.window(height)]


def scan(view: LogView) -> None:
    while view.scan():
        pass


def test_following_shows_the_newest_lines() -> None:
    """The last line is at the bottom, always."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 30)
    assert view.pull()
    assert shown(view) == list(range(21, 31))


def test_standing_still_never_moves() -> None:
    """After one step up, the same lines stay while thousands arrive; they are counted."""
    ring = LogRing(1_000)
    view = LogView(ring, 1_000)
    add(ring, 100)
    view.pull()
    view.move(-1, 10)
    before = shown(view)
    for _ in range(60):
        add(ring, 100)
        view.pull()
        assert shown(view) == before
    assert not view.following and view.new == 6_000
    assert len(view.lines) <= 1_000 + 100


def test_moving_down_does_not_follow_by_itself() -> None:
    """Only G, end or f do: somebody who reads the last line keeps it."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 30)
    view.pull()
    view.move(-1, 10)
    view.move(+5, 10)
    before = shown(view)
    add(ring, 5)
    view.pull()
    assert shown(view) == before
    view.follow()
    assert shown(view)[-1] == 35 and view.new == 0


def test_follow_after_a_full_pause_shows_the_newest() -> None:
    """Lines that were only counted come back out of the ring."""
    ring = LogRing(100)
    view = LogView(ring, 100)
    add(ring, 50)
    view.pull()
    view.to_first(10)
    for _ in range(10):
        add(ring, 50)
        view.pull()
    view.follow()
    scan(view)
    assert shown(view)[-1] == ring.seq
    assert len(view.lines) == 100


def test_lines_that_the_ring_forgot_are_counted() -> None:
    """A view that was not looked at for long tells what it missed."""
    ring = LogRing(100)
    view = LogView(ring)
    add(ring, 10)
    view.pull()
    add(ring, 250)
    view.pull()
    assert view.dropped == 150
    assert len(view.lines) == 110


def test_level_direction_and_charger_restrict() -> None:
    """All of them at once."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 5, "CP-1")
    add(ring, 5, "CP-2", Level.ERROR)
    add(ring, 5, "CP-2", Level.ERROR, "out")
    add(ring, 5, "CP-2", Level.DEBUG)
    view.set_level(Level.WARNING)
    view.set_charger("CP-2")
    view.next_direction()
    scan(view)
    assert [line.seq for line in view.lines] == [6, 7, 8, 9, 10]


def test_filter_looks_through_the_whole_ring_in_slices() -> None:
    """10,000 lines and a regular expression: no slice takes long, nothing arrives twice, the order holds."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 10_000)
    view.pull()
    view.set_filter(r"/line \d*77 of/")
    longest = 0.0
    slices = 1
    while True:
        begin = time.thread_time()
        more = view.scan()
        longest = max(longest, time.thread_time() - begin)
        if slices == 3:
            ring.add(0, Level.INFO, "CP-1", "in", "X", "line 977 of CP-1")
            view.pull()
        slices += 1
        if not more:
            break
    seqs = [line.seq for line in view.lines]
    assert seqs == sorted(set(seqs))
    assert seqs == [n for n in range(1, 10_001) if str(n).endswith("77")] + [10_001]
    assert slices > 10_000 // SLICE_LINES
    assert longest < 0.02


def test_filter_that_is_scanned_while_standing_still_does_not_move() -> None:
    """Older matches come in above the window."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 5_000)
    view.pull()
    view.set_filter("line")
    view.scan()
    view.move(-3, 10)
    before = shown(view)
    scan(view)
    assert shown(view) == before
    chosen = view.chosen()
    assert chosen is not None and chosen.seq == before[6]


def test_paging_moves_by_the_window() -> None:
    """Up and down come back to the same lines; the ends hold."""
    ring = LogRing()
    view = LogView(ring)
    add(ring, 100)
    view.pull()
    view.page(-1, 10)
    first = shown(view)
    view.page(-1, 10)
    view.page(+1, 10)
    assert shown(view) == first
    for _ in range(30):
        view.page(-1, 10)
    assert shown(view)[0] == 1
    for _ in range(30):
        view.page(1, 10)
    assert shown(view)[-1] == 100
