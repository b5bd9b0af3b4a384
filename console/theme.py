"""The colours of the console where the terminal has true ones; roles of text are in `console.present.look`."""

from __future__ import annotations

from textual.theme import Theme

THEME = Theme(
    "ocpp",
    primary="#56B4E9",
    secondary="#2F7BA8",
    accent="#56B4E9",
    warning="#E69F00",
    error="#FF9455",
    success="#56B4E9",
    foreground="#D5DCE5",
    background="#0F1318",
    surface="#161B22",
    panel="#212935",
    boost="#212935",
    dark=True,
)
