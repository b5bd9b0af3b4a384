"""The last stage before a terminal: nothing leaves that it cannot show, or that would command it."""

from __future__ import annotations

import re
from functools import lru_cache

from rich.cells import cell_len
from rich.color import Color, ColorSystem
from rich.segment import Segment
from rich.style import Style
from textual.color import Color as TextualColor
from textual.filter import LineFilter

from console.terminal.profile import Colours, TerminalProfile

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]+")
_NOT_ASCII = re.compile(r"[^\x20-\x7e]")
_LOOKALIKES = str.maketrans(
    {
        **dict.fromkeys("─━╌╍┄┅┈┉═▁▂▔╴╶╸╺", "-"),
        **dict.fromkeys("│┃╎╏┆┇┊┋║▏▎▍▌▐▕╵╷╹╻", "|"),
        **dict.fromkeys("┌┐└┘├┤┬┴┼╭╮╯╰┏┓┗┛┣┫┳┻╋╔╗╚╝╠╣╦╩╬┡┢┩┪╇", "+"),
        **dict.fromkeys("█▉▊▋▇▆▅▓■▀▄●◼", "#"),
        **dict.fromkeys("░▒▃", ":"),
        **dict.fromkeys("·•∙‧…", "."),
        **dict.fromkeys("○◯◌°", "o"),
        **dict.fromkeys("▶►▸→›❯➜", ">"),
        **dict.fromkeys("◀◄◂←‹❮", "<"),
        **dict.fromkeys("▲△▴↑", "^"),
        **dict.fromkeys("▼▽▾↓✓✔", "v"),
        **dict.fromkeys("–—−", "-"),
        **dict.fromkeys("‘’′", "'"),
        **dict.fromkeys("“”″", '"'),
        **dict.fromkeys("×✗✘✕", "x"),
        **dict.fromkeys("\u00a0\u2007\u2009\u202f", " "),
        "µ": "u",
        "±": "~",
        "≈": "~",
        "⚠": "!",
    }
)
_SYSTEM = {"16": ColorSystem.STANDARD, "256": ColorSystem.EIGHT_BIT}


class TerminalFilter(LineFilter):
    """Fits every segment to one terminal: colours, characters, and no control codes from data.

    Text from chargers is made readable and safe where it is presented; this is the second door, behind which a
    mistake there cannot reach a terminal: control characters (C0, C1) and links are dropped.

    Reducing colours here, and not in the console object, matters: Rich keeps the escape codes of a style in the style,
    which all terminals of the process share.
    """

    def __init__(self, profile: TerminalProfile) -> None:
        super().__init__()
        self._colours = profile.colours
        self._text = ascii_text if profile.ascii else _harmless

    def apply(self, segments: list[Segment], background: TextualColor) -> list[Segment]:
        text_of, colours = self._text, self._colours
        return [
            Segment(text_of(text), None if style is None else _style_for(style, colours)) for text, style, _ in segments
        ]


def ascii_text(text: str) -> str:
    """`text` in printable ASCII and in as many cells: lookalikes where there are any, else `?`."""
    if text.isascii() and text.isprintable():
        return text
    return _NOT_ASCII.sub(lambda found: "?" * cell_len(found[0]), _harmless(text).translate(_LOOKALIKES))


def _harmless(text: str) -> str:
    return text if text.isprintable() else _CONTROL.sub("", text)


@lru_cache(maxsize=8192)
def _style_for(style: Style, colours: Colours) -> Style:
    """`style` in the colours of a terminal; what a click needs to know (`meta`) is kept."""
    if style.link:
        style = style.update_link(None)
    if colours == "none":
        return style.without_color + Style.from_meta(style.meta) if style.meta else style.without_color
    system = _SYSTEM.get(colours)
    if system is None:
        return style
    return style + Style.from_color(_reduced(style.color, system), _reduced(style.bgcolor, system))


def _reduced(colour: Color | None, system: ColorSystem) -> Color | None:
    return None if colour is None else colour.downgrade(system)
