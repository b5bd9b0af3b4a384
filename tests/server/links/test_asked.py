"""What a charger was asked for: which of its messages answer, and until when."""

from __future__ import annotations

from server.links.asked import FORGOTTEN_AFTER_MS, MAX_ASKED, Asked
from server.links.dialect import Trigger
from server.model.event import ReceivedMessage

STATUS = Trigger(("StatusNotification",), "StatusNotification", 2)
BOOT = Trigger(("BootNotification",), "BootNotification", None)


def test_trg01_one_message_answers_one_request() -> None:
    """TRG-01: of the connector that was asked, or of none; the second one was not asked for."""
    asked = Asked()
    asked.add(STATUS, 0)
    assert asked.take("Heartbeat", {}, 1) is None
    assert asked.take("StatusNotification", {"connectorId": 1}, 1) is None
    assert asked.take("StatusNotification", {"connectorId": 2}, 1) == ReceivedMessage("StatusNotification", 2)
    assert asked.take("StatusNotification", {"connectorId": 2}, 1) is None and not asked


def test_what_never_came_is_forgotten() -> None:
    """It outlives the link, and has an end: by its time, and by what was asked since."""
    asked = Asked()
    asked.add(BOOT, 0)
    assert asked.take("BootNotification", {}, FORGOTTEN_AFTER_MS + 1) is None and not asked
    for at in range(MAX_ASKED + 5):
        asked.add(STATUS, at)
    assert len(asked) == MAX_ASKED
    asked.add(BOOT, FORGOTTEN_AFTER_MS * 2)
    assert asked.take("BootNotification", {}, FORGOTTEN_AFTER_MS * 2) == ReceivedMessage("BootNotification", None)
    assert not asked
