"""Values in words."""

from __future__ import annotations

import pytest

from console.present.words import span

S, M, H, D = 1_000, 60_000, 3_600_000, 86_400_000


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "0s"),
        (53 * S, "53s"),
        (59_999, "59s"),
        (13 * M + 40 * S, "13m"),
        (H, "1h00"),
        (104 * M, "1h44"),
        (10 * H - 1, "9h59"),
        (13 * H + 59 * M, "13h"),
        (D, "1d"),
        (400 * D, "400d"),
    ],
)
def test_a_span_has_one_form_and_fits_into_four_cells(ms: int, words: str) -> None:
    """53 seconds are not `0:00`, and 13 minutes do not look like 13 hours."""
    assert span(ms) == words and len(words) <= 4
