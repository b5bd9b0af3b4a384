"""How the screen looks: a tone and whether the line is lit make a style, in true colour, 16 colours or none."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Literal

from rich.style import Style

from simulator.showing import Tone

Colours = Literal["none", "16", "256", "true"]

_TRUE = {
    Tone.GOOD: "#7BC67E",
    Tone.BUSY: "#4FC3DC bold",
    Tone.WAIT: "#E8C95A",
    Tone.BAD: "#FF7F6E bold",
    Tone.TEXT: "#D5DCE5",
    Tone.DIM: "#7C8896",
    Tone.STRONG: "#F4F7FA bold",
}
_SIXTEEN = {
    Tone.GOOD: "green",
    Tone.BUSY: "bright_cyan bold",
    Tone.WAIT: "yellow",
    Tone.BAD: "bright_red bold",
    Tone.TEXT: "default",
    Tone.DIM: "bright_black",
    Tone.STRONG: "bright_white bold",
}
_NONE = {Tone.BUSY: "bold", Tone.BAD: "bold underline", Tone.DIM: "dim", Tone.STRONG: "bold"}
_GROUND, _LIT, _BAR = "#0F1318", "#1B3B55", "#1A212B"


@dataclass(frozen=True)
class Glyphs:
    """Everything drawn that is not a letter; states have theirs in `showing`."""

    cursor: str = "▌"
    rule: str = "─"
    out: str = "→"
    into: str = "←"
    cut: str = "…"
    edge: str = "│"
    sides: str = "◂ ▸"
    arrows: str = "↑↓"
    across: str = "←→"


ASCII = Glyphs(">", "-", "->", "<-", "~", "|", "< >", "j/k", "h/l")


@dataclass(frozen=True)
class Look:
    colours: Colours = "true"
    ascii: bool = False

    @property
    def glyphs(self) -> Glyphs:
        return ASCII if self.ascii else Glyphs()

    def style(self, tone: Tone, ground: str = "") -> Style:
        """`ground` is "" for the ordinary one, "lit" under a cursor, "bar" for the header."""
        return _style(self.colours, tone, ground)


@lru_cache(maxsize=256)
def _style(colours: Colours, tone: Tone, ground: str) -> Style:
    if colours == "none":
        style = Style.parse(_NONE.get(tone, ""))
        return style + Style(reverse=True, dim=False) if ground == "lit" else style
    if colours == "16":
        if ground == "lit":
            return Style.parse("bright_white bold on blue")
        return Style.parse(_SIXTEEN[tone])
    under = {"lit": _LIT, "bar": _BAR}.get(ground, _GROUND)
    return Style.parse(_TRUE[tone]) + Style(bgcolor=under)
