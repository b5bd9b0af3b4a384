"""What a server without a console says about its depot."""

from __future__ import annotations

import logging

import pytest

from server.core.bus import Bus
from server.model.charger import Charger
from server.model.connection import Cause, ConnectionAttempt, Doors, fix_for
from server.model.event import EventKind
from server.outlets.news import A_MINUTE, LONGEST, MINUTE_MS, News

AT = 1_000 * MINUTE_MS


@pytest.fixture
def bus(caplog: pytest.LogCaptureFixture) -> Bus:
    caplog.set_level(logging.INFO, "depot")
    bus = Bus()
    bus.listen(News())
    return bus


def attempt(cause: Cause, count: int = 1, fix: str = "type the password anew") -> ConnectionAttempt:
    return ConnectionAttempt(1, AT, "10.0.0.7:5123", "CP-9", cause, "seen", fix, count)


def test_a_refusal_is_told_once_with_what_to_do(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """Tries that are counted in the same row are no further lines, and who was let in is none."""
    for tried in (attempt(Cause.WRONG_PASSWORD), attempt(Cause.WRONG_PASSWORD, 2), attempt(Cause.CONNECTED)):
        bus.emit(EventKind.CONNECTION_CHANGED, AT, "", tried)
    assert caplog.messages == ["refused 10.0.0.7:5123 as CP-9: password wrong. type the password anew"]


def test_a_takeover_is_no_refusal(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """WS-14: the newest link was let in; each sentence begins with a capital."""
    detail = "the link from 10.0.0.7:41728 was replaced by one from 10.0.0.7:5123"
    tried = attempt(Cause.TAKEN_OVER, fix=fix_for(Cause.TAKEN_OVER, "CP-9", Doors("ws://10.0.0.5:9220"), detail))
    bus.emit(EventKind.CONNECTION_CHANGED, AT, "", tried)
    assert caplog.messages == [
        "CP-9 took over its own link. Two devices call themselves CP-9, or one dials twice: give each its own id. "
        "The link from 10.0.0.7:41728 was replaced by one from 10.0.0.7:5123"
    ]


def test_only_who_was_told_to_be_gone_is_told_to_be_back(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """After a start of the server a whole depot comes in: that is no news."""
    charger = Charger("CP-1", 1, offline_reason="link lost")
    bus.emit(EventKind.CHARGER_CONNECTED, AT, "CP-1", charger)
    bus.emit(EventKind.CHARGER_DISCONNECTED, AT, "CP-1", charger)
    bus.emit(EventKind.CHARGER_CONNECTED, AT + 90_000, "CP-1", charger)
    assert caplog.messages == ["CP-1 offline: link lost", "CP-1 back online after 90 s"]
    assert [record.levelname for record in caplog.records] == ["WARNING", "INFO"]


def test_a_depot_that_flaps_does_not_fill_the_journal(bus: Bus, caplog: pytest.LogCaptureFixture) -> None:
    """So many lines a minute; how many more there were is told in the next. No line is without end."""
    for n in range(500):
        bus.emit(EventKind.CHARGER_DISCONNECTED, AT, f"CP-{n}", Charger(f"CP-{n}", n, offline_reason="x" * 5_000))
    assert len(caplog.messages) == A_MINUTE
    assert max(map(len, caplog.messages)) == LONGEST
    bus.emit(EventKind.CHARGER_DISCONNECTED, AT + MINUTE_MS, "CP-1", Charger("CP-1", 1, offline_reason="gone"))
    assert caplog.messages[A_MINUTE:] == [
        f"{500 - A_MINUTE} more lines in that minute: see `ocpp-console get`",
        "CP-1 offline: gone",
    ]
