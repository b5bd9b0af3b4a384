"""Times of the charger, read in any form; the form and the clock behind it are noted (rules HB-02 to HB-04)."""

from __future__ import annotations

from server.core.core import Core
from server.links.v16.times import read_time
from server.model.charger import Charger


def station_time(core: Core, charger: Charger, at: int, value: object) -> int | None:
    """What the charger says the time was, ms; None where it gave none or nonsense."""
    if value is None:
        return None
    claimed = read_time(value)
    if claimed is None:
        core.peculiar.note(charger, at, "HB-02", "no time")
        return None
    if not is_plain(value) and (odd := _odd_form(value)):
        core.peculiar.note(charger, at, "HB-02", odd)
    core.peculiar.heard_time(charger, at, claimed)
    return claimed


def is_plain(value: object) -> bool:
    """Written as nearly all chargers do: `2026-11-21T10:42:07.123Z`."""
    return isinstance(value, str) and value[-1:] == "Z" and value[10:11] == "T"


def _odd_form(value: object) -> str:
    """What is unusual in how a time is written that is not plain; empty for one like `2026-11-21T10:42:07+01:00`."""
    if not isinstance(value, str):
        return "a number"
    text = value.strip()
    if text != value:
        return "blanks around it"
    if text.replace(".", "", 1).isdigit():
        return "a number"
    if text[10:11] != "T":
        return "no T"
    if text[-6:-5] in ("+", "-") and text[-3:-2] == ":":
        return ""
    if any(sign in text[19:] for sign in "+-") or text[-1:] in "zZ" or text.upper().endswith("UTC"):
        return "zone in another form"
    return "no zone"
