"""One operation as several messages, where a charger takes only so much in one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from server.model.charger import Charger
from server.model.command import CommandState, GetConfiguration, Operation, Reply
from server.model.operations import SendLocalList


def parts_of(operation: Operation, charger: Charger) -> tuple[Operation, ...]:
    """What is sent for `operation`, in this order; nearly always itself alone."""
    match operation:
        case GetConfiguration(keys=keys):
            most = charger.limit("GetConfigurationMaxKeys")
            if most and len(keys) > most:  # CFG-02
                return tuple(GetConfiguration(keys[i : i + most]) for i in range(0, len(keys), most))
        case SendLocalList():
            return _list_parts(operation, charger.limit("SendLocalListMaxLength") or len(operation.entries))
    return (operation,)


def _list_parts(whole: SendLocalList, most: int) -> tuple[Operation, ...]:
    """The first as it was asked for, the rest as changes to it. Each has its own version, and the last one the
    version that was asked for: a differential list must be newer than what is there (LL-01)."""
    entries = [whole.entries[i : i + most] for i in range(0, len(whole.entries), most or 1)] or [()]
    first = whole.list_version - (len(entries) - 1)
    return tuple(
        replace(whole, list_version=first + i, full=whole.full and i == 0, entries=part)
        for i, part in enumerate(entries)
    )


def joined(replies: Sequence[Reply]) -> Reply:
    """One reply for all parts; the last one decides, because nothing is sent after a part that was not accepted."""
    last = replies[-1]
    if len(replies) == 1:
        return last
    last = last._replace(latency_ms=sum(reply.latency_ms or 0 for reply in replies))
    if last.state is not CommandState.ACCEPTED:
        why = last.error or f"the charger answered {last.status}"
        return last._replace(error=f"part {len(replies)}: {why}")
    response: dict[str, object] = {}
    for reply in replies:
        for name, value in (reply.response or {}).items():
            before = response.get(name)
            response[name] = [*before, *value] if isinstance(before, list) and isinstance(value, list) else value
    return last._replace(response=response, items=tuple(item for reply in replies for item in reply.items))
