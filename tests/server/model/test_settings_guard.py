"""How long a list in a configuration key may be."""

from __future__ import annotations

from dataclasses import replace

import pytest

from server.model.command import ChangeConfiguration
from server.model.configuration import ConfigItem
from server.model.guards import consequences, why_not
from tests.server.model.test_guards import depot_charger

SAMPLED = "MeterValuesSampledData"
THREE = "Power.Active.Import, Voltage,Current.Import"


@pytest.mark.parametrize(
    ("told", "strict", "key", "value", "reason", "warned"),
    [
        (None, False, SAMPLED, THREE, None, True),
        (None, True, SAMPLED, THREE, f"3 entries are too many: the charger does not tell {SAMPLED}MaxLength", False),
        (None, True, SAMPLED, "Voltage", None, False),
        (None, True, SAMPLED, "Voltage,", None, False),
        (None, True, "VendorText", "a,b,c", None, False),
        ("2", False, SAMPLED, THREE, f"3 entries are too many: the charger takes 2 ({SAMPLED}MaxLength)", False),
        ("3", True, SAMPLED, THREE, None, False),
        ("0", False, SAMPLED, THREE, None, False),
        ("many", False, SAMPLED, THREE, None, True),
    ],
)
def test_entries_of_a_list(
    told: str | None, strict: bool, key: str, value: str, reason: str | None, warned: bool
) -> None:
    """CFG-07: where it says nothing one is safe, more is warned of, or refused when strict."""
    charger = depot_charger()
    charger.options = replace(charger.options, strict=strict)
    if told is not None:
        limit = f"{SAMPLED}maxlength"
        charger.configuration = {limit.casefold(): ConfigItem(limit, told, True)}
    change = ChangeConfiguration(key, value)
    found = why_not(charger, change)
    assert found is None if reason is None else found is not None and found.startswith(reason)
    if found is None:
        assert bool(consequences(charger, change)) == warned
