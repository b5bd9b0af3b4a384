"""Configuration keys of a charger."""

from __future__ import annotations

from typing import NamedTuple


class ConfigItem(NamedTuple):
    """One key as the charger reported it. `value` None: write-only, or not given."""

    key: str
    value: str | None
    readonly: bool
    known: bool = True  #: False: the charger said it does not know the key
