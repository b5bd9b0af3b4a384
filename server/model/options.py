"""What is done otherwise for one charger, because it needs it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Literal, NamedTuple, get_args

VERSIONS = ("1.6",)
Trigger = Literal["once", "never"]
PasswordForm = Literal["any", "plain", "decoded", "hex"]


class InvalidOption(ValueError):
    """An option that does not exist, or a value that it cannot have; the text is one sentence."""

    def __init__(self, name: str, message: str) -> None:
        super().__init__(f"{name}: {message}")
        self.name = name
        self.message = message


@dataclass(frozen=True, slots=True)
class Options:
    """The options of one charger, as they hold. A default is what most chargers need."""

    strict: bool = False  #: certification work: nothing is repaired, what breaks the schema gets its CALLERROR
    pin_version: str = ""  #: speak this version whatever the charger offers; empty: the first that both know
    start_delay_ms: int = 0  #: wait before StartTransaction is answered (TX-24)
    no_ping: bool = False  #: never send a WebSocket ping
    call_timeout: float = 0.0  #: s until an operation counts as not answered; 0 = the server's setting (RPC-06)
    stack_level_zero: bool = False  #: charging profiles are sent with stack level 0 (SC-04)
    grid_voltage: int = 230  #: V of a phase, by which limits become amperes or watts for chargers of one unit (SC-03)
    password_form: PasswordForm = "any"  #: how its password must come: as text, as bytes, or as their hex (SEC-04)
    settle_ms: int = 200  #: after the answer to a BootNotification nothing is asked for so long (BOOT-04)
    boot_wait_ms: int = 500  #: on a new link nothing is asked for so long, unless it boots or speaks before (BOOT-03)
    trigger_boot: Trigger = "once"  #: ask for a BootNotification that does not come (BOOT-05)
    trigger_status: Trigger = "once"  #: ask for the StatusNotification that is missing after a boot (BOOT-08)


DEFAULT = Options()
NAMES = tuple(f.name for f in fields(Options))

_LIMITS: dict[str, tuple[float, float]] = {
    "start_delay_ms": (0, 10_000),
    "call_timeout": (0, 3_600),
    "grid_voltage": (50, 1_000),
    "settle_ms": (0, 60_000),
    "boot_wait_ms": (0, 60_000),
}
_CHOICES: dict[str, tuple[str, ...]] = {
    "pin_version": ("", *VERSIONS),
    "password_form": get_args(PasswordForm),
    "trigger_boot": get_args(Trigger),
    "trigger_status": get_args(Trigger),
}
_WORDS = {"true": True, "yes": True, "on": True, "1": True, "false": False, "no": False, "off": False, "0": False}


class OptionChange(NamedTuple):
    """`value` None: back to what holds without a wish of the operator."""

    name: str
    value: bool | int | float | str | None


def read_change(name: str, value: object) -> OptionChange:
    """One option as a program or a person wrote it: typed or as text; `InvalidOption` says what is wrong."""
    if name not in NAMES:
        raise InvalidOption(name, f"there is no such option; known are {', '.join(NAMES)}")
    if value is None or (isinstance(value, str) and value.strip().lower() == "default"):
        return OptionChange(name, None)
    default = getattr(DEFAULT, name)
    if isinstance(default, bool):
        return OptionChange(name, _boolean(name, value))
    if name in _LIMITS:
        return OptionChange(name, _number(name, value))
    choices = _CHOICES[name]
    if value not in choices:
        raise InvalidOption(name, f"must be one of {', '.join(repr(c) for c in choices)}")
    return OptionChange(name, str(value))


def read_options(wanted: Mapping[str, object]) -> dict[str, object]:
    """All changes of a mapping that sets something; for stored and shipped ones."""
    changes = [read_change(name, value) for name, value in wanted.items()]
    return {change.name: change.value for change in changes if change.value is not None}


def _boolean(name: str, value: object) -> bool:
    if isinstance(value, bool):
        return value
    found = _WORDS.get(str(value).strip().lower())
    if found is None:
        raise InvalidOption(name, "must be true or false")
    return found


def _number(name: str, value: object) -> int | float:
    low, high = _LIMITS[name]
    whole = isinstance(getattr(DEFAULT, name), int)
    try:
        number = float(value) if isinstance(value, int | float | str) and not isinstance(value, bool) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or not low <= number <= high or (whole and number != int(number)):
        kind = "a whole number" if whole else "a number"
        raise InvalidOption(name, f"must be {kind} from {low:g} to {high:g}")
    return int(number) if whole else number
