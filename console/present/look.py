"""How things look: one role, one style, in true colour, 16 colours or none; one set of glyphs, Unicode or ASCII.

Widgets name a role ("fault", "muted"), never a colour. State is never told by colour alone, never red against green.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.style import Style

Colours = Literal["true", "256", "16", "none"]

# Surfaces: what a text lies on.
_SURFACES_TRUE = {
    "ground": "#0F1318",
    "surface": "#161B22",
    "raised": "#212935",
    "tab": "#2A3442",
    "select": "#1B3B55",
    "side": "#27506F",
    "focus": "#0072B2",
    "button": "#37424F",
    "fault_ground": "#2E1A10",
    "fault_select": "#3A2419",
    "amber_ground": "#2A2110",
    "fault": "#D55E00",
}
_TEXTS_TRUE = {
    "strong": "#F4F7FA bold",
    "tab_active": "#F4F7FA bold",
    "text": "#D5DCE5",
    "muted": "#9CA8B7",
    "dim": "#76828F",
    "line": "#2C3541",
    "track": "#37424F",
    "sky": "#56B4E9",
    "sky_strong": "#56B4E9 bold",
    "sky_past": "#2F7BA8",
    "yellow": "#F0E442",
    "amber": "#E69F00",
    "amber_strong": "#E69F00 bold",
    "purple": "#CC79A7",
    "fault": "#14100C bold on #D55E00",
    "fault_text": "#FF9455",
    "fault_strong": "#FF9455 bold",
    "fault_mark": "#D55E00",
}
_SURFACES_16 = {"select": "blue", "side": "blue", "focus": "blue", "fault": "red", "button": "bright_black"}
_TEXTS_16 = {
    "strong": "bright_white bold",
    "tab_active": "bright_white bold underline",
    "text": "default",
    "muted": "default",
    "dim": "bright_black",
    "line": "bright_black",
    "track": "bright_black",
    "sky": "bright_cyan",
    "sky_strong": "bright_cyan bold",
    "sky_past": "cyan",
    "yellow": "yellow",
    "amber": "bright_yellow",
    "amber_strong": "bright_yellow bold",
    "purple": "magenta",
    "fault": "bright_white bold on red",
    "fault_text": "bright_red",
    "fault_strong": "bright_red bold",
    "fault_mark": "red",
}
_TEXTS_NONE = {
    "strong": "bold",
    "tab_active": "bold underline",
    "sky_strong": "bold",
    "yellow": "underline",
    "amber_strong": "bold",
    "dim": "dim",
    "line": "dim",
    "track": "dim",
    "fault": "bold reverse",
    "fault_strong": "bold",
}
#: Surfaces under the cursor.
_CURSOR = ("select", "side", "focus")


@dataclass(frozen=True, slots=True)
class Glyphs:
    """Everything drawn that is not a letter."""

    cursor: str = "▌"
    mark: str = "*"
    sorted: str = "▾"  #: before the heading of the column that the rows are in the order of
    cut: str = "…"
    rule: str = "─"
    bar_full: str = "━"
    bar_half: str = "╸"
    bar_rest: str = "─"
    foot: str = "▄"
    foot_rest: str = "▄"  #: the empty part; told apart by colour, without colours by its height
    spark: str = "▁▂▃▄▅▆▇"
    towards: str = "→"  #: from the charger
    away: str = "←"
    done: str = "●"
    running: str = ">"
    open: str = "○"
    edge: str = "▌"  #: left edge of a box that warns
    thin_gap: str = "\N{NARROW NO-BREAK SPACE}"
    top: str = "▔"
    bottom: str = "▁"  #: the two lines and two sides of the frame round the selected tile
    side_left: str = "▐"
    side_right: str = "▌"


GLYPHS = Glyphs()
GLYPHS_WITHOUT_COLOUR = Glyphs(foot_rest="▁")
ASCII_GLYPHS = Glyphs(
    cursor=">",
    cut="~",
    sorted="v",
    rule="-",
    bar_full="=",
    bar_half="-",
    bar_rest="-",
    foot="=",
    foot_rest="-",
    spark="_.-=+*#",
    towards="->",
    away="<-",
    done="*",
    open=".",
    edge="|",
    thin_gap=" ",
    top="-",
    bottom="-",
    side_left="|",
    side_right="|",
)


@dataclass(frozen=True)
class Look:
    """Styles and glyphs of one terminal. Hashable; styles are cached."""

    colours: Colours = "true"
    ascii: bool = False

    @property
    def glyphs(self) -> Glyphs:
        if self.ascii:
            return ASCII_GLYPHS
        return GLYPHS_WITHOUT_COLOUR if self.colours == "none" else GLYPHS

    @property
    def has_surfaces(self) -> bool:
        """Can panes and dialogs be told apart by their ground? Else they need space, rules and a line box."""
        return self.colours in ("true", "256")

    def style(self, role: str = "text", on: str = "ground") -> Style:
        """The style of text in `role` on surface `on` (see the tables above; an unknown name is a KeyError)."""
        return _style(self.colours, role, on)


@lru_cache(maxsize=1024)
def _style(colours: Colours, role: str, on: str) -> Style:
    if role not in _TEXTS_TRUE or on not in _SURFACES_TRUE:
        raise KeyError(f"no style for {role!r} on {on!r}")
    if colours == "none":
        if on in _CURSOR:  # the cursor row is reversed; a fault on it un-reverses
            if role == "fault":
                return Style.parse("bold")
            return Style.parse(_TEXTS_NONE.get(role, "")) + Style(reverse=True, dim=False)
        if on == "fault":
            return Style.parse("bold reverse")
        return Style.parse(_TEXTS_NONE.get(role, ""))
    if colours == "16":
        style = Style.parse(_TEXTS_16[role])
        ground = _SURFACES_16.get(on)
        if ground is None or style.bgcolor is not None:
            return style
        if on in _CURSOR:
            style = Style.parse("white" if role in ("dim", "muted", "line", "track") else "bright_white bold")
        return style + Style(bgcolor=ground)
    if on in _CURSOR and role == "dim":
        role = "muted"  # 4.8:1 on the ground would be too little here
    if on == "fault":
        return Style.parse("#14100C" + (" bold" if role in ("strong", "fault", "fault_strong") else "") + " on #D55E00")
    style = Style.parse(_TEXTS_TRUE[role])
    return style if style.bgcolor is not None else style + Style(bgcolor=_SURFACES_TRUE[on])
