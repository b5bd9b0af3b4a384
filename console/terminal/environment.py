"""The environment of this process: what Textual reads from it, and what the person's shell had put there."""

from __future__ import annotations

import os

#: No animation and no smooth scrolling: each is many frames where one says the same. Colours are reduced for each
#: terminal by its own filter, so the depth of the process is always the full one.
_SETTINGS = {
    "TEXTUAL_ANIMATIONS": "none",
    "TEXTUAL_SMOOTH_SCROLL": "0",
    "TEXTUAL_COLOR_SYSTEM": "truecolor",
}


def prepare() -> None:
    """Set what Textual reads from the environment when it is imported. Call it before the first import of textual.

    What differs between terminals (colours, size, NO_COLOR) is never taken from the environment: see `profile`.
    """
    os.environ.update(_SETTINGS)


def shell_environment() -> dict[str, str]:
    """`os.environ` as the shell gave it, which is what `profile_of` wants to know of the local terminal.

    Python itself sets LC_CTYPE to a UTF-8 locale when it is started in the C locale (PEP 538): a terminal that shows
    ASCII only would seem to show everything. Where the system does not tell how the process was started, that stays.
    """
    env = dict(os.environ)
    try:
        with open("/proc/self/environ", "rb") as file:
            given = file.read()
    except OSError:
        return env
    if b"LC_CTYPE=" not in given:
        env.pop("LC_CTYPE", None)
    return env
