"""Messages that the charger was asked for: which of those it sends are the answer to a trigger."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from server.links.dialect import Trigger
from server.model.event import ReceivedMessage

#: Requests that may wait; one whose message never came is forgotten by then.
MAX_ASKED = 32
#: By then nobody waits for the message any more, on whatever link it comes.
FORGOTTEN_AFTER_MS = 300_000


class Asked(deque[tuple[int, Trigger]]):
    """Empty, and false, nearly always: a link looks here with each message. Outlives the link, as `Replays` do."""

    def __init__(self) -> None:
        super().__init__(maxlen=MAX_ASKED)

    def add(self, request: Trigger, at: int) -> None:
        self.append((at, request))

    def take(self, action: str, payload: Mapping[str, Any], at: int) -> ReceivedMessage | None:
        """The oldest request that this message answers is done; None when none asked for it."""
        told = payload.get("connectorId")
        connector_id = told if isinstance(told, int) else None
        while self and at - self[0][0] > FORGOTTEN_AFTER_MS:
            self.popleft()
        for known in self:
            request = known[1]
            if action in request.actions and connector_id in (None, request.connector_id or connector_id):
                self.remove(known)
                return ReceivedMessage(request.message, connector_id)
        return None
