"""What one terminal can show and how fast its line is: decided once for each UI, from the environment of its client."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

from console.terminal.modes import is_basic

Colours = Literal["none", "16", "256", "true"]

LOCAL_RATE_HZ = 5.0
REMOTE_RATE_HZ = 4.0
_MAX_RATE_HZ = 10.0

#: Terminals with 24 bit colour that do not always say so in COLORTERM (which ssh does not forward).
_TRUE_COLOUR = ("-direct", "truecolor", "24bit", "kitty", "alacritty", "foot", "wezterm", "ghostty", "contour")
#: Generic names: 16 colours are certain, more only when COLORTERM promises them.
_PLAIN = ("xterm", "xterm-color", "xterm-16color", "rxvt", "tmux", "cygwin", "putty", "eterm", "konsole", "gnome")


@dataclass(frozen=True, slots=True)
class Flags:
    """What the command line or the configuration asks for, whatever the environment says."""

    ascii: bool = False
    no_color: bool = False
    mouse: bool = True
    rate_hz: float = 0.0  #: 0 = by the kind of line


@dataclass(frozen=True, slots=True)
class TerminalProfile:
    """One terminal. Nothing that paints may ask the environment of the process instead: UIs of many terminals share it.

    `operator` is the login name of the person in front of it; `rate_hz` how often the UI paints changes by itself.
    """

    term: str = "xterm-256color"
    colours: Colours = "256"
    ascii: bool = False
    slow_link: bool = False
    mouse: bool = True
    rate_hz: float = LOCAL_RATE_HZ
    operator: str = "operator"


def profile_of(env: Mapping[str, str], flags: Flags | None = None) -> TerminalProfile:
    """The profile of a terminal whose client has `env`. Unknown or missing values lead to the careful choice."""
    flags = flags or Flags()
    term = env.get("TERM", "").lower()
    slow_link = bool(env.get("SSH_CONNECTION") or env.get("SSH_TTY"))
    rate_hz = flags.rate_hz or (REMOTE_RATE_HZ if slow_link else LOCAL_RATE_HZ)
    return TerminalProfile(
        term=term,
        colours="none" if flags.no_color or env.get("NO_COLOR") or term == "dumb" else _colours(term, env),
        ascii=flags.ascii or term.startswith(("linux", "vt", "dumb")) or not _is_utf8(env),
        slow_link=slow_link,
        mouse=flags.mouse and not slow_link and not is_basic(term),
        rate_hz=min(max(rate_hz, 1.0), _MAX_RATE_HZ),
        operator=login_name(env.get("SUDO_USER") or env.get("LOGNAME") or env.get("USER") or ""),
    )


def login_name(claimed: str) -> str:
    """A login name that is safe to paint and to log: at most 32 of the characters that login names have."""
    kept = "".join(c for c in claimed[:32] if c.isascii() and (c.isalnum() or c in "._@+-\\$"))
    return kept or "operator"


def _colours(term: str, env: Mapping[str, str]) -> Colours:
    promised = env.get("COLORTERM", "").lower()
    if is_basic(term):
        return "16"
    if term.startswith("screen"):
        return "256"  # GNU screen hands COLORTERM of the outer terminal through, but not its colours
    if promised in ("truecolor", "24bit") or any(name in term for name in _TRUE_COLOUR):
        return "true"
    if "256" in term or promised:
        return "256"
    return "16" if term in _PLAIN else "256"


def _is_utf8(env: Mapping[str, str]) -> bool:
    locale = env.get("LC_ALL") or env.get("LC_CTYPE") or env.get("LANG") or ""
    return "utf-8" in locale.lower() or "utf8" in locale.lower()
