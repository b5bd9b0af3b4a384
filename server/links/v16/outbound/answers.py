"""Answers that are one word in `status`."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from server.links.dialect import Payload
from server.model.command import CommandState, Reply


def by_status(accepted: Iterable[str], rejected: Iterable[str]) -> Callable[[Payload], Reply]:
    """A reader of such answers; words are compared without regard to capitals, and told in the spelling of OCPP: what
    depends on one of them must not depend on how a charger writes it. Its own spelling stands in the response."""
    known = {word.casefold(): (CommandState.ACCEPTED, word) for word in accepted}
    known |= {word.casefold(): (CommandState.REJECTED, word) for word in rejected}

    def reply(payload: Payload) -> Reply:
        status = payload.get("status")
        if not isinstance(status, str):
            return Reply(CommandState.ERROR, "", payload, "the charger answered without a status")
        found = known.get(status.strip().casefold())
        if found is None:
            told = status[:40]
            return Reply(CommandState.ERROR, told, payload, f"the charger answered {told!r}, which means nothing here")
        state, word = found
        return Reply(state, word, payload)

    return reply
