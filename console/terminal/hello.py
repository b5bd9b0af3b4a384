"""The first packet of a client: who sits in front of which terminal."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import Any

from console.terminal.profile import Flags
from console.terminal.wire import VERSION

#: A larger screen is painted in part only: the work of one frame must stay small, whatever a client claims.
MAX_COLUMNS, MAX_ROWS = 500, 160
#: The only variables that matter, and the only ones that are kept.
ENVIRONMENT = ("TERM", "COLORTERM", "NO_COLOR", "LANG", "LC_ALL", "LC_CTYPE", "SSH_CONNECTION", "SUDO_USER")


class HelloRefused(Exception):
    """This client cannot be served; the text is a sentence for the person in front of it."""


@dataclass(frozen=True, slots=True)
class Hello:
    """A client's first words, checked. `user` is what it claims; the host prefers what the socket proves."""

    columns: int = 80
    rows: int = 24
    env: dict[str, str] = field(default_factory=dict)
    user: str = ""
    read_only: bool = False
    flags: Flags = field(default_factory=Flags)


def parse_hello(payload: bytes) -> Hello:
    """Check the JSON of a hello; `HelloRefused` when it is malformed or of another version."""
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise HelloRefused("this client does not speak the language of the server")
    if said.get("version") != VERSION:
        raise HelloRefused(
            f"this client speaks version {str(said.get('version'))[:20]} and the server version {VERSION}: "
            "use the ocpp-console of the server's release, or restart the server"
        )
    env, flags = _table(said, "env"), _table(said, "flags")
    columns, rows = clamp_size(_integer(said, "columns", 80), _integer(said, "rows", 24))
    return Hello(
        columns=columns,
        rows=rows,
        env={name: value[:256] for name in ENVIRONMENT if isinstance(value := env.get(name), str)},
        user=str(said.get("user") or "")[:64],
        read_only=said.get("read_only") is True,
        flags=Flags(
            ascii=flags.get("ascii") is True,
            no_color=flags.get("no_color") is True,
            mouse=flags.get("mouse") is not False,
            rate_hz=float(min(max(_integer(flags, "rate_hz", 0), 0), 10)),
        ),
    )


def clamp_size(columns: int, rows: int) -> tuple[int, int]:
    """A size the server is willing to paint. 0 means that the client does not know: 80x24."""
    return min(columns or 80, MAX_COLUMNS), min(rows or 24, MAX_ROWS)


def _table(said: dict[str, Any], name: str) -> dict[str, Any]:
    value = said.get(name)
    return value if isinstance(value, dict) else {}


def _integer(said: dict[str, Any], name: str, default: int) -> int:
    value = said.get(name)
    return value if isinstance(value, int) and value >= 0 else default
