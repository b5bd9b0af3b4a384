"""What is known of certain chargers: shipped with the product, matched by what a charger says and does."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class QuirkProfile:
    """One peculiarity. It fits by vendor, model and firmware, all that are given; or by what was observed."""

    name: str  #: unique, `wallbox-settle`
    title: str  #: whose: "Wallbox, firmware 6"
    why: str  #: one sentence: what these chargers do, and what helps
    sources: tuple[str, ...]  #: ids of the catalogue, `Q21`
    vendor: re.Pattern[str] | None = None
    model: re.Pattern[str] | None = None
    firmware: re.Pattern[str] | None = None
    rules: Mapping[str, int] = field(default_factory=dict)  #: rule -> how often it must have been broken, all of them
    options: Mapping[str, object] = field(default_factory=dict)  #: that help; empty: advice alone
    harmless: bool = False  #: the options are set without asking


class MatchedQuirk(NamedTuple):
    """`applied`: its options hold, set by themselves or by the operator."""

    profile: QuirkProfile
    because: str  #: "vendor, model" or "MV-12 seen"
    applied: bool
