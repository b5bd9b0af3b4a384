"""Id tags as chargers write them: taken as they are, and noted where they are no tags (AUTH-02)."""

from __future__ import annotations

from server.core.core import Core
from server.model.charger import Charger


def id_tag(core: Core, charger: Charger, at: int, value: str) -> str:
    """The tag, unchanged. Whether it is a known one, with garbage or separators in it, the core decides."""
    if not value:
        core.peculiar.note(charger, at, "AUTH-02", "empty tag")
    elif not value.isprintable():
        core.peculiar.note(charger, at, "AUTH-02", "control characters")
    return value
