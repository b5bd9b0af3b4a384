"""Effects that are messages: the one a trigger asked for, and the configuration value as it is read back."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration
from server.model.event import Event, EventKind, ReadConfiguration, ReceivedMessage
from server.model.operations import ExtendedTriggerMessage, TriggerMessage
from server.model.secret import is_secret
from server.operations.expected import Expected, Failed, Limits

READ_BACK = "read back"


def of_trigger(operation: TriggerMessage | ExtendedTriggerMessage, limits: Limits) -> tuple[Expected, ...]:
    wanted, connector_id = operation.message, operation.connector_id

    def sight(charger: Charger, event: Event | None) -> str | None:
        if event is None or event.kind is not EventKind.MESSAGE_RECEIVED:
            return None
        message = event.subject
        if not isinstance(message, ReceivedMessage) or message.message != wanted:
            return None
        if connector_id is not None and message.connector_id not in (None, connector_id):
            return None
        return f"connector {message.connector_id}" if message.connector_id is not None else ""

    return (Expected(wanted, sight, limits.message, f"no {wanted}"),)


def of_change(operation: ChangeConfiguration, limits: Limits) -> tuple[Expected, ...]:
    """Some accept a value and do not take it, or cut it short (CFG-06). Passwords cannot be read."""
    if is_secret(operation.key):
        return ()
    folded = operation.key.casefold()

    def sight(charger: Charger, event: Event | None) -> str | None:
        if event is None or not isinstance(event.subject, ReadConfiguration):
            return None
        item = next((i for i in event.subject.items if i.key.casefold() == folded), None)
        if item is None:
            return None
        if not item.known:
            return Failed(f"accepted, but the charger does not know {operation.key}")
        if item.value is None:
            return "the charger does not tell the value"
        if _tidy(item.value) == _tidy(operation.value):
            return item.value[:60]
        return Failed(f"accepted, but it is {item.value[:60]!r} and not {operation.value[:60]!r}")

    return (Expected(READ_BACK, sight, limits.read_back, "the value was not read back"),)


def _tidy(value: str) -> str:
    """Values that mean the same: blanks, quotes and capitals do not count (CFG-04), nor blanks within a list."""
    return ",".join(part.strip("\"' \t") for part in value.strip("\"' \t").split(",")).casefold()
