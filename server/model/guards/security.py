"""What would make a charger less secure."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration

KEY = "securityprofile"


def why_not_profile_key(charger: Charger, operation: ChangeConfiguration) -> str | None:
    """A security profile is never lowered over OCPP (SEC-08): on site only, by who stands at the charger."""
    value = operation.value.strip()
    if operation.key.strip().casefold() != KEY or not (value.isascii() and value.isdigit()):
        return None
    now = max(charger.security_profile, charger.limit(KEY) or 0)
    if int(value) < now:
        return f"its security profile is {now}: it is never lowered over OCPP"
    return None
