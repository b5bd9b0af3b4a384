"""Events reach everybody; log lines are bounded."""

from __future__ import annotations

import logging

import pytest

from server.core.bus import Bus
from server.core.logring import LogRing
from server.core.tasks import TaskOwner
from server.model.charger import Charger
from server.model.event import Event, EventKind
from server.model.log import Level


def test_one_failing_listener_does_not_stop_the_others(caplog: pytest.LogCaptureFixture) -> None:
    """The charger's message is handled whatever an outlet does."""
    bus, heard = Bus(), list[Event]()

    def broken(event: Event) -> None:
        raise RuntimeError("outlet")

    bus.listen(broken)
    bus.listen(heard.append)
    with caplog.at_level(logging.ERROR):
        bus.emit(EventKind.CHARGER_CHANGED, 0, "CP", Charger("CP", 1))

    assert [e.seq for e in heard] == [1]
    assert "a listener failed" in caplog.text


def test_unlisten_ends_delivery_and_may_be_repeated() -> None:
    """A terminal that goes away leaves nothing behind."""
    bus, heard = Bus(), list[Event]()
    unlisten = bus.listen(heard.append)
    unlisten()
    unlisten()
    bus.emit(EventKind.CHARGER_CHANGED, 0, "CP", Charger("CP", 1))

    assert heard == []


def test_listener_hears_only_the_kinds_it_named() -> None:
    """Each message of a charger is an event: who cares about boots alone costs nothing with the rest."""
    bus, boots, all_kinds = Bus(), list[Event](), list[Event]()
    bus.listen(boots.append, EventKind.CHARGER_BOOTED)
    bus.listen(all_kinds.append)
    bus.emit(EventKind.CHARGER_CHANGED, 0, "CP", Charger("CP", 1))
    bus.emit(EventKind.CHARGER_BOOTED, 0, "CP", Charger("CP", 1))

    assert [e.kind for e in boots] == [EventKind.CHARGER_BOOTED]
    assert [e.seq for e in all_kinds] == [1, 2]


def test_the_ring_forgets_the_oldest_and_says_what_is_missing() -> None:
    """A reader that was away sees from `first_seq` how much it lost."""
    ring = LogRing(capacity=3)
    for i in range(5):
        ring.add(i, Level.INFO, "CP", "in", "Heartbeat", "line %d", (i,))

    assert ring.first_seq == 3
    assert [line.text for line in ring.since(0)] == ["line 2", "line 3", "line 4"]
    assert [line.text for line in ring.since(4)] == ["line 4"]
    assert ring.since(5) == []


async def test_a_task_that_fails_is_told_once_with_its_name(caplog: pytest.LogCaptureFixture) -> None:
    """No background failure is silent, and closing the owner ends the rest."""
    import asyncio

    owner = TaskOwner("room")

    async def fail() -> None:
        raise ValueError("lost")

    async def wait_for_ever() -> None:
        await asyncio.Event().wait()

    failed = owner.spawn(fail(), "failing")
    waiting = owner.spawn(wait_for_ever(), "waiting")
    await asyncio.wait({failed})
    await owner.close()

    assert "room:failing" in caplog.text
    assert waiting.cancelled()
