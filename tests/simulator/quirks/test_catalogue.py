"""Every quirk of the reference has a name here, and every name says what it does."""

from __future__ import annotations

import re

import pytest

from simulator.quirks.catalogue import QUIRKS, UnknownQuirk, find, listing
from simulator.quirks.failures import FAILURES

#: Q01-Q56 by number; what of them cannot be shown by an OCPP 1.6 charge point.
SHOWN = {f"Q{number:02}" for number in range(1, 57)}
ONLY_IN_PART = {
    "Q50": "1.6 validation on a 2.0.1 link and evseId 0: only 1.6 is spoken here. Probe, offer, redial are shown",
    "Q09": "hard-coded roots that expire: the same failed handshake as without a CA",
}


def test_each_source_is_a_quirk() -> None:
    """Q01 to Q56 are all to be had by a readable name."""
    assert {quirk.source for quirk in QUIRKS.values() if quirk.source} == SHOWN
    assert ONLY_IN_PART.keys() <= SHOWN


def test_names_are_words_and_say_what_they_do() -> None:
    assert all(re.fullmatch(r"[a-z0-9.]+(-[a-z0-9.]+)*", name) for name in QUIRKS)
    assert all(quirk.does and not quirk.does.endswith(".") for quirk in QUIRKS.values())
    assert len({quirk.does for quirk in QUIRKS.values()}) == len(QUIRKS)
    assert set(FAILURES) <= set(QUIRKS)


def test_listing_is_one_line_each() -> None:
    """`--list-quirks`: name, source, what it does."""
    lines = listing().splitlines()
    assert len(lines) == len(QUIRKS)
    assert lines[0].split() == ["grizzl-e-no-subprotocol", "Q01", "offers", "no", "subprotocol"]


def test_a_wrong_name_is_answered_with_those_that_are_near() -> None:
    with pytest.raises(UnknownQuirk, match="did you mean grizzl-e-no-subprotocol"):
        find(["grizzle-no-subprotocol"])
