"""Events to everybody who asked, in order, at once.

Listeners run inside the handling of a charger's message: they may append to a list or mark something dirty, nothing
that takes time. One that raises is told to the log and does not stop the others.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

from server.model.event import Event, EventKind, Subject

log = logging.getLogger("ocpp_console.bus")

Listener = Callable[[Event], None]


class Bus:
    def __init__(self) -> None:
        self.seq = 0
        self._listeners: list[Listener] = []

    def listen(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` with every event from now on; the answer ends that."""
        self._listeners.append(listener)

        def unlisten() -> None:
            if listener in self._listeners:
                self._listeners.remove(listener)

        return unlisten

    def emit(self, kind: EventKind, at: int, charger_id: str, subject: Subject) -> None:
        self.seq += 1
        event = Event(self.seq, at, kind, charger_id, subject)
        for listener in self._listeners:
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s of %s", kind, charger_id)
