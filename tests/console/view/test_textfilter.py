"""What a person types after `/`."""

from __future__ import annotations

import pytest

from console.view.textfilter import TextFilter


@pytest.mark.parametrize(
    ("typed", "matches"),
    [
        ("", True),
        ("cp-0003 reset", True),
        ("CP-0003 boot", False),
        ("!reset", False),
        ("cp-0003 !boot", True),
        (r"/cp-000[34].*soft/", True),
        (r"!/cp-000[34]/", False),
        (r"/cp-000[34]", True),
        ("!", True),
    ],
)
def test_words_exclusions_and_regular_expressions(typed: str, matches: bool) -> None:
    """Case does not matter; all words must be there, no excluded one may."""
    assert TextFilter.parse(typed).matches("CP-0003 Reset Soft #511 ana") is matches


@pytest.mark.parametrize("typed", ["/(/", "/[z-a]/", "/(a+)+$/", "/x{99999999999}/"])
def test_bad_pattern_is_told_and_lets_everything_through(typed: str) -> None:
    """Also one that could keep the loop busy for minutes."""
    found = TextFilter.parse(typed)
    assert found.error and found.is_empty and found.matches("anything")
