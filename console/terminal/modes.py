"""Escape sequences that take a terminal over and give it back. Standard library only: the thin client uses them too."""

from __future__ import annotations

#: Terminals that print what they do not understand, or are known for few colours only: no private modes but the oldest.
_BASIC = ("linux", "vt", "ansi", "dumb", "cons", "sun", "screen", "unknown")


def is_basic(term: str) -> bool:
    """Whether `TERM` names a terminal that knows little more than cursor movement and 16 colours."""
    return not term or (term.startswith(_BASIC) and "256" not in term)


def enter(term: str, *, mouse: bool) -> str:
    """Take the terminal over: alternate screen, no cursor, no wrap at the edge.

    On an xterm-like one also bracketed paste, unambiguous keys (kitty protocol) and the question whether it can
    show a frame at once (DEC mode 2026). Mouse: buttons, wheel and drag; never mere movement, which would send every
    move up the line.
    """
    codes = "\x1b[?1049h\x1b[?25l\x1b[?7l\x1b[0m\x1b[2J"
    if mouse:
        codes += "\x1b[?1000h\x1b[?1002h\x1b[?1006h"
    if not is_basic(term):
        codes += "\x1b[?2004h\x1b[>25u\x1b[?2026$p"
    return codes


def leave(term: str) -> str:
    """Give the terminal back, whatever state it is in.

    Begins with CAN, which ends a sequence that was cut off half way. The screen is cleared for terminals that have no
    alternate one. To be written once: it pops the keyboard mode that `enter` pushed.
    """
    codes = "\x18\x1b[?2026l\x1b[0m\x1b[?1006l\x1b[?1002l\x1b[?1000l"
    if not is_basic(term):
        codes += "\x1b[?2004l\x1b[<u"
    return codes + "\x1b[2J\x1b[H\x1b[?7h\x1b[?1049l\x1b[?25h"
