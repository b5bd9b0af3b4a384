"""Messages that the charger was asked for: which of those it sends are the answer to a trigger."""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping
from typing import Any

from server.links.dialect import Trigger
from server.model.event import ReceivedMessage

#: Requests that may wait; one whose message never came is forgotten by then.
MAX_ASKED = 32


class Asked(deque[Trigger]):
    """Empty, and false, nearly always: a link looks here with each message."""

    def __init__(self) -> None:
        super().__init__(maxlen=MAX_ASKED)

    def take(self, action: str, payload: Mapping[str, Any]) -> ReceivedMessage | None:
        """The oldest request that this message answers is done; None when none asked for it."""
        told = payload.get("connectorId")
        connector_id = told if isinstance(told, int) else None
        for request in self:
            if action in request.actions and connector_id in (None, request.connector_id or connector_id):
                self.remove(request)
                return ReceivedMessage(request.message, connector_id)
        return None
