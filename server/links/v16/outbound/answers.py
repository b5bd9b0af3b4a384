"""Answers that are one word in `status`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.links.dialect import Payload
from server.model.command import CommandState, Reply


def by_status(accepted: Iterable[str], rejected: Iterable[str]) -> Callable[[Payload], Reply]:
    """A reader of such answers; words are compared without regard to capitals, and kept as the charger wrote them."""
    states = {word.casefold(): CommandState.ACCEPTED for word in accepted}
    states |= {word.casefold(): CommandState.REJECTED for word in rejected}

    def reply(payload: Payload) -> Reply:
        status = payload.get("status")
        if not isinstance(status, str):
            return Reply(CommandState.ERROR, "", payload, "the charger answered without a status")
        state = states.get(status.strip().casefold())
        if state is None:
            told = status[:40]
            return Reply(CommandState.ERROR, told, payload, f"the charger answered {told!r}, which means nothing here")
        return Reply(state, status, payload)

    return reply
