"""What is sent, changed for chargers that need it otherwise; and what is odd in their answers."""

from __future__ import annotations

from server.links.dialect import Payload
from server.links.v16.normalise import normalise
from server.links.v16.schemas import validator
from server.model.options import Options

#: Where a message carries a charging profile.
_PROFILES = ("chargingProfile", "csChargingProfiles")


def shape(payload: Payload, options: Options) -> Payload:
    """The payload as this charger needs it; the very same object for nearly all."""
    if not options.stack_level_zero:
        return payload
    shaped = dict(payload)
    for name in _PROFILES:
        if isinstance(profile := shaped.get(name), dict):
            shaped[name] = profile | {"stackLevel": 0}  # SC-04
    if "stackLevel" in shaped:  # of ClearChargingProfile: it was set with 0
        shaped["stackLevel"] = 0
    return shaped


def check_answer(action: str, payload: object) -> tuple[str, ...]:
    """Deviations of an answer to us (RPC-19); its content is used all the same."""
    name = f"{action}Response"
    if validator(name).is_valid({} if payload is None else payload):
        return ()
    return normalise(name, payload)[1] or ("RPC-19:payload",)
