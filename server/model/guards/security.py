"""What would make a charger less secure."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.command import ChangeConfiguration

KEY = "securityprofile"
HIGHEST = 3
#: By the highest profile of a server: what it must have for more.
_LACKS = {
    1: "TLS, set security.certificate",
    2: "a CA for certificates of chargers, set security.client_ca",
    3: "such a profile, 3 is the highest",
}
_COMES = {1: "with its password", 2: "over wss:// with its password", 3: "over wss:// with its certificate"}


def why_not_profile_key(charger: Charger, operation: ChangeConfiguration, highest: int) -> str | None:
    """A security profile is never lowered over OCPP (SEC-08): on site only, by who stands at the charger.

    So a charger that is given one with which it cannot come in here is lost: `highest` is what this server has.
    """
    wanted = _profile_in(operation)
    if wanted is None:
        return None
    now = max(charger.security_profile, charger.limit(KEY) or 0)
    if wanted < now:
        return f"its security profile is {now}: it is never lowered over OCPP"
    if wanted > highest:
        return f"it could not come back: this server lacks {_LACKS[highest]}"
    return None


def of_profile_key(operation: ChangeConfiguration) -> list[str]:
    """The warning before a charger is to come another way from now on."""
    wanted = _profile_in(operation)
    if not wanted:
        return []
    return [f"From its next connection on it comes {_COMES[min(wanted, 3)]}, or not at all; undone on site only."]


def _profile_in(operation: ChangeConfiguration) -> int | None:
    value = operation.value.strip()
    is_one = operation.key.strip().casefold() == KEY and value.isascii() and value.isdigit()
    return int(value) if is_one else None
