"""Tries to connect, in words. Pure."""

from __future__ import annotations

from console.present.words import span
from server.model.connection import Cause, ConnectionAttempt

#: The longest cause.
CAUSE_CELLS = max(len(cause.words) for cause in Cause)


def role_of(attempt: ConnectionAttempt) -> str:
    """Connections that are over are history; failures are not."""
    return "text" if attempt.is_open or not attempt.cause.is_connection else "dim"


def cause_of(attempt: ConnectionAttempt) -> tuple[str, str]:
    if attempt.cause.is_connection:
        if attempt.is_open:
            return attempt.cause.words, "sky" if attempt.cause is Cause.CONNECTED else "amber"
        return "was connected", "dim"
    return attempt.cause.words, "amber"


def remedy_of(attempt: ConnectionAttempt) -> tuple[str, str]:
    """What to do, or how a good link ended."""
    if attempt.cause.is_connection and attempt.ended_at:
        return ended_in_words(attempt), "dim"
    return attempt.fix or "-", "text" if attempt.fix else "dim"


def ended_in_words(attempt: ConnectionAttempt) -> str:
    """`lasted 28 s: link closed by the charger (1000)`"""
    return f"lasted {span(attempt.ended_at - attempt.seen_at)}: {attempt.ended}" if attempt.ended_at else ""
