"""Is there a server on this host? Standard library only: asked before anything is loaded."""

from __future__ import annotations

import socket


def is_served(path: str) -> bool:
    """Whether something accepts connections on the unix socket `path`."""
    with socket.socket(socket.AF_UNIX) as probe:
        probe.settimeout(1)
        try:
            probe.connect(path)
        except (OSError, ValueError):
            return False
    return True
