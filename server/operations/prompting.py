"""Asks chargers, once, for what they should have said by themselves (BOOT-03, BOOT-05, BOOT-08)."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import NamedTuple

from server.core.bus import Bus
from server.model.charger import Charger
from server.model.command import Command, Operation
from server.model.event import Event, EventKind
from server.model.guards import why_not
from server.model.operations import TriggerMessage
from server.model.status import Registration

BOOT = "BootNotification"
STATUS = "StatusNotification"
OPERATOR = "server"  #: who asked, in the journal of operations


class Patience(NamedTuple):
    """Seconds until a charger is asked for what it has not said."""

    boot: float = 30.0  #: after its link opened
    status: float = 15.0  #: after its boot was accepted


class Prompter:
    """Listener of the bus with one timer a charger. `submit` is that of the desk: every question is in its journal."""

    def __init__(
        self, submit: Callable[[str, Operation, str], Command], bus: Bus, patience: Patience | None = None
    ) -> None:
        self._submit = submit
        self._patience = patience or Patience()
        self._timers: dict[str, asyncio.TimerHandle] = {}
        self._asked: set[str] = set()  #: chargers that were asked for their boot
        self._unlisten = (
            bus.listen(self._connected, EventKind.CHARGER_CONNECTED),
            bus.listen(self._booted, EventKind.CHARGER_BOOTED),
            bus.listen(self._need_not_ask, EventKind.CONNECTOR_CHANGED, EventKind.CHARGER_DISCONNECTED),
            bus.listen(self._removed, EventKind.CHARGER_REMOVED),
        )

    def close(self) -> None:
        for unlisten in self._unlisten:
            unlisten()
        for timer in self._timers.values():
            timer.cancel()

    def _connected(self, event: Event) -> None:
        charger = event.subject
        if isinstance(charger, Charger) and not charger.booted_at and charger.charger_id not in self._asked:
            self._wait(charger, BOOT, self._patience.boot)

    def _booted(self, event: Event) -> None:
        charger = event.subject
        if isinstance(charger, Charger) and charger.registration is Registration.ACCEPTED:
            self._wait(charger, STATUS, self._patience.status)
        else:
            self._stop(event.charger_id)

    def _removed(self, event: Event) -> None:
        self._stop(event.charger_id)
        self._asked.discard(event.charger_id)

    def _need_not_ask(self, event: Event) -> None:
        """With every status of every charger: there is nearly always nothing to stop."""
        self._stop(event.charger_id)

    def _wait(self, charger: Charger, message: str, seconds: float) -> None:
        self._stop(charger.charger_id)
        loop = asyncio.get_running_loop()
        self._timers[charger.charger_id] = loop.call_later(seconds, self._ask, charger, message)

    def _stop(self, charger_id: str) -> None:
        timer = self._timers.pop(charger_id, None)
        if timer is not None:
            timer.cancel()

    def _ask(self, charger: Charger, message: str) -> None:
        """Never a second time for a boot, and never for one that was accepted (BOOT-05)."""
        del self._timers[charger.charger_id]
        policy = charger.options.trigger_boot if message == BOOT else charger.options.trigger_status
        question = TriggerMessage(message)
        if policy != "once" or message in charger.refused_triggers or why_not(charger, question) is not None:
            return
        if message == BOOT:
            self._asked.add(charger.charger_id)
        self._submit(charger.charger_id, question, OPERATOR)
