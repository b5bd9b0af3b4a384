"""The quirk profiles that ship with the product: well formed, matched, suggested, applied where they do no harm."""

from __future__ import annotations

import re
from dataclasses import fields

import pytest

from server import quirks
from server.core.core import Core, Policy
from server.model.charger import Charger
from server.model.observation import Booted, Connected
from server.model.options import Options, read_change
from server.model.quirk import QuirkProfile
from server.model.snapshot import Snapshot

PROFILES = quirks.load()
#: Options that change nothing but when and how often we speak.
HARMLESS = {"start_delay_ms", "settle_ms", "boot_wait_ms", "call_timeout", "no_ping", "trigger_boot", "pin_version"}


@pytest.mark.parametrize("profile", PROFILES, ids=lambda p: p.name)
def test_profile_is_well_formed(profile: QuirkProfile) -> None:
    """It can match, says why in a sentence, names its source, and applies by itself only what does no harm."""
    assert profile.vendor or profile.model or profile.rules
    assert profile.why.endswith(".") and len(profile.why) < 200 and profile.title
    assert profile.sources and all(re.fullmatch(r"Q[0-5]\d", source) for source in profile.sources)
    assert set(profile.options) <= {f.name for f in fields(Options)}
    if profile.harmless:
        assert profile.options and set(profile.options) <= HARMLESS


def core_with(vendor: str, model: str = "", firmware: str = "") -> tuple[Core, Charger]:
    core = Core(Policy("accept"), Snapshot(), quirks=PROFILES)
    charger = core.connected(Connected("CP-1", 1, "p", "1.6"))
    assert charger is not None
    core.booted(Booted("CP-1", 1, vendor, model, firmware=firmware))
    return core, charger


@pytest.mark.parametrize(
    ("vendor", "model", "firmware", "names"),
    [
        ("Wall Box Chargers", "PulsarPlus", "5.7", []),
        ("Wallbox", "Pulsar", "6.1", ["wallbox-settle", "wallbox-stack-level", "wallbox-meter"]),
        ("ABB", "TAC-W22", "1.8.21", ["abb-stack-level", "abb-measurands", "abb-repeats"]),
        ("ABB", "TAC-W22", "1.6.6", ["abb-measurands", "abb-repeats"]),
        ("United Chargers", "GRS-*", "05.43", ["grizzl-e-link", "grizzl-e-profiles", "grizzl-e-energy"]),
        ("", "ACChargePoint", "", ["huawei-power"]),
        ("Growatt", "THOR", "", ["growatt-time"]),
        ("go-e", "Charger", "", ["goe-profiles"]),
        ("Etrel", "INCH", "", ["etrel-ids"]),
        ("ACME", "M1", "1.0", []),
    ],
)
def test_profiles_match_what_a_charger_says_of_itself(vendor: str, model: str, firmware: str, names: list[str]) -> None:
    """Q05, Q16, Q46 and the others: by vendor, model and firmware, all that a profile asks for."""
    _, charger = core_with(vendor, model, firmware)
    assert [quirk.profile.name for quirk in charger.quirks] == names


def test_harmless_options_are_applied_and_others_suggested() -> None:
    """Q21, Q22: the time to settle is set by itself, the stack level waits for a person."""
    _, charger = core_with("Wallbox", "Pulsar")
    assert [quirk.applied for quirk in charger.quirks] == [True, False, False]
    assert (charger.options.settle_ms, charger.options.stack_level_zero) == (3000, False)
    assert charger.own_options == {}


def test_the_operator_counts_before_the_profile() -> None:
    """What a person set is never changed by a profile; taken back, the profile counts again."""
    core, charger = core_with("Wallbox", "Pulsar")
    core.peculiar.change_options(
        charger, [read_change("settle_ms", 0), read_change("stack_level_zero", True)], "ana", 2
    )
    assert (charger.options.settle_ms, charger.options.stack_level_zero) == (0, True)
    assert [quirk.applied for quirk in charger.quirks] == [False, True, False]
    core.peculiar.change_options(charger, [read_change("settle_ms", "default")], "ana", 3)
    assert charger.options.settle_ms == 3000


def test_profile_is_suggested_by_what_was_observed() -> None:
    """Q41, TX-24: an unknown make that drops the line after three starts is pointed to the delay, once told."""
    core, charger = core_with("ACME", "M1")
    for at in range(3):
        assert charger.quirks == ()
        core.peculiar.note(charger, at, "TX-24", "link closed after the answer to a start", "")
    (quirk,) = charger.quirks
    assert (quirk.profile.name, quirk.because, quirk.applied) == ("hasty-start", "TX-24 seen", False)
    assert charger.options.start_delay_ms == 0
    core.peculiar.note(charger, 9, "TX-24", "link closed after the answer to a start", "")
    assert len([line for line in core.log.since(0) if line.action == "quirk"]) == 1
