"""What a fault means and what to do first, from the data file beside this module.

Keyed by (vendor id, code): the 16 codes of OCPP 1.6 (edition 2, section 7.6) have an empty vendor id.
"""

from __future__ import annotations

import tomllib
from functools import cache
from importlib import resources
from typing import NamedTuple


class FaultHelp(NamedTuple):
    """Text for one code. `checks`: the first checks on site, in order. `danger`: empty when there is none."""

    code: str
    meaning: str
    first_action: str
    checks: tuple[str, ...] = ()
    danger: str = ""


def help_for(error_code: str, vendor_id: str = "", vendor_error_code: str = "") -> FaultHelp:
    """Help for a fault: the vendor's own code first, then the OCPP code, then a general word. Never fails."""
    table = _table()
    for key in ((vendor_id, vendor_error_code), ("", error_code)):
        if key[1] and (found := table.get(key)) is not None:
            return found
    return FaultHelp(
        error_code,
        "The charger reports a code that is not in the catalogue.",
        "Look the code up in the charger's manual, then reset the charger once.",
    )


@cache
def _table() -> dict[tuple[str, str], FaultHelp]:
    text = resources.files("server.model").joinpath("fault_help.toml").read_text(encoding="utf-8")
    return {
        (entry.get("vendor_id", ""), entry["code"]): FaultHelp(
            entry["code"],
            entry["meaning"],
            entry["first_action"],
            tuple(entry.get("checks", ())),
            entry.get("danger", ""),
        )
        for entry in tomllib.loads(text)["fault"]
    }
