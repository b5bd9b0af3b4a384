"""Which shipped quirk profiles fit a charger, and the options that follow from them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace

from server.model.charger import Charger
from server.model.options import DEFAULT, Options
from server.model.quirk import MatchedQuirk, QuirkProfile


def judge(profiles: Iterable[QuirkProfile], charger: Charger, rules: Mapping[str, int]) -> None:
    """Bring `charger.quirks` and `charger.options` up to date. `rules`: how often it broke which rule.

    What the operator set counts before what a profile sets, and that before the default.
    """
    fitting = [(profile, why) for profile in profiles if (why := _because(profile, charger, rules))]
    wanted: dict[str, object] = {}
    for profile, _ in fitting:
        if profile.harmless:
            wanted |= profile.options
    charger.options = replace(DEFAULT, **(wanted | charger.own_options))  # type: ignore[arg-type]  # read_options checked
    charger.quirks = tuple(MatchedQuirk(p, why, _holds(p.options, charger.options)) for p, why in fitting)


def thresholds(profiles: Iterable[QuirkProfile]) -> frozenset[int]:
    """Counts at which a deviation may make a profile fit."""
    return frozenset(count for profile in profiles for count in profile.rules.values())


def _because(profile: QuirkProfile, charger: Charger, rules: Mapping[str, int]) -> str:
    """Why the profile fits, empty when it does not."""
    patterns = {
        "vendor": (profile.vendor, charger.vendor),
        "model": (profile.model, charger.model),
        "firmware": (profile.firmware, charger.firmware),
    }
    given = [name for name, (pattern, _) in patterns.items() if pattern is not None]
    if given and all(p.search(text) for p, text in patterns.values() if p is not None):
        return ", ".join(given)
    if profile.rules and all(rules.get(rule, 0) >= count for rule, count in profile.rules.items()):
        return ", ".join(f"{rule} seen" for rule in profile.rules)
    return ""


def _holds(wanted: Mapping[str, object], options: Options) -> bool:
    return bool(wanted) and all(getattr(options, name) == value for name, value in wanted.items())
