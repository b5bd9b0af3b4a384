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
        self._listeners: list[tuple[Listener, frozenset[EventKind]]] = []
        self._of: dict[EventKind, tuple[Listener, ...]] = dict.fromkeys(EventKind, ())

    def listen(self, listener: Listener, *kinds: EventKind) -> Callable[[], None]:
        """Call `listener` with every event from now on, or with those of `kinds`; the answer ends that."""
        entry = (listener, frozenset(kinds or EventKind))
        self._listeners.append(entry)
        self._sort()

        def unlisten() -> None:
            if entry in self._listeners:
                self._listeners.remove(entry)
                self._sort()

        return unlisten

    def _sort(self) -> None:
        """Who is called for what: looked up with each message, changed with each terminal."""
        self._of = {kind: tuple(who for who, what in self._listeners if kind in what) for kind in EventKind}

    def emit(self, kind: EventKind, at: int, charger_id: str, subject: Subject) -> None:
        self.seq += 1
        event = Event(self.seq, at, kind, charger_id, subject)
        for listener in self._of[kind]:
            try:
                listener(event)
            except Exception:
                log.exception("a listener failed on %s of %s", kind, charger_id)
