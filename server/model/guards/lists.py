"""Local authorization lists: versions and sizes (LL-01, LL-02)."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.operations import SendLocalList

SMALLEST_VERSION = 1


def messages_for(charger: Charger, operation: SendLocalList) -> int:
    """How many messages the list takes: a charger may limit what it reads from one (SendLocalListMaxLength)."""
    most = charger.limit("SendLocalListMaxLength")
    return 1 if not most else max(1, -(-len(operation.entries) // most))


def why_not_list(charger: Charger, operation: SendLocalList) -> str | None:
    if operation.list_version < SMALLEST_VERSION:
        return "the list version must be 1 or higher"
    if operation.full and any(entry.status is None for entry in operation.entries):
        return "a full list cannot delete tags: leave them out of it"
    room = charger.limit("LocalAuthListMaxLength")
    if room and len(operation.entries) > room:
        return f"{len(operation.entries)} tags are too many: the charger has room for {room} (LocalAuthListMaxLength)"
    messages = messages_for(charger, operation)
    first = operation.list_version - (messages - 1)  # each message has a version of its own, the last one this
    if first < SMALLEST_VERSION:
        return f"the list takes {messages} messages (SendLocalListMaxLength): its version must be {messages} or higher"
    there = charger.local_list_version or 0
    if not operation.full and first <= there:
        return f"the charger has version {there}: a differential list must be version {there + messages} or higher"
    return None
