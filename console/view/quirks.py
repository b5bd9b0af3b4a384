"""Applying a quirk profile to a charger, and taking it back. No textual."""

from __future__ import annotations

from server.model.charger import Charger
from server.model.options import DEFAULT, OptionChange
from server.model.quirk import MatchedQuirk


def decidable(charger: Charger) -> list[MatchedQuirk]:
    """Those with options that can be set; the suggested ones first."""
    return sorted((q for q in charger.quirks if q.profile.options), key=lambda quirk: quirk.applied)


def toggled(charger: Charger, quirk: MatchedQuirk) -> list[OptionChange]:
    """The changes that apply the quirk, or take back what it sets."""
    change = _undone if quirk.applied else _applied
    return [change(charger, quirk, name, value) for name, value in quirk.profile.options.items()]


def _applied(charger: Charger, quirk: MatchedQuirk, name: str, value: object) -> OptionChange:
    """A harmless profile holds by itself: it is enough that the operator wishes nothing else."""
    assert value is None or isinstance(value, bool | int | float | str)
    return OptionChange(name, None if quirk.profile.harmless else value)


def _undone(charger: Charger, quirk: MatchedQuirk, name: str, value: object) -> OptionChange:
    """Without the operator's wish it would come back where a harmless profile that fits sets it."""
    comes_back = any(q.profile.harmless and name in q.profile.options for q in charger.quirks)
    return OptionChange(name, getattr(DEFAULT, name) if comes_back else None)
