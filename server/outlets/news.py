"""What happens in the depot, on stderr of a server without a console: so that `journalctl` shows it.

A line each for who was refused or took over a link, who went offline and came back, and faults as they open and clear.
"""

from __future__ import annotations

import logging

from server.model.charger import Charger
from server.model.connection import Cause, ConnectionAttempt
from server.model.event import Event, EventKind
from server.model.fault import Fault

#: Outside `ocpp_console`: the live tail of the console has lines of its own for all of this.
log = logging.getLogger("depot")

#: Lines a minute; what is more is counted.
A_MINUTE = 60
MINUTE_MS = 60_000
LONGEST = 300  #: characters of a line


class News:
    """A listener of the bus, for `KINDS`. Controls in foreign text are made visible by the formatter of the log."""

    KINDS = (
        EventKind.CONNECTION_CHANGED,
        EventKind.CHARGER_DISCONNECTED,
        EventKind.CHARGER_CONNECTED,
        EventKind.CHARGER_REMOVED,
        EventKind.FAULT_OPENED,
        EventKind.FAULT_CLEARED,
    )

    def __init__(self) -> None:
        self._offline_since: dict[str, int] = {}  #: chargers that were told to be offline
        self._minute = 0
        self._told = 0
        self._left_out = 0

    def __call__(self, event: Event) -> None:
        match event.kind, event.subject:
            case EventKind.CONNECTION_CHANGED, ConnectionAttempt() as attempt:
                if not attempt.cause.is_connection and attempt.count == 1:
                    self._tell(event.at, logging.WARNING, _tried(attempt))
            case EventKind.CHARGER_DISCONNECTED, Charger() as charger:
                self._offline_since[charger.charger_id] = event.at
                self._tell(event.at, logging.WARNING, f"{charger.charger_id} offline: {charger.offline_reason}")
            case EventKind.CHARGER_CONNECTED, Charger() as charger:
                if (since := self._offline_since.pop(charger.charger_id, None)) is not None:
                    lasted = _seconds(event.at - since)
                    self._tell(event.at, logging.INFO, f"{charger.charger_id} back online after {lasted}")
            case EventKind.CHARGER_REMOVED, _:
                self._offline_since.pop(event.charger_id, None)
            case EventKind.FAULT_OPENED, Fault() as fault:
                self._tell(event.at, logging.WARNING, f"{_place(fault)} {fault.severity.value}: {_words(fault)}")
            case EventKind.FAULT_CLEARED, Fault() as fault:
                lasted = _seconds(fault.cleared_at - fault.opened_at)
                self._tell(event.at, logging.INFO, f"{_place(fault)} recovered: {fault.error_code} after {lasted}")

    def _tell(self, at: int, level: int, text: str) -> None:
        if at // MINUTE_MS != self._minute:
            if self._left_out:
                log.warning("%d more lines in that minute: see `ocpp-console get`", self._left_out)
            self._minute, self._told, self._left_out = at // MINUTE_MS, 0, 0
        self._told += 1
        if self._told > A_MINUTE:
            self._left_out += 1
        else:
            log.log(level, "%s", text[:LONGEST])


def _tried(attempt: ConnectionAttempt) -> str:
    if attempt.cause is Cause.TAKEN_OVER:  # the new link was let in
        return f"{attempt.charger_id or 'a charger'} took over its own link. {attempt.fix}"
    who = f"{attempt.peer} as {attempt.charger_id}" if attempt.charger_id else attempt.peer
    return f"refused {who}: {attempt.cause.words}. {attempt.fix}"


def _place(fault: Fault) -> str:
    return f"{fault.charger_id} connector {fault.connector_id}" if fault.connector_id else fault.charger_id


def _words(fault: Fault) -> str:
    return " ".join(filter(None, (fault.error_code, fault.vendor_error_code, fault.info)))


def _seconds(ms: int) -> str:
    return f"{max(0, ms) / 1000:.0f} s"
