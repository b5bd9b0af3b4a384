"""The process-wide settings of Textual, made before it is first imported."""

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
