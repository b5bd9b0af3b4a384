"""The look: every role on every surface in every depth of colour."""

from __future__ import annotations

from typing import get_args

import pytest

from console.present import look as looks
from console.present.look import ASCII_GLYPHS, Colours, Glyphs, Look

ROLES = sorted(looks._TEXTS_TRUE)
SURFACES = sorted(looks._SURFACES_TRUE)


@pytest.mark.parametrize("colours", get_args(Colours))
def test_every_role_has_a_style_on_every_surface(colours: Colours) -> None:
    """No KeyError half way down a screen."""
    for role in ROLES:
        for surface in SURFACES:
            Look(colours).style(role, surface)


def test_without_colours_no_style_has_one() -> None:
    """NO_COLOR means none, also on the cursor row."""
    for role in ROLES:
        for surface in SURFACES:
            style = Look("none").style(role, surface)
            assert style.color is None and style.bgcolor is None


def test_fault_on_the_cursor_row_stands_out_without_colours() -> None:
    """The row is reversed, the fault on it is not."""
    assert Look("none").style("text", "select").reverse
    assert not Look("none").style("fault", "select").reverse
    assert Look("none").style("fault").reverse


def test_ascii_glyphs_are_ascii() -> None:
    """No code point above 126, and as wide as the ones they stand for where that matters."""
    for name in Glyphs.__slots__:
        text = getattr(ASCII_GLYPHS, name)
        assert all(" " <= c <= "~" for c in text), name


def luminance(hex_colour: str) -> float:
    parts = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


@pytest.mark.parametrize("surface", ["ground", "surface", "raised", "tab", "select", "side"])
@pytest.mark.parametrize(
    ("role", "least"),
    [("strong", 4.5), ("text", 4.5), ("muted", 3.5), ("dim", 3.0), ("sky", 3.5), ("amber", 3.5), ("fault_text", 3.5)],
)
def test_text_can_be_read_on_what_it_lies_on(role: str, surface: str, least: float) -> None:
    """Contrast as WCAG counts it, of what is really painted."""
    style = Look("true").style(role, surface)
    assert style.color is not None and style.bgcolor is not None
    assert style.color.triplet is not None and style.bgcolor.triplet is not None
    light, dark = sorted((luminance(style.color.triplet.hex), luminance(style.bgcolor.triplet.hex)), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= least
